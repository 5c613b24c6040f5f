use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Adam, Inputs, NextState, Optimizer, StepContext};
use crate::graph::Expr;

/// AdamW: Adam, with a decay of the parameters that is kept apart from the gradient.
///
/// # Definition
///
/// θ ← θ − learning-rate·weight-decay·θ, then a step of Adam with the same learning rate; `schedule` and `learning-rate-factors` scale both. All
/// parameters decay, biases too.
///
/// # Why it is here
///
/// Penalties that pass through Adam's division shrink all weights alike, whatever their gradients; this decay does not. Decay pulls
/// the recurrent matrix towards vanishing.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: adamw, learning-rate: 1e-3, weight-decay: 0.01}
/// ```
///
/// # References
///
/// Loshchilov, Hutter 2019 (arXiv:1711.05101v3), algorithm 2; the decay is times the learning rate, as in PyTorch
/// (`torch.optim.AdamW`), where the defaults are from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Adamw {
    /// η.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The part of the mean that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub beta1: f64,
    /// The part of the mean square that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub beta2: f64,
    /// Added to the root.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
    /// The part of each parameter that is taken away per update, over the learning rate.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub weight_decay: f64,
}

impl Default for Adamw {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }
}

impl Adamw {
    fn adam(&self) -> Adam {
        let Self { learning_rate, beta1, beta2, epsilon, .. } = *self;
        Adam { learning_rate, beta1, beta2, epsilon, amsgrad: false }
    }
}

impl Optimizer for Adamw {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<f32> {
        self.adam().slots()
    }

    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g> {
        let weight_decay = self.weight_decay;
        let decayed = parameters * at.scalar(move |at| 1.0 - at.rate * weight_decay);
        self.adam().step(at, decayed, gradient, slots)
    }
}
