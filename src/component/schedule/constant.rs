use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Schedule;

/// The learning rate as it is, all the time.
///
/// # Definition
///
/// Factor 1 at every update; `schedule: [constant]` is the same as `schedule: []`.
///
/// # Why it is here
///
/// So that a sweep can compare a schedule with its absence by name.
///
/// # Example
///
/// ```yaml
/// sweep: [{kind: grid, over: {schedule: [[constant], [cosine]]}}]
/// ```
///
/// # References
///
/// None.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Constant {}

impl Schedule for Constant {
    fn factor(&self, _: u64, _: u64) -> f64 {
        1.0
    }
}
