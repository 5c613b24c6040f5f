use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::{Expr, Relation, select};

/// Rectified linear unit.
///
/// # Definition
///
/// f(x) = x for x > 0, else +0; f′(x) = 1 for x > 0, else 0 (also at 0). NaN stays NaN.
///
/// # Why it is here
///
/// Its derivative does not shrink the gradient of active units, so with a recurrent identity (the IRNN) norms are kept; it
/// has no bound, so activations and gradients can overflow.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: relu}}
/// ```
///
/// # References
///
/// Le, Jaitly, Hinton 2015, A simple way to initialize recurrent networks of rectified linear units (arXiv:1504.00941v2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Relu {}

impl Activation for Relu {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        select(x, Relation::LessOrEqual, 0.0, x.constant(0.0), x)
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }
}
