//! The setting `length`.

use std::collections::BTreeSet;

use longlag::{
    component::task::{Batch, Lengths, TaskSpec},
    seed::{self, Purpose},
};
use serde_json::json;

use super::sizes::every_task;

fn ends(task: &TaskSpec, count: u64) -> BTreeSet<usize> {
    let batch = Batch::draw(task, &seed::stream(5, Purpose::Data, &[]), &(0..count).collect::<Vec<_>>());
    (0..batch.size).filter_map(|b| batch.last_read(b)).collect()
}

/// A task at one length is the one that a suite writes with that number, and looks the same to a network.
#[test]
fn a_task_at_a_length_is_the_one_with_that_setting() {
    for task in every_task() {
        let Lengths { least, shortest, longest } = task.lengths().expect("every task has a length");
        assert!(least <= shortest && shortest <= longest, "{task:?}");
        for length in [least, shortest, longest, longest + 5] {
            let other = task.with_length(length).unwrap_or_else(|| panic!("{task:?} does not come at {length}"));
            let mut written = serde_json::to_value(&task).expect("a task can be written");
            written["length"] = json!(length);
            assert_eq!(other, serde_json::from_value(written).expect("a task"), "{task:?}");
            let (before, after) = (task.dimensions(), other.dimensions());
            assert_eq!((before.inputs, before.goal), (after.inputs, after.goal), "{task:?} at {length}");
            assert!(length > longest || after.steps <= before.steps, "{task:?} at {length} is longer");
        }
        assert_eq!(task.with_length(least - 1), None, "{task:?}");
    }
}

/// A range has every sequence that its lengths have, and no other ends.
#[test]
fn a_range_has_the_sequences_of_all_its_lengths() {
    for task in every_task() {
        let Lengths { shortest, longest, .. } = task.lengths().expect("every task has a length");
        if longest - shortest > 9 {
            continue;
        }
        let fixed = (shortest..=longest).filter_map(|length| task.with_length(length));
        let wanted: BTreeSet<usize> = fixed.flat_map(|task| ends(&task, 2000)).collect();
        assert_eq!(ends(&task, 5000), wanted, "{task:?}");
    }
}
