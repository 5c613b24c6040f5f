use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Regularizer, sum_of_squares};
use crate::graph::{Crossing, Expr, Unary};

/// Norm stabilizer: penalizes changes of the state's length from step to step.
///
/// # Definition
///
/// weight · (‖s_t‖ − ‖s_{t−1}‖)², averaged over all steps and sequences of the batch, for each recurrent layer, whose full state
/// s is all its states together (h and c of an LSTM). ‖s‖ is √(Σ s² + 10⁻¹²), so that it has a derivative where s = 0. It
/// is differentiated by everything that the states depend on. The losses that are reported are the task's, without it. Only the
/// fused engine has it.
///
/// # Why it is here
///
/// A state whose length keeps growing or shrinking over the steps is one on which nothing that was learnt at one length of
/// sequences holds at another; this asks for a length that stays, without saying which.
///
/// # Example
///
/// ```yaml
/// regularizers: [{kind: norm-stabilizer, weight: 50.0}]
/// ```
///
/// # References
///
/// Krueger, Memisevic 2016, Regularizing RNNs by stabilizing activations (arXiv:1511.08400v7), eq. 2, with β = 50 for their
/// character-level IRNN; they penalize h alone in an LSTM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct NormStabilizer {
    /// β.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub weight: f64,
}

impl Default for NormStabilizer {
    fn default() -> Self {
        Self { weight: 50.0 }
    }
}

/// Added to the square of a norm.
const TINY: f64 = 1e-12;

impl Regularizer for NormStabilizer {
    fn of_states<'g>(&self, states: &[Crossing<'g>]) -> Option<Expr<'g>> {
        let norm = |squares: Expr<'g>| (squares + TINY).unary(Unary::Sqrt);
        let before = norm(sum_of_squares(states.iter().map(|state| state.before))?);
        let after = norm(sum_of_squares(states.iter().map(|state| state.after))?);
        Some(self.weight * (after - before).unary(Unary::Square))
    }

    fn on_steps(&self) -> bool {
        true
    }
}
