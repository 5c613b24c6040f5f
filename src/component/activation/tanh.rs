use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::Expr;

/// Hyperbolic tangent.
///
/// # Definition
///
/// f(x) = tanh x, f′(x) = 1 − tanh² x ≤ 1.
///
/// # Why it is here
///
/// The classic nonlinearity of recurrent networks. Its bound keeps |h| ≤ 1 but not the product of Jacobians
/// ∏ diag(1 − h²)·W, so gradients can vanish *and* explode.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: tanh}}
/// ```
///
/// # References
///
/// Elman 1990, Finding structure in time; Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §2.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Tanh {}

impl Activation for Tanh {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        x.tanh()
    }
}
