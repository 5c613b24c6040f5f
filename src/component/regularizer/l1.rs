use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Regularizer, matrices};
use crate::{
    component::parameter::Role,
    graph::{Expr, Unary},
};

/// Penalizes the magnitudes of weights.
///
/// # Definition
///
/// λ · Σ |θ|, so that λ·sign θ is added to the gradient, 0 at 0, with λ = `weight`, over the parameters whose role `on` lists.
/// Its gradient is added to the loss's before clipping, so that clipping and an optimizer that rescales see it too: with `adam`
/// it is not the same as decoupled weight decay. The losses that are reported are the task's, without it. Of a parametrized
/// matrix it is the raw parameter that is penalized.
///
/// # Why it is here
///
/// As `l2`, but its pull does not fade as a weight nears zero: it tells apart what a task needs from what it does not.
///
/// # Example
///
/// ```yaml
/// regularizers: [{kind: l1, weight: 1e-4, on: [recurrent]}]
/// ```
///
/// # References
///
/// Tibshirani 1996; Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), section 3.1, on what it does to recurrent weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct L1 {
    /// λ.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub weight: f64,
    /// The roles of the penalized parameters: all matrices if not given.
    #[schemars(length(min = 1))]
    pub on: Vec<Role>,
}

impl Default for L1 {
    fn default() -> Self {
        Self { weight: 1e-4, on: matrices() }
    }
}

impl Regularizer for L1 {
    fn roles(&self) -> &[Role] {
        &self.on
    }

    fn penalty<'g>(&self, parameter: Expr<'g>) -> Expr<'g> {
        self.weight * parameter.unary(Unary::Abs)
    }
}
