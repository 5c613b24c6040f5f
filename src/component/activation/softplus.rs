use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Activation, magnitude, positive};
use crate::graph::Expr;

/// Softplus: a smooth rectifier.
///
/// # Definition
///
/// f(x) = ln(1 + eˣ), computed as max(x, 0) + log1p(e^−|x|), which overflows nowhere and keeps its digits far below 0, where it is
/// eˣ; f′(x) = σ(x).
///
/// # Why it is here
///
/// A rectifier without a kink and without units that are dead, whose derivative is the sigmoid.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: softplus}}
/// ```
///
/// # References
///
/// Dugas, Bengio, Bélisle, Nadeau, Garcia 2001, Incorporating second-order functional knowledge for better option pricing;
/// PyTorch's `nn.Softplus` with beta 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Softplus {}

impl Activation for Softplus {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        positive(x) + (-magnitude(x)).exp().ln_1p()
    }
}
