use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Regularizer, matrices};
use crate::{
    component::parameter::Role,
    graph::{Expr, Unary},
};

/// Penalizes the squares of weights.
///
/// # Definition
///
/// λ/2 · Σ θ², so that λ·θ is added to the gradient, with λ = `weight`, over the parameters whose role `on` lists.
/// Its gradient is added to the loss's before clipping, so that clipping and an optimizer that rescales see it too: with `adam`
/// it is not the same as decoupled weight decay. The losses that are reported are the task's, without it. Of a parametrized
/// matrix it is the raw parameter that is penalized.
///
/// # Why it is here
///
/// Keeps the recurrent matrix's gain from growing, at the price of pulling it towards zero, where gradients vanish.
///
/// # Example
///
/// ```yaml
/// regularizers: [{kind: l2, weight: 1e-4, on: [recurrent]}]
/// ```
///
/// # References
///
/// Krogh, Hertz 1991; Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), section 3.1, on what it does to recurrent weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct L2 {
    /// λ.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub weight: f64,
    /// The roles of the penalized parameters: all matrices if not given.
    #[schemars(length(min = 1))]
    pub on: Vec<Role>,
}

impl Default for L2 {
    fn default() -> Self {
        Self { weight: 1e-4, on: matrices() }
    }
}

impl Regularizer for L2 {
    fn roles(&self) -> &[Role] {
        &self.on
    }

    fn penalty<'g>(&self, parameter: Expr<'g>) -> Expr<'g> {
        0.5 * self.weight * parameter.unary(Unary::Square)
    }
}
