use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Activation, magnitude, positive};
use crate::graph::{Expr, Relation, Unary, select};

/// Gaussian error linear unit.
///
/// # Definition
///
/// f(x) = x·Φ(x) with Φ the standard normal distribution function, f′(x) = Φ(x) + x·φ(x). Φ(−|x|) is
/// ½·e^(−x²/2)·(a₁t + a₂t² + a₃t³ + a₄t⁴ + a₅t⁵) with t = 1/(1 + p·|x|/√2), whose error is at most 7.5·10⁻⁸. So the value is
/// off by at most 2.2·10⁻⁷ and the derivative, that of the approximation, by at most 5.4·10⁻⁷.
///
/// # Why it is here
///
/// The smooth rectifier of transformers: it weights its input by how likely a normal number lies below it.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: gelu}}
/// ```
///
/// # References
///
/// Hendrycks, Gimpel 2016 (arXiv:1606.08415v5), §2; Abramowitz, Stegun 1964, 7.1.26, for the approximation. PyTorch's
/// `nn.GELU(approximate='none')`; its other form is `gelu-tanh`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Gelu {}

/// p of Abramowitz and Stegun's 7.1.26.
const P: f64 = 0.327_591_1;

/// a₁ to a₅ of 7.1.26.
const A: [f64; 5] = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];

/// Φ(−40) is 0 in every precision.
const FAR: f64 = 40.0;

impl Activation for Gelu {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        // f(x) = max(x, 0) − |x|·Φ(−|x|), where |x| ends before ∞·0 is reached. The branches meet in the derivative at 0.
        let m = magnitude(x);
        let m = select(m, Relation::Greater, FAR, x.constant(FAR), m);
        let one = x.constant(1.0);
        let t = one / (m * (P * std::f64::consts::FRAC_1_SQRT_2) + 1.0);
        let polynomial = A.iter().rev().skip(1).fold(t * A[4], |sum, &a| (sum + a) * t);
        let tail = (m.unary(Unary::Square) * -0.5).exp() * polynomial * 0.5;
        positive(x) - m * tail
    }
}
