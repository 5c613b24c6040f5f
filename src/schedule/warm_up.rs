use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Point, Schedule};

/// Up to the full learning rate in equal steps.
///
/// # Definition
///
/// first + (1 − first)·min(k/updates, 1) at update k, counted from 0.
///
/// # Why it is here
///
/// Optimizers that divide by a running mean square take their largest steps while that mean is least known.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: warm-up, updates: 100, first: 0.01}]
/// ```
///
/// # References
///
/// Goyal et al. 2017 (arXiv:1706.02677v2), §2.2; `torch.optim.lr_scheduler.LinearLR`, where `first` is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct WarmUp {
    /// Updates until the factor is 1.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub updates: u64,
    /// The factor of the first update.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub first: f64,
}

impl Default for WarmUp {
    fn default() -> Self {
        Self { updates: 100, first: 1.0 / 3.0 }
    }
}

impl Schedule for WarmUp {
    fn factor(&self, at: Point) -> f64 {
        let part = at.update.min(self.updates) as f64 / self.updates as f64;
        self.first + (1.0 - self.first) * part
    }
}
