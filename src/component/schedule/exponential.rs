use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Schedule;

/// Multiplies the learning rate by a factor at every update.
///
/// # Definition
///
/// At update k, 0 at first: factorᵏ.
///
/// # Why it is here
///
/// A smooth `step`; its factor says after how many updates nothing moves any more: the rate is halved every ln ½ / ln factor
/// updates.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: exponential, factor: 0.999}]
/// ```
///
/// # References
///
/// PyTorch's `ExponentialLR`, which has no default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Exponential {
    /// The factor on the rate at every update.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub factor: f64,
}

impl Default for Exponential {
    fn default() -> Self {
        Self { factor: 0.999 }
    }
}

impl Schedule for Exponential {
    fn factor(&self, update: u64, _: u64) -> f64 {
        libm::pow(self.factor, update as f64)
    }
}
