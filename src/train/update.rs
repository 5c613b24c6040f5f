//! One update: from a batch's gradient to the next parameters.

use std::ops::Range;

use super::Setup;
use crate::{
    clip,
    engine::{Engine, Forward},
    optim::{At, Buffers},
    parametrization::Weights,
    schedule,
    seed::Stream,
    task::Batch,
};

/// The parameters of a training and what changes them, update by update.
///
/// An update is [`differentiate`](Self::differentiate), [`regularize`](Self::regularize), [`clip`](Self::clip) and
/// [`step`](Self::step), in this order; between them the gradient can be looked at.
#[derive(Debug)]
pub struct Updates<'a> {
    setup: &'a Setup,
    buffers: Buffers,
    /// What the parameters stand for, where some are parametrized.
    weights: Option<Weights>,
    /// Each factor on the learning rate, and where the parameters that have it lie.
    rates: Vec<(f64, Vec<Range<usize>>)>,
    /// Updates begun.
    update: u64,
}

/// What was not finite, in words.
pub type Nonfinite = &'static str;

impl<'a> Updates<'a> {
    /// Before the first update.
    pub fn new(setup: &'a Setup) -> Self {
        let buffers = Buffers::new(setup.isa, &setup.parameters, &setup.optimizer.slots());
        let weights = Weights::new(setup.isa, &setup.parametrized, &setup.parameters);
        let rates = setup.rates.groups(&setup.layout);
        Self { setup, buffers, weights, rates, update: 0 }
    }

    /// Updates begun.
    pub fn count(&self) -> u64 {
        self.update
    }

    /// The parameters as they are now: raw, where they are parametrized. They decide everything that follows.
    pub fn parameters(&self) -> &[f32] {
        self.buffers.parameters()
    }

    /// What the parameters stand for: what an engine computes with.
    pub fn weights(&self) -> &[f32] {
        self.weights.as_ref().map_or(self.buffers.parameters(), Weights::values)
    }

    /// The gradient by the parameters, as the last call left it.
    pub fn gradient(&self) -> &[f32] {
        self.buffers.gradient()
    }

    /// Begins an update: takes the gradient of the loss of `batch`.
    pub fn differentiate(&mut self, engine: &mut dyn Engine, batch: &Batch, dropout: &Stream) -> Forward {
        self.update += 1;
        let (parameters, gradient) = self.buffers.parameters_and_gradient_mut();
        let Some(weights) = &mut self.weights else { return engine.gradient(parameters, batch, dropout, gradient) };
        let (values, by_weights) = weights.values_and_gradient_mut();
        let forward = engine.gradient(values, batch, dropout, by_weights);
        weights.pull_back(gradient);
        forward
    }

    /// Adds the gradients of penalties.
    pub fn regularize(&mut self) {
        for regularizer in &self.setup.regularizers {
            let ranges = regularizer.ranges(&self.setup.layout);
            self.buffers.change_gradient(&ranges, |parameter, gradient| regularizer.add_to(parameter, gradient));
        }
    }

    /// Clips the gradient.
    ///
    /// # Errors
    ///
    /// If it is not finite; it stays as it is.
    pub fn clip(&mut self) -> Result<(), Nonfinite> {
        let norm = self.buffers.norm();
        if !norm.is_finite() {
            return Err("gradient");
        }
        clip::clip(&mut self.buffers, norm, &self.setup.clip);
        Ok(())
    }

    /// Changes the parameters, and brings them back to where they are allowed to be.
    ///
    /// # Errors
    ///
    /// If they are not finite then.
    pub fn step(&mut self) -> Result<(), Nonfinite> {
        let optimizer = &*self.setup.optimizer;
        let rate =
            optimizer.learning_rate() * schedule::factor(&self.setup.schedule, self.update - 1, self.setup.budget);
        for (factor, ranges) in &self.rates {
            self.buffers.step_in(ranges, optimizer, At { step: self.update, rate: rate * factor });
        }
        // Before a retraction, which may make a bound of ∞.
        let finite = self.buffers.parameters_are_finite();
        for retraction in &self.setup.retractions {
            let ranges = retraction.ranges(&self.setup.layout);
            self.buffers.change_parameters(&ranges, |parameter| retraction.retract(parameter));
        }
        if let Some(weights) = &mut self.weights {
            weights.update(self.buffers.parameters());
        }
        if finite { Ok(()) } else { Err("parameters") }
    }
}
