//! Data sets whose held-out sequences are not new.

use std::collections::{BTreeSet, HashSet};

use super::{planned::Planned, version::Versions};
use crate::{component::task::TaskSpec, suite::Section};

/// For each file of which held-out sequences have the input of training sequences a sentence that says how many do.
pub(super) fn warnings(versions: &Versions, arms: &[Planned]) -> Vec<String> {
    let mut looked_at = HashSet::new();
    let mut found = BTreeSet::new();
    for arm in arms.iter().filter(|arm| looked_at.insert(arm.key[Section::Task])) {
        found.extend(warning(versions.task(&arm.key)));
    }
    found.into_iter().collect()
}

fn warning(task: &TaskSpec) -> Option<String> {
    let (TaskSpec::Dataset(settings), contents) = (task, task.contents()?) else { return None };
    let part = |repeated: Option<usize>, of: usize, name: &str| {
        repeated.filter(|&repeated| repeated > 0).map(|repeated| format!("{repeated} of {of} {name} sequences"))
    };
    let validation = part(contents.repeated_validation, contents.validation, "validation");
    let test = part(contents.repeated_test, contents.test, "test");
    let parts: Vec<String> = validation.into_iter().chain(test).collect();
    (!parts.is_empty()).then(|| {
        format!(
            "`{}`: {} have the input of a training sequence, so that scores on them say little of new ones; leave them out of the file, \
             or keep copies in one part by an array `split`",
            settings.file,
            parts.join(" and ")
        )
    })
}
