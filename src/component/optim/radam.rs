use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::{Expr, Unary};

/// RAdam: Adam that divides only once its running mean square can be trusted.
///
/// # Definition
///
/// m and s as in Adam, ρ∞ = 2/(1 − beta2) − 1, ρ_t = ρ∞ − 2t·beta2ᵗ/(1 − beta2ᵗ). If ρ_t > 5,
/// r = √((ρ_t − 4)(ρ_t − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ_t)) and
/// θ ← θ − learning-rate · r · m/(1 − beta1ᵗ) · √(1 − beta2ᵗ) / (√s + epsilon); else θ ← θ − learning-rate · m/(1 − beta1ᵗ).
///
/// # Why it is here
///
/// Does what a warm-up of the learning rate is used for, by itself. Its first steps are proportional to the gradient, so an
/// explosion in the first five updates is not bounded.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: radam, learning-rate: 1e-3}
/// ```
///
/// # References
///
/// Liu et al. 2020 (arXiv:1908.03265v4), algorithm 2, which divides from ρ_t > 4 on; 5 and the place of epsilon as in PyTorch
/// (`torch.optim.RAdam`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Radam {
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
}

impl Default for Radam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl Radam {
    /// r, if ρ_t is large enough.
    fn rectification(&self, at: StepContext) -> Option<f64> {
        let longest = 2.0 / (1.0 - self.beta2) - 1.0;
        let kept = 1.0 - at.correction(self.beta2);
        let length = longest - 2.0 * at.step as f64 * kept / at.correction(self.beta2);
        let ratio = (length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length);
        (length > 5.0).then(|| libm::sqrt(ratio))
    }
}

impl Optimizer for Radam {
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
        let rectified = at.choose(move |at| settings.rectification(at).is_some());
        let settings = self.clone();
        let rate = at.scalar(move |at| {
            let rate = at.rate / at.correction(settings.beta1);
            let rectified = |factor| rate * factor * libm::sqrt(at.correction(settings.beta2));
            settings.rectification(at).map_or(rate, rectified)
        });
        let step = rate * mean;
        let step = if rectified { step / (square.unary(Unary::Sqrt) + self.epsilon) } else { step };
        NextState { parameters: parameters - step, slots: vec![mean, square] }
    }
}
