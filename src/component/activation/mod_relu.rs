use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Activation, magnitude, positive};
use crate::graph::{Expr, Relation, select};

/// Modulus rectified linear unit, with a trained bias.
///
/// # Definition
///
/// f(z) = sign(z)·max(|z| + b, 0) with a trained vector `b_modrelu` of one number per unit; f(0) = 0. ∂f/∂z = 1 and
/// ∂f/∂b = sign(z) where |z| + b > 0 and z ≠ 0, else 0. With b = 0 it is the identity but for the derivative at 0; with b > 0 it
/// jumps at 0, with b < 0 it has kinks at ±b. Layers that apply it to several vectors of one width share the bias. Cells with
/// complex states apply the same to the modulus of each number, z/|z|·max(|z| + b, 0), which is written in the cell.
///
/// # Why it is here
///
/// It changes the size of a unit and never its sign, so that an orthogonal recurrence keeps its rotations.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: mod-relu}}
/// init: {parameters: {b_modrelu: {kind: uniform, bound: 0.01}}}
/// ```
///
/// # References
///
/// Arjovsky, Shah, Bengio 2016 (arXiv:1511.06464v4), eq. 8, for complex numbers; Helfrich, Willmott, Ye 2018
/// (arXiv:1707.09520v3) for real ones. Official code of expRNN (Lezcano-Casado, Martínez-Rubio 2019): sign(0) = 0, b from
/// U(−0.01, 0.01).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ModRelu {}

impl Activation for ModRelu {
    fn apply<'g>(&self, z: Expr<'g>) -> Expr<'g> {
        let b = z.builder().vector_of("b_modrelu", z.width());
        let size = positive(magnitude(z) + b);
        // Only 0 is both ≤ 0 and ≥ 0; NaN is neither and takes the last branch, where it stays NaN.
        let below = select(z, Relation::GreaterOrEqual, 0.0, z.constant(0.0), -size);
        select(z, Relation::LessOrEqual, 0.0, below, size)
    }

    fn kinks(&self) -> Vec<f64> {
        // Where the bias is 0; else it moves them.
        vec![0.0]
    }
}
