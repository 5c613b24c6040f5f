use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Norms};
use crate::{compute::lower::Inputs, graph::Expr};

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
    fn clip<'g>(&self, gradient: Expr<'g>, norms: &Inputs<'g, Norms>) -> Expr<'g> {
        let max = self.max;
        to_norm(gradient, norms, move |_| max)
    }
}

/// A gradient, scaled to a norm of at most `max`.
pub(super) fn to_norm<'g>(
    gradient: Expr<'g>,
    norms: &Inputs<'g, Norms>,
    max: impl Fn(Norms) -> f64 + Copy + Send + Sync + 'static,
) -> Expr<'g> {
    let factor = move |norms: Norms| (norms.now > max(norms)).then(|| Factor::new(max(norms) / norms.now));
    let Some(steps) = norms.choose(move |norms| factor(norms).map(|factor| factor.steps)) else { return gradient };
    let scale = move |norms| factor(norms).map_or(1.0, |factor| factor.rest);
    // The product is rounded as if by a number of twice the precision, so that the norm is `max` to the last bits.
    let [high, low] = norms.scalars(move |norms| {
        let high = f64::from(scale(norms) as f32);
        [high, scale(norms) - high]
    });
    let v = (0..steps).fold(gradient, |v, _| v * Factor::STEP);
    low * v + v.scalar(high) * v
}

/// A factor from 0 to 1, in steps that are exact where it is below the smallest f32.
#[derive(Clone, Copy)]
struct Factor {
    /// The number of times that the factor contains [`STEP`](Self::STEP).
    steps: usize,
    /// The factor without these.
    rest: f64,
}

impl Factor {
    const STEP: f64 = 1.0 / (1u128 << 80) as f64;

    fn new(factor: f64) -> Self {
        let (mut steps, mut rest) = (0, factor);
        while 0.0 < rest && rest < Self::STEP {
            (steps, rest) = (steps + 1, rest / Self::STEP);
        }
        Self { steps, rest }
    }
}
