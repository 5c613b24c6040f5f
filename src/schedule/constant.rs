use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Point, Schedule};

/// The same factor at every update.
///
/// # Definition
///
/// `factor`; 1 is the same as no schedule.
///
/// # Why it is here
///
/// So that a sweep can compare schedules with their absence by name, or scale several.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: constant, factor: 0.5}]
/// ```
///
/// # References
///
/// `torch.optim.lr_scheduler.ConstantLR` without its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Constant {
    /// What the learning rate is multiplied by.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub factor: f64,
}

impl Default for Constant {
    fn default() -> Self {
        Self { factor: 1.0 }
    }
}

impl Schedule for Constant {
    fn factor(&self, at: Point) -> f64 {
        let _ = at;
        self.factor
    }
}
