use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::{Expr, Unary};

/// Adagrad: steps divided by the root of the sum of all squared gradients so far.
///
/// # Definition
///
/// s ← s + g², from s = initial; θ ← θ − learning-rate · g / (√s + epsilon).
///
/// # Why it is here
///
/// The first of the methods that scale each parameter's step by its own gradients. Its steps shrink for ever, so what vanishes early
/// in a long training is not learnt late.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: adagrad, learning-rate: 0.01}
/// ```
///
/// # References
///
/// Duchi, Hazan, Singer 2011 (JMLR 12), figure 1, with a diagonal matrix; defaults and the place of epsilon as in PyTorch
/// (`torch.optim.Adagrad`, without its decay of the rate, for which there are schedules).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Adagrad {
    /// η.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The initial sum of squares.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub initial: f64,
    /// Added to the root.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for Adagrad {
    fn default() -> Self {
        Self { learning_rate: 0.01, initial: 0.0, epsilon: 1e-10 }
    }
}

impl Optimizer for Adagrad {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<f32> {
        vec![self.initial as f32]
    }

    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g> {
        let sum = slots[0] + gradient * gradient;
        let parameters = parameters - at.rate() * gradient / (sum.unary(Unary::Sqrt) + self.epsilon);
        NextState { parameters, slots: vec![sum] }
    }
}
