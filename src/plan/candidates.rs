//! The candidates that each arm of a suite with `tune` is tried with.

use std::collections::HashSet;

use super::{naming::Naming, planned::Planned, version::Key};
use crate::suite::{Path, Problem, TuneSpec};

/// Refuses arms that lack one of their `candidates`, or have two that are the same.
pub(super) fn check(tune: &TuneSpec, naming: &Naming, arms: &[Planned], candidates: usize) -> Result<(), Vec<Problem>> {
    let place = Path::root().key("tune").key("over");
    let place = tune.over.keys().next().map_or(place.clone(), |path| place.key(path.as_str()));
    let arm_of = |planned: &Planned| (planned.entry, planned.index as usize / candidates);
    for candidates_of_arm in arms.chunk_by(|a, b| arm_of(a) == arm_of(b)) {
        let name = || match naming.label(&candidates_of_arm[0], false) {
            label if label.is_empty() => String::new(),
            label => format!(" of the arm `{label}`"),
        };
        if candidates_of_arm.len() < candidates {
            let message = format!("some candidates{} are left out by a condition on a tuned setting", name());
            let help = "every arm is tuned over the same candidates: take the setting out of `exclude` and `--only`";
            return Err(vec![Problem::new(place, message).help(help)]);
        }
        let distinct: HashSet<Key> = candidates_of_arm.iter().map(|candidate| candidate.key).collect();
        if distinct.len() < candidates {
            let message = format!("two candidates{} are the same", name());
            let help = match tune.points {
                Some(_) => "give wider ranges or fewer `points`, of settings that have an effect",
                None => "give values that differ and have an effect",
            };
            return Err(vec![Problem::new(place, message).help(help)]);
        }
    }
    Ok(())
}
