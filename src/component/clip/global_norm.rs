use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Norms};
use crate::graph::Expr;

/// Scales the whole gradient down to a largest Euclidean norm.
///
/// # Definition
///
/// With ‖g‖ over all parameters together: g ← g·max/‖g‖ if ‖g‖ > max, else g as it is. The norm is taken in f64, so that a
/// large finite gradient is scaled rather than lost.
///
/// # Why it is here
///
/// The standard remedy for explosion: keeps the direction, bounds the step.
///
/// # Example
///
/// ```yaml
/// clip: [{kind: global-norm, max: 1.0}]
/// ```
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), algorithm 1. PyTorch's `clip_grad_norm_` divides by ‖g‖ + 10⁻⁶.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GlobalNorm {
    /// The largest norm that passes unchanged.
    #[schemars(range(max = 1e30), extend("exclusiveMinimum" = 0.0))]
    pub max: f64,
}

impl Default for GlobalNorm {
    fn default() -> Self {
        Self { max: 1.0 }
    }
}

impl Clip for GlobalNorm {
    fn clip<'g>(&self, gradient: Expr<'g>, norms: Norms) -> Expr<'g> {
        to_norm(gradient, norms.now, self.max)
    }
}

/// A gradient of that norm, scaled to at most `max`.
pub(super) fn to_norm(gradient: Expr<'_>, norm: f64, max: f64) -> Expr<'_> {
    if norm > max { scaled(gradient, max / norm) } else { gradient }
}

/// `scale`·v for 0 ≤ `scale` < 1, rounded as if by a number of twice the precision, so that the norm is `max` to the last bits.
fn scaled(mut v: Expr<'_>, mut scale: f64) -> Expr<'_> {
    // Below the smallest f32, in steps that are exact.
    const TINY: f64 = 1.0 / (1u128 << 80) as f64;
    while 0.0 < scale && scale < TINY {
        (v, scale) = (v * TINY, scale / TINY);
    }
    let high = f64::from(scale as f32);
    (scale - high) * v + v.constant(high) * v
}
