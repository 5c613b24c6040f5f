use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::{Expr, Unary};

/// Nadam: Adam with Nesterov's look ahead.
///
/// # Definition
///
/// μ_t = beta1·(1 − 0.5·0.96^(t·momentum-decay)), π_t = μ₁·…·μ_t; m ← beta1·m + (1 − beta1)·g, s ← beta2·s + (1 − beta2)·g²;
/// θ ← θ − learning-rate · ((1 − μ_t)·g/(1 − π_t) + μ_{t+1}·m/(1 − π_{t+1})) / (√(s/(1 − beta2ᵗ)) + epsilon).
///
/// # Why it is here
///
/// Reacts to the present gradient a little faster than Adam.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: nadam, learning-rate: 2e-3}
/// ```
///
/// # References
///
/// Dozat 2016 (ICLR workshop), algorithm 2, with its schedule of μ; defaults and form as in PyTorch (`torch.optim.NAdam`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Nadam {
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
    /// The speed at which μ grows from half of beta1 to beta1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub momentum_decay: f64,
}

impl Default for Nadam {
    fn default() -> Self {
        Self { learning_rate: 2e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum_decay: 4e-3 }
    }
}

impl Nadam {
    /// μ_t.
    fn momentum(&self, t: u64) -> f64 {
        self.beta1 * (1.0 - 0.5 * libm::pow(0.96, t as f64 * self.momentum_decay))
    }

    /// π_t, which rounds to 1 − π_t = 1 long before t is large.
    fn product(&self, t: u64) -> f64 {
        let mut product = 1.0;
        for t in 1..=t {
            product *= self.momentum(t);
            if product < f64::EPSILON / 4.0 {
                break;
            }
        }
        product
    }
}

impl Optimizer for Nadam {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<f32> {
        vec![0.0; 2]
    }

    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g> {
        let mean = self.beta1 * slots[0] + (1.0 - self.beta1) * gradient;
        let square = self.beta2 * slots[1] + (1.0 - self.beta2) * (gradient * gradient);
        let settings = self.clone();
        let [scale, by_gradient, by_mean] = at.scalars(move |at| {
            let scale = 1.0 / libm::sqrt(at.correction(settings.beta2));
            let (now, next) = (settings.momentum(at.step), settings.momentum(at.step + 1));
            let product = settings.product(at.step);
            [scale, at.rate * (1.0 - now) / (1.0 - product), at.rate * next / (1.0 - product * next)]
        });
        let parameters =
            parameters - (by_gradient * gradient + by_mean * mean) / (scale * square.unary(Unary::Sqrt) + self.epsilon);
        NextState { parameters, slots: vec![mean, square] }
    }
}
