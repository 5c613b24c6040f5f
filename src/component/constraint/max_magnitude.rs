use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Constraint, Projection, Rule};
use crate::graph::Expr;

/// Bounds the magnitude of every number of some parameters.
///
/// # Definition
///
/// After each step of the optimizer θ_k ← min(max(θ_k, −bound), bound) for each number of the named `parameters`, in every layer
/// that has them, or of every recurrent matrix if none is named. NaN stays NaN. The optimizer's state (momentum, running
/// squares) stays as it is; a raw parameter of a parametrization is bounded, not the weights made of it.
///
/// # Why it is here
///
/// Where the recurrence is element by element, its gain over T steps is |u|ᵀ: with `bound` = γ^(1/T) no gradient grows by more
/// than γ over a sequence of T steps, whatever the optimizer does.
///
/// # Example
///
/// ```yaml
/// constraints: [{kind: max-magnitude, parameters: [w_hh], bound: 1.0}]
/// ```
///
/// # References
///
/// Li, Li, Cook, Zhu, Gao 2018 (arXiv:1803.04831v3), section 3: |u| ≤ γ^(1/T) for ReLU in IndRNN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct MaxMagnitude {
    /// Names such as `w_hh` in every layer, or `layer0.w_hh` in one; every recurrent matrix if empty.
    pub parameters: Vec<String>,
    /// The largest magnitude.
    #[schemars(range(max = 1e30), extend("exclusiveMinimum" = 0.0))]
    pub bound: f64,
}

impl Default for MaxMagnitude {
    fn default() -> Self {
        Self { parameters: vec![], bound: 1.0 }
    }
}

impl Constraint for MaxMagnitude {
    fn parameters(&self) -> &[String] {
        &self.parameters
    }

    fn rule(&self) -> Rule<'_> {
        Rule::Projection(self)
    }
}

impl Projection for MaxMagnitude {
    fn project<'g>(&self, parameter: Expr<'g>) -> Expr<'g> {
        parameter.bounded(self.bound)
    }
}
