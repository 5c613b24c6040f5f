use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::{Expr, Relation, select};

/// Sigmoid linear unit, also called swish.
///
/// # Definition
///
/// f(x) = x·σ(x), f′(x) = σ(x)·(1 + x·(1 − σ(x))). Below −800 value and derivative are 0.
///
/// # Why it is here
///
/// A unit that gates itself: smooth, unbounded above, and with a gradient below 0.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: silu}}
/// ```
///
/// # References
///
/// Elfwing, Uchibe, Doya 2018 (arXiv:1702.03118v3), eq. 15; Ramachandran, Zoph, Le 2017 (arXiv:1710.05941v2), swish with β = 1;
/// PyTorch's `nn.SiLU`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Silu {}

/// σ is 0 at −800 and 1 at 800 in every precision.
const FAR: f64 = 800.0;

impl Activation for Silu {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        // Ends that keep ∞·0 away, from the value and from the derivative.
        let x = select(x, Relation::Less, -FAR, x.constant(-FAR), x);
        let z = select(x, Relation::Greater, FAR, x.constant(FAR), x);
        x * z.sigmoid()
    }
}
