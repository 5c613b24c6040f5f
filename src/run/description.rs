//! A trial as the files that leave the run's folder describe it.

use serde_json::{Map, Value, json};

use crate::{
    engine::NUMERICS,
    plan::{Plan, Trial},
};

/// The key of the description in a file's metadata.
pub(super) const KEY: &str = "longlag";

/// The identity of `trial` and of its training by the engine and device of these names, with all settings.
pub(super) fn description(plan: &Plan, trial: Trial, (engine, device): (&str, &str)) -> Map<String, Value> {
    let entries = [
        ("trial_id", json!(plan.trial_id(trial))),
        ("arm", json!(plan.arm(trial.arm).label)),
        ("replicate", json!(trial.replicate)),
        ("seed", json!(plan.seed())),
        ("engine", json!(engine)),
        ("device", json!(device)),
        ("numerics", json!(NUMERICS)),
        ("longlag", json!(env!("CARGO_PKG_VERSION"))),
        ("trial", plan.resolved(trial.arm)),
    ];
    entries.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}
