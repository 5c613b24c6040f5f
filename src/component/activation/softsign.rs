use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::{Expr, Unary};

/// Softsign.
///
/// # Definition
///
/// f(x) = x / (1 + |x|), f′(x) = 1 / (1 + |x|)². Beyond ±2⁶⁰ the value is ±1 and the derivative 0.
///
/// # Why it is here
///
/// Bounded like tanh, but it saturates like 1/|x| and not exponentially, so that the gradient of a saturated unit shrinks by a
/// power of its argument only.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: softsign}}
/// ```
///
/// # References
///
/// Bergstra, Desjardins, Lamblin, Bengio 2009, Quadratic polynomials learn better image features; Glorot, Bengio 2010, §3.2;
/// PyTorch's `nn.Softsign`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Softsign {}

/// Where the value is ±1 in every precision; the square of the denominator is still finite in float32.
const SATURATED: f64 = (1u64 << 60) as f64;

impl Activation for Softsign {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        // ∞/∞ would be NaN.
        let x = x.bounded(SATURATED);
        x / (x.unary(Unary::Abs) + 1.0)
    }
}
