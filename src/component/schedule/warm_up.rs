use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Schedule;

/// Raises the learning rate evenly over the first updates.
///
/// # Definition
///
/// At update k, 0 at first: first + (1 − first)·min(k / updates, 1).
///
/// # Why it is here
///
/// The running averages of Adam and its relatives know little at first; small steps until then keep a network from where it
/// cannot come back.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: warm-up, updates: 100}]
/// ```
///
/// # References
///
/// Goyal et al. 2017 (arXiv:1706.02677v2), section 2.2, "gradual warmup". The defaults are those of PyTorch's `LinearLR`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct WarmUp {
    /// The factor at the first update.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub first: f64,
    /// Updates until the factor is 1.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub updates: u64,
}

impl Default for WarmUp {
    fn default() -> Self {
        Self { first: 1.0 / 3.0, updates: 5 }
    }
}

impl Schedule for WarmUp {
    fn factor(&self, update: u64, _: u64) -> f64 {
        self.first + (1.0 - self.first) * (update.min(self.updates) as f64 / self.updates as f64)
    }
}
