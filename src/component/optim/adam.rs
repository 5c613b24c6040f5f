use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext, larger};
use crate::graph::{Expr, Unary};

/// Adam: momentum divided by a running root mean square, both corrected for their start at zero.
///
/// # Definition
///
/// m ← beta1·m + (1 − beta1)·g, s ← beta2·s + (1 − beta2)·g², at update t:
/// θ ← θ − learning-rate · m/(1 − beta1ᵗ) / (√(s/(1 − beta2ᵗ)) + epsilon). With `amsgrad` s is replaced there by its largest value
/// so far, entry by entry, before the correction.
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
/// Kingma, Ba 2015 (arXiv:1412.6980v9), algorithm 1. AMSGrad: Reddi, Kale, Kumar 2018 (arXiv:1904.09237v1), algorithm 2, which
/// corrects nothing; the corrections are kept as in PyTorch (`torch.optim.Adam`, `amsgrad=True`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Adam {
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
    /// Divide by the largest mean square so far.
    pub amsgrad: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false }
    }
}

impl Optimizer for Adam {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<f32> {
        vec![0.0; 2 + usize::from(self.amsgrad)]
    }

    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g> {
        let (mean, square) = (slots[0], slots[1]);
        let Self { beta1, beta2, .. } = *self;
        let rate = at.scalar(move |at| at.rate / at.correction(beta1));
        let scale = at.scalar(move |at| 1.0 / libm::sqrt(at.correction(beta2)));
        let mean = beta1 * mean + (1.0 - beta1) * gradient;
        let square = beta2 * square + (1.0 - beta2) * (gradient * gradient);
        let mut next = vec![mean, square];
        let mut divisor = square;
        if self.amsgrad {
            divisor = larger(slots[2], square);
            next.push(divisor);
        }
        let parameters = parameters - rate * mean / (scale * divisor.unary(Unary::Sqrt) + self.epsilon);
        NextState { parameters, slots: next }
    }
}
