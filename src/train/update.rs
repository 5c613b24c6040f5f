//! One update: from a batch's gradient to the next parameters.

use std::ops::Range;

use super::Setup;
use crate::{
    clip::{self, Remedy},
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
    /// The running means of clips.
    means: Vec<f64>,
    /// Whether the update begun is left out.
    skip: bool,
    /// Updates begun.
    update: u64,
    /// Those that took a step.
    steps: u64,
}

/// What was not finite, in words.
pub type Nonfinite = &'static str;

impl<'a> Updates<'a> {
    /// Before the first update.
    pub fn new(setup: &'a Setup) -> Self {
        let buffers = Buffers::new(setup.isa, &setup.parameters, &setup.optimizer.slots());
        let weights = Weights::new(setup.isa, &setup.parametrized, &setup.parameters);
        let rates = setup.rates.groups(&setup.layout);
        Self { setup, buffers, weights, rates, means: vec![0.0; setup.clip.len()], skip: false, update: 0, steps: 0 }
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

    /// Clips the gradient of a loss of that value.
    ///
    /// # Errors
    ///
    /// If loss or gradient are not finite, and nothing else is to be done about it; the gradient stays as it is.
    pub fn clip(&mut self, loss: f64) -> Result<(), Nonfinite> {
        let norm = if loss.is_finite() { self.buffers.norm() } else { f64::NAN };
        let remedy = clip::clip(&mut self.buffers, norm, &self.setup.clip, &self.setup.layout, &mut self.means);
        self.skip = remedy == Some(Remedy::Skip);
        match remedy {
            Some(Remedy::Stop) => Err(if loss.is_finite() { "gradient" } else { "loss" }),
            _ => Ok(()),
        }
    }

    /// Updates that a clip left out.
    pub fn skipped(&self) -> u64 {
        self.update - self.steps
    }

    /// Changes the parameters, unless a clip leaves that out, and brings them back to where they are allowed to be.
    ///
    /// # Errors
    ///
    /// If they are not finite then.
    pub fn step(&mut self) -> Result<(), Nonfinite> {
        if self.skip {
            return Ok(());
        }
        self.steps += 1;
        let optimizer = &*self.setup.optimizer;
        let rate =
            optimizer.learning_rate() * schedule::factor(&self.setup.schedule, self.update - 1, self.setup.budget);
        for (factor, ranges) in &self.rates {
            self.buffers.step_in(ranges, optimizer, At { step: self.steps, rate: rate * factor });
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
