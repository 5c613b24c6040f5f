use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Schedule;

/// Multiplies the learning rate by a factor every so many updates.
///
/// # Definition
///
/// At update k, 0 at first: factor^⌊k / every⌋.
///
/// # Why it is here
///
/// The oldest schedule: a large rate to get somewhere, smaller ones to stay there.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: step, every: 500, factor: 0.1}]
/// ```
///
/// # References
///
/// PyTorch's `StepLR`, whose default factor this is; it has no default for `every`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Step {
    /// Updates between two changes.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub every: u64,
    /// The factor on the rate at each change.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub factor: f64,
}

impl Default for Step {
    fn default() -> Self {
        Self { every: 1000, factor: 0.1 }
    }
}

impl Schedule for Step {
    fn factor(&self, update: u64, _: u64) -> f64 {
        libm::pow(self.factor, (update / self.every) as f64)
    }
}
