//! One update: from a batch's gradient to the next parameters.

use super::Setup;
use crate::{
    clip,
    engine::{Engine, Forward},
    optim::Buffers,
    seed::Stream,
    task::Batch,
};

/// The parameters of a training and what changes them, update by update.
///
/// An update is [`differentiate`](Self::differentiate), [`clip`](Self::clip), [`step`](Self::step), in this order; between them
/// the gradient can be looked at.
#[derive(Debug)]
pub struct Updates<'a> {
    setup: &'a Setup,
    buffers: Buffers,
    /// Updates begun.
    update: u64,
}

/// What was not finite, in words.
pub type Nonfinite = &'static str;

impl<'a> Updates<'a> {
    /// Before the first update.
    pub fn new(setup: &'a Setup) -> Self {
        let buffers = Buffers::new(setup.isa, &setup.parameters, setup.optimizer.slots());
        Self { setup, buffers, update: 0 }
    }

    /// Updates begun.
    pub fn count(&self) -> u64 {
        self.update
    }

    /// The parameters as they are now.
    pub fn parameters(&self) -> &[f32] {
        self.buffers.parameters()
    }

    /// The gradient as the last call left it.
    pub fn gradient(&self) -> &[f32] {
        self.buffers.gradient()
    }

    /// Begins an update: takes the gradient of the loss of `batch`.
    pub fn differentiate(&mut self, engine: &mut dyn Engine, batch: &Batch, dropout: &Stream) -> Forward {
        self.update += 1;
        let (parameters, gradient) = self.buffers.parameters_and_gradient_mut();
        engine.gradient(parameters, batch, dropout, gradient)
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

    /// Changes the parameters.
    ///
    /// # Errors
    ///
    /// If they are not finite then.
    pub fn step(&mut self) -> Result<(), Nonfinite> {
        self.buffers.step(&*self.setup.optimizer, self.update);
        if self.buffers.parameters_are_finite() { Ok(()) } else { Err("parameters") }
    }
}
