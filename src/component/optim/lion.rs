use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::{Expr, Relation, Unary, select};

/// Lion: the sign of a momentum; every parameter moves by the learning rate.
///
/// # Definition
///
/// c = beta1·m + (1 − beta1)·g; θ ← θ − learning-rate · (sign(c) + weight-decay·θ); m ← beta2·m + (1 − beta2)·g. The sign of 0 is
/// 0; a gradient that is not finite makes the parameters NaN.
///
/// # Why it is here
///
/// The extreme of gradient scaling: neither a vanished nor an exploded gradient changes the step's size, only its direction counts.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: lion, learning-rate: 1e-4}
/// ```
///
/// # References
///
/// Chen et al. 2023 (arXiv:2302.06675v4), algorithm 2; defaults as in the authors' code (`google/automl`, `lion`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Lion {
    /// η.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The part of the momentum in the step.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub beta1: f64,
    /// The part of the momentum that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub beta2: f64,
    /// The part of each parameter that is taken away per update, over the learning rate.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub weight_decay: f64,
}

impl Default for Lion {
    fn default() -> Self {
        Self { learning_rate: 1e-4, beta1: 0.9, beta2: 0.99, weight_decay: 0.0 }
    }
}

impl Optimizer for Lion {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<f32> {
        vec![0.0]
    }

    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g> {
        let blend = self.beta1 * slots[0] + (1.0 - self.beta1) * gradient;
        let momentum = self.beta2 * slots[0] + (1.0 - self.beta2) * gradient;
        let magnitude = blend.unary(Unary::Abs);
        // ∞/∞ is NaN: an explosion is not hidden in a sign.
        let sign = select(magnitude, Relation::Greater, 0.0, blend / magnitude, blend);
        let weight_decay = self.weight_decay;
        let parameters = parameters * at.scalar(move |at| 1.0 - at.rate * weight_decay) - at.rate() * sign;
        NextState { parameters, slots: vec![momentum] }
    }
}
