use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Regularizer, sum_of_squares};
use crate::graph::{Backflow, Expr, Relation, Unary, select};

/// Pascanu's Ω: asks each step to hand the gradient on at the length at which it got it.
///
/// # Definition
///
/// With δ_t = ∂L/∂s_t the gradient by the full state of a layer, for each sequence, and J_t = ∂s_t/∂s_{t−1}:
///
/// Ω = weight · mean over steps and sequences of (‖δ_t·J_t‖²/‖δ_t‖² − 1)², or with `ratio: norm` of (‖δ_t·J_t‖/‖δ_t‖ − 1)².
///
/// Where ‖δ_t‖² < `bound` the term is 0. It is differentiated by the recurrent parameters in J_t alone: δ and the states, with
/// all that depends on them, are held constant, so that its gradient costs one more product and no second pass. L is the mean
/// over the batch, without Ω; the losses that are reported are without it, too. Only the fused engine has it.
///
/// # Why it is here
///
/// The remedy against vanishing that stands beside clipping against exploding: it keeps the error's length along the directions
/// in which the error goes, and leaves all others alone.
///
/// # Example
///
/// ```yaml
/// clip: [{kind: global-norm, max: 1.0}]
/// regularizers: [{kind: pascanu-omega, weight: 4.0}]
/// ```
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), eq. 9–10: the ratio of the norms, summed over steps. Their code
/// (`trainingRNNs`, `RNN.py`) has the ratio of the squares, bound 10⁻²⁰, and divides by the mean number of steps with
/// ‖δ_t‖² ≥ bound; here it is the number of all steps. Weight 4 as in their §4.1.1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PascanuOmega {
    /// α.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub weight: f64,
    /// The quantity whose ratio is asked to be 1.
    pub ratio: Ratio,
    /// The square of the gradient's norm below which nothing is asked.
    #[schemars(range(min = 1e-30, max = 1.0))]
    pub bound: f64,
}

/// The quantity that a ratio is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ratio {
    /// The squares of the norms, as in the authors' code.
    #[default]
    SquaredNorm,
    /// The norms, as in the paper.
    Norm,
}

impl Default for PascanuOmega {
    fn default() -> Self {
        Self { weight: 4.0, ratio: Ratio::default(), bound: 1e-20 }
    }
}

impl Regularizer for PascanuOmega {
    fn of_gradients<'g>(&self, states: &[Backflow<'g>]) -> Option<Expr<'g>> {
        let entering = sum_of_squares(states.iter().map(|state| state.entering))?;
        let leaving = sum_of_squares(states.iter().map(|state| state.leaving))?;
        let one = entering.constant(1.0);
        let asked = |value| select(entering, Relation::GreaterOrEqual, self.bound, value, one);
        let squares = asked(leaving) / asked(entering);
        let ratio = match self.ratio {
            Ratio::SquaredNorm => squares,
            // Where nothing leaves, the root has no derivative, and no direction in which to lengthen.
            Ratio::Norm => select(squares, Relation::Greater, 0.0, squares, one).unary(Unary::Sqrt),
        };
        Some(self.weight * (ratio - 1.0).unary(Unary::Square))
    }

    fn on_steps(&self) -> bool {
        true
    }
}
