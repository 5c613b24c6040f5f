use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::{Expr, Unary};

/// Sine.
///
/// # Definition
///
/// f(x) = sin x, f′(x) = cos x, x in radians. At ±∞ it is NaN.
///
/// # Why it is here
///
/// Bounded and yet never saturated: its derivative comes back to ±1 for arguments of any size.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: sin}}
/// ```
///
/// # References
///
/// Sopena, Romero, Alquézar 1999, Neural networks with periodic and monotonic activation functions; Parascandolo, Huttunen,
/// Virtanen 2017, Taming the waves: sine as activation function in deep neural networks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Sin {}

impl Activation for Sin {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        x.unary(Unary::Sin)
    }
}
