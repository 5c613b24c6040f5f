use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::{Expr, Unary};

/// Adadelta: steps in the unit of earlier steps, divided by a running root mean square of the gradient.
///
/// # Definition
///
/// s ← decay·s + (1 − decay)·g²; d = g·√(a + epsilon) / √(s + epsilon); a ← decay·a + (1 − decay)·d²;
/// θ ← θ − learning-rate · d.
///
/// # Why it is here
///
/// Needs hardly a learning rate: its steps begin near √epsilon and grow while the gradient keeps its sign. Earlier work on
/// recurrent networks used it for that.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: adadelta, learning-rate: 1.0, decay: 0.9}
/// ```
///
/// # References
///
/// Zeiler 2012 (arXiv:1212.5701v1), algorithm 1, which has no learning rate and uses a decay of 0.95; defaults as in PyTorch
/// (`torch.optim.Adadelta`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Adadelta {
    /// The factor on the step; 1 in the paper.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The part of the running averages that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub decay: f64,
    /// Added below both roots.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for Adadelta {
    fn default() -> Self {
        Self { learning_rate: 1.0, decay: 0.9, epsilon: 1e-6 }
    }
}

impl Optimizer for Adadelta {
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
        let (kept, new) = (self.decay, 1.0 - self.decay);
        let square = kept * slots[0] + new * (gradient * gradient);
        let root = |v: Expr<'g>| (v + self.epsilon).unary(Unary::Sqrt);
        let step = root(slots[1]) / root(square) * gradient;
        let moved = kept * slots[1] + new * (step * step);
        NextState { parameters: parameters - at.rate() * step, slots: vec![square, moved] }
    }
}
