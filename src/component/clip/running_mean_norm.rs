use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Norms, global_norm::to_norm};
use crate::{compute::lower::Inputs, graph::Expr};

/// Scales the whole gradient down to a multiple of its usual norm.
///
/// # Definition
///
/// With m the running mean of ‖g‖ before this update: g ← g·factor·m/‖g‖ if ‖g‖ > factor·m, else g as it is. Then
/// m ← decay·m + (1 − decay)·min(‖g‖, 10·m), of the norm before clipping; m is the first norm that is not 0, whose gradient passes
/// unchanged.
///
/// # Why it is here
///
/// The bound fits itself to the task and the network. What one explosion adds to the mean is limited to ten times the mean,
/// which is ours: a mean of plain norms would not clip for long after an explosion.
///
/// # Example
///
/// ```yaml
/// clip: [{kind: running-mean-norm, factor: 2.0}]
/// ```
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), section 3.2: thresholds from half to ten times the average norm work. There
/// it is taken beforehand, over many updates; the running mean and its decay are ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RunningMeanNorm {
    /// The largest norm that passes unchanged, in running means.
    #[schemars(range(max = 1e30), extend("exclusiveMinimum" = 0.0))]
    pub factor: f64,
    /// The part of the mean that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub decay: f64,
}

impl Default for RunningMeanNorm {
    fn default() -> Self {
        Self { factor: 1.0, decay: 0.99 }
    }
}

impl Clip for RunningMeanNorm {
    fn clip<'g>(&self, gradient: Expr<'g>, norms: &Inputs<'g, Norms>) -> Expr<'g> {
        let factor = self.factor;
        to_norm(gradient, norms, move |norms| if norms.mean > 0.0 { factor * norms.mean } else { f64::INFINITY })
    }

    fn mean(&self, norms: Norms) -> f64 {
        if norms.mean > 0.0 {
            self.decay * norms.mean + (1.0 - self.decay) * norms.now.min(10.0 * norms.mean)
        } else {
            norms.now
        }
    }
}
