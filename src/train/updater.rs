//! Updaters: they change the parameters of a training, update by update.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{StateError, UpdaterState};
use crate::{component::task::Batch, engine::Engine};

/// A way to change parameters, update by update, with all that it remembers from one update to the next.
pub trait Updater {
    /// One update on `batch`. `observer` looks at it step by step.
    fn update(&mut self, engine: &mut dyn Engine, batch: &Batch, observer: &mut dyn UpdateObserver) -> UpdateResult;

    /// Updates begun.
    fn updates(&self) -> u64;

    /// Updates that changed nothing because a number was not finite.
    fn skipped(&self) -> u64 {
        0
    }

    /// The weights that an engine computes with, made of the parameters where some are parametrized.
    fn weights(&self) -> &[f32];

    /// The parameters, and the bases that matrices are made from: the numbers that a hash chain is of.
    fn hashed(&self) -> Cow<'_, [f32]>;

    /// All that is remembered from one update to the next.
    fn state(&self) -> UpdaterState;

    /// Goes back, or on, to where `state` was taken.
    ///
    /// # Errors
    ///
    /// If its vectors are not those of this updater.
    fn restore(&mut self, state: &UpdaterState) -> Result<(), StateError>;
}

/// The result of an update.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateResult {
    /// The outputs for the batch, before the update or of the better guess: \[read steps, size, width\].
    pub outputs: Vec<f32>,
    /// The quantity that was not finite, which ends the training.
    pub nonfinite: Option<Quantity>,
}

/// A quantity that has to be finite for a training to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantity {
    /// The loss of a batch.
    Loss,
    /// The gradient of the loss.
    Gradient,
    /// The parameters after the optimizer's step.
    Parameters,
    /// The optimizer's state vectors after its step: once it is infinite, as the square of a large gradient is in single precision, it
    /// stays so, and the parameters that it belongs to stand still.
    OptimizerState,
    /// The loss of the validation set.
    ValidationLoss,
}

impl Quantity {
    /// Every quantity.
    pub const ALL: [Self; 5] =
        [Self::Loss, Self::Gradient, Self::Parameters, Self::OptimizerState, Self::ValidationLoss];

    /// The name in tables, such as `optimizer-state`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Gradient => "gradient",
            Self::Parameters => "parameters",
            Self::OptimizerState => "optimizer-state",
            Self::ValidationLoss => "validation-loss",
        }
    }

    /// The remedy, where a setting is one.
    pub fn remedy(self) -> Option<&'static str> {
        match self {
            Self::OptimizerState => Some(
                "clip the gradient, whose square is too large for it, as in `clip: [{kind: global-norm, max: 1.0}]`",
            ),
            Self::Loss | Self::Gradient | Self::Parameters | Self::ValidationLoss => None,
        }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Loss => "loss",
            Self::Gradient => "gradient",
            Self::Parameters => "parameters",
            Self::OptimizerState => "optimizer's state",
            Self::ValidationLoss => "validation loss",
        })
    }
}

/// A look at what lies between the four steps of an update. An update without a gradient calls [`after_step`](Self::after_step) only.
pub trait UpdateObserver {
    /// The gradient of the loss was taken.
    fn after_gradient(&mut self, view: &UpdateView) {
        let _ = view;
    }

    /// The gradients of the regularizers were added.
    fn after_regularizers(&mut self, view: &UpdateView) {
        let _ = view;
    }

    /// The gradient was clipped; it is as it was if it is not finite.
    fn after_clip(&mut self, view: &UpdateView) {
        let _ = view;
    }

    /// The optimizer took its step and the constraints were met, unless a number was not finite.
    fn after_step(&mut self, view: &UpdateView) {
        let _ = view;
    }
}

/// No look at all.
impl UpdateObserver for () {}

/// An update between two of its steps.
#[derive(Clone, Copy, Debug)]
pub struct UpdateView<'v> {
    /// The number of the update, from 1.
    pub update: u64,
    /// The training sequences of the update.
    pub batch: &'v Batch,
    /// The loss of the batch at the start of the update.
    pub loss: f64,
    /// The outputs for the batch at the start of the update: \[read steps, size, width\].
    pub outputs: &'v [f32],
    /// The trained parameters: raw, where some are parametrized.
    pub parameters: &'v [f32],
    /// The weights that an engine computes with.
    pub weights: &'v [f32],
    /// The gradient by the parameters; empty if none is taken.
    pub gradient: &'v [f32],
}
