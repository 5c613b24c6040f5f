use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Point, Schedule};

/// Multiplied by a factor after every so many updates.
///
/// # Definition
///
/// factor^⌊k / every⌋ at update k, counted from 0.
///
/// # Why it is here
///
/// The oldest way to come to rest after a long plateau.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: step, every: 1000, factor: 0.5}]
/// ```
///
/// # References
///
/// `torch.optim.lr_scheduler.StepLR`, where `factor` is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct StepDecay {
    /// Updates between two changes.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub every: u64,
    /// What a change multiplies by.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub factor: f64,
}

impl Default for StepDecay {
    fn default() -> Self {
        Self { every: 1000, factor: 0.1 }
    }
}

impl Schedule for StepDecay {
    fn factor(&self, at: Point) -> f64 {
        libm::pow(self.factor, (at.update / self.every) as f64)
    }
}
