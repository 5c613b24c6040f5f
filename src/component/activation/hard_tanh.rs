use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Activation, clamped};
use crate::graph::Expr;

/// Hard tanh: the hyperbolic tangent as three straight lines.
///
/// # Definition
///
/// f(x) = min(max(x, −1), 1); f′(x) = 1 for |x| < 1, else 0 (also at ±1). NaN stays NaN.
///
/// # Why it is here
///
/// Bounded like tanh, but between its kinks it neither bends nor shrinks the gradient; beyond them it stops it.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: hard-tanh}}
/// ```
///
/// # References
///
/// Collobert 2004, Large scale machine learning (thesis), for the name; value and derivative as in PyTorch's `nn.Hardtanh`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct HardTanh {}

impl Activation for HardTanh {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        clamped(x, x, [-1.0, 1.0], [-1.0, 1.0])
    }

    fn kinks(&self) -> Vec<f64> {
        vec![-1.0, 1.0]
    }
}
