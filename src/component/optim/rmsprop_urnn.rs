use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::{Expr, Relation, Unary, select};

/// RMSprop as in the experiments with unitary networks: the running mean square starts at 10⁻³ and nothing is added to its root.
///
/// # Definition
///
/// s ← decay·s + (1 − decay)·g², from s = initial; θ ← θ − learning-rate · g / √s.
///
/// # Why it is here
///
/// What many published results on copy and adding were trained with. It differs from RMSprop where gradients are tiny: there the
/// initial 10⁻³ keeps the first steps small, for as long as decayᵗ·10⁻³ outweighs g². Where a gradient stays zero until s falls
/// below the smallest number, 0/0 would end the training; the step is 0 there.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: rmsprop-urnn, learning-rate: 1e-3, decay: 0.9}
/// ```
///
/// # References
///
/// Arjovsky, Shah, Bengio 2016 (arXiv:1511.06464v4), with the authors' code (`amarshah/complex_RNN`, `optimizations.py`,
/// `rms_prop`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RmspropUrnn {
    /// η.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The part of the running mean square that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub decay: f64,
    /// The initial mean square.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub initial: f64,
}

impl Default for RmspropUrnn {
    fn default() -> Self {
        Self { learning_rate: 1e-3, decay: 0.9, initial: 1e-3 }
    }
}

impl Optimizer for RmspropUrnn {
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
        let square = self.decay * slots[0] + (1.0 - self.decay) * (gradient * gradient);
        // Also a gradient whose square is below the smallest number moves nothing.
        let step = select(square, Relation::LessOrEqual, 0.0, gradient * 0.0, gradient / square.unary(Unary::Sqrt));
        NextState { parameters: parameters - at.rate() * step, slots: vec![square] }
    }
}
