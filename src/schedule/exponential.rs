use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Point, Schedule};

/// Multiplied by a factor after every update.
///
/// # Definition
///
/// decayᵏ at update k, counted from 0. After n updates the rate has halved if decay = 2^(−1/n).
///
/// # Why it is here
///
/// The smooth form of `step`.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: exponential, decay: 0.999}]
/// ```
///
/// # References
///
/// `torch.optim.lr_scheduler.ExponentialLR`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Exponential {
    /// What each update multiplies by.
    #[schemars(range(max = 2.0), extend("exclusiveMinimum" = 0.0))]
    pub decay: f64,
}

impl Default for Exponential {
    fn default() -> Self {
        Self { decay: 0.999 }
    }
}

impl Schedule for Exponential {
    fn factor(&self, at: Point) -> f64 {
        libm::pow(self.decay, at.update as f64)
    }
}
