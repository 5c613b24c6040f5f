use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::{Expr, Relation, Unary, select};

/// Gaussian error linear unit, in its approximation by tanh.
///
/// # Definition
///
/// f(x) = ½·x·(1 + tanh u) = x·σ(2u) with u = √(2/π)·(x + 0.044715·x³). Beyond |x| = 24 the factor is 0 or 1.
///
/// # Why it is here
///
/// Many published networks have used it in place of `gelu`, from which it differs by up to 5·10⁻⁴.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: gelu-tanh}}
/// ```
///
/// # References
///
/// Hendrycks, Gimpel 2016 (arXiv:1606.08415v5), §2; PyTorch's `nn.GELU(approximate='tanh')`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GeluTanh {}

/// 2·√(2/π).
const SCALE: f64 = std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::SQRT_2;

/// Where σ(2u) is 0 in every precision.
const FAR: f64 = 24.0;

impl Activation for GeluTanh {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        // Ends that keep x³ finite and ∞·0 away.
        let x = select(x, Relation::Less, -FAR, x.constant(-FAR), x);
        let z = select(x, Relation::Greater, FAR, x.constant(FAR), x);
        let u = z * (z.unary(Unary::Square) * (0.044_715 * SCALE) + SCALE);
        x * u.sigmoid()
    }
}
