use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Optimizer, Step};
use crate::graph::{Expr, Unary};

/// Adam: momentum divided by a running root mean square, both corrected for their start at zero.
///
/// # Definition
///
/// m ← beta1·m + (1 − beta1)·g, s ← beta2·s + (1 − beta2)·g², at update t:
/// θ ← θ − learning-rate · m/(1 − beta1ᵗ) / (√(s/(1 − beta2ᵗ)) + epsilon).
///
/// # Why it is here
///
/// The default of the field. Bounds the step roughly at the learning rate, so explosions do less harm; it cannot bring back
/// what vanished.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: adam, learning-rate: 1e-3}
/// ```
///
/// # References
///
/// Kingma, Ba 2015 (arXiv:1412.6980v9), algorithm 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Adam {
    /// η.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// How much of the mean is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub beta1: f64,
    /// How much of the mean square is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub beta2: f64,
    /// Added to the root.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl Optimizer for Adam {
    fn slots(&self) -> usize {
        2
    }

    fn step<'g>(&self, update: u64, parameters: Expr<'g>, gradient: Expr<'g>, slots: &[Expr<'g>]) -> Step<'g> {
        let (mean, square) = (slots[0], slots[1]);
        let correction = |beta: f64| 1.0 - libm::pow(beta, update as f64);
        let rate = self.learning_rate / correction(self.beta1);
        let scale = 1.0 / libm::sqrt(correction(self.beta2));
        let mean = self.beta1 * mean + (1.0 - self.beta1) * gradient;
        let square = self.beta2 * square + (1.0 - self.beta2) * (gradient * gradient);
        let parameters = parameters - rate * mean / (scale * square.unary(Unary::Sqrt) + self.epsilon);
        Step { parameters, slots: vec![mean, square] }
    }
}
