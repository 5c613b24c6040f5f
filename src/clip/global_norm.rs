use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, norm};

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
    fn apply(&self, gradient: &mut [f32]) {
        let norm = norm(gradient);
        if norm > self.max {
            let scale = self.max / norm;
            gradient.iter_mut().for_each(|g| *g = (f64::from(*g) * scale) as f32);
        }
    }
}
