//! Doubts that follow from a plan, before any result is looked at.

use std::collections::{HashMap, HashSet};

use crate::{
    component::{
        curriculum::CurriculumSpec,
        task::{Batch, Lengths, TaskSpec},
    },
    plan::Plan,
    results::Circumstances,
    seed::{self, Purpose},
    suite::{Section, Sections},
    train::TrainSpec,
};

/// The most sequences of a task that are drawn to see whether they repeat, and the most steps of all of them.
const SEQUENCES: usize = 2048;
const STEPS: usize = 400_000;
/// The most tasks that are looked at so: those of a sweep are of a kind.
const TASKS: usize = 64;
/// The fewest pairs of equal sequences among them by which it is told how many there are.
const PAIRS: u64 = 10;

/// Whether a task falls short of its length, how many sequences it has where they are few, and how many are repeated of how many.
type OfTask = (bool, Option<u64>, Option<[usize; 2]>);

/// The circumstances that follow from the plan of what is reported.
pub(super) fn circumstances(plan: &Plan) -> Circumstances {
    let mut known: HashMap<[[u8; 32]; 2], OfTask> = HashMap::new();
    let mut counts: HashMap<[u8; 32], Option<f64>> = HashMap::new();
    let (mut falling_short, mut few, mut repeated) = (vec![], vec![], vec![]);
    for arm in 0..plan.arms() {
        let key = [Section::Task, Section::Train].map(|section| plan.section_digest(arm, section));
        let (short, sequences, repeats) = *known.entry(key).or_insert_with(|| {
            let Sections { task, train, .. } = plan.sections(arm);
            let budget = train.budget(task.finite());
            let short = train.curriculum.as_ref().is_some_and(|curriculum| falls_short(curriculum, &task, budget));
            let looked_at = counts.len() < TASKS || counts.contains_key(&key[0]);
            let count = if looked_at { *counts.entry(key[0]).or_insert_with(|| count(&task)) } else { None };
            (short, few_sequences(count, &train), repeated_sequences(&task))
        });
        falling_short.extend(short.then_some(arm));
        few.extend(sequences.map(|sequences| (arm, sequences)));
        repeated.extend(repeats.map(|repeats| (arm, repeats)));
    }
    let arms_of = |arms: &mut dyn Iterator<Item = usize>| plan.count_searched(&arms.collect::<Vec<usize>>());
    let least = few.iter().map(|(_, sequences)| *sequences).min();
    let worst = repeated.iter().map(|(_, repeats)| *repeats).max();
    Circumstances {
        short_of_length: plan.count_searched(&falling_short),
        few_sequences: least.map(|least| (arms_of(&mut few.iter().map(|(arm, _)| *arm)), least)),
        repeated: worst.map(|[worst, of]| [arms_of(&mut repeated.iter().map(|(arm, _)| *arm)), worst, of]),
        ..Circumstances::default()
    }
}

/// Whether no update within the budget is of the task's own length.
fn falls_short(curriculum: &CurriculumSpec, task: &TaskSpec, budget: u64) -> bool {
    let Some(Lengths { longest, .. }) = task.lengths() else { return false };
    let stream = seed::stream(0, Purpose::Curriculum, &[("circumstances", "length")]);
    let apart = budget.div_ceil(4096).max(1);
    (0..budget).rev().step_by(apart as usize).all(|update| curriculum.length(update, longest, &stream) < longest)
}

/// Roughly how many sequences a task of `count` has, if a training sees more than half of them.
fn few_sequences(count: Option<f64>, train: &TrainSpec) -> Option<u64> {
    let seen = train.budget(None).saturating_mul(train.batch as u64);
    // Each is seen with probability 1 − (1 − 1/n)ˢ.
    count.filter(|count| seen as f64 > std::f64::consts::LN_2 * count).map(rounded)
}

/// Test sequences of a data set that have the input of a training sequence, if any, and all test sequences.
fn repeated_sequences(task: &TaskSpec) -> Option<[usize; 2]> {
    let contents = task.contents()?;
    contents.repeated_test.filter(|&repeated| repeated > 0).map(|repeated| [repeated, contents.test])
}

/// How many sequences there are, by how often equal ones come among some that are drawn; nothing if too many for that.
fn count(task: &TaskSpec) -> Option<f64> {
    // A data set that is finite by definition is what the task is about.
    if task.finite().is_some() {
        return None;
    }
    let stream = seed::stream(0, Purpose::Data, &[("circumstances", "sequences")]);
    let drawn = (STEPS / task.dimensions().steps.max(1)).clamp(64, SEQUENCES);
    let mut times: HashMap<blake3::Hash, u64> = HashMap::new();
    for address in 0..drawn as u64 {
        let batch = Batch::draw(task, &stream, &[address]);
        let bytes: Vec<u8> = batch.input.iter().flat_map(|number| number.to_le_bytes()).collect();
        *times.entry(blake3::hash(&bytes)).or_default() += 1;
        // Numbers that are no symbols do not repeat.
        if address == 255 && times.len() == 256 {
            let distinct: HashSet<u32> = batch.input.iter().map(|number| number.to_bits()).collect();
            if distinct.len() > batch.dimensions.steps / 2 {
                return None;
            }
        }
    }
    if times.len() * 8 <= drawn {
        return Some(times.len() as f64);
    }
    let pairs: u64 = times.values().map(|times| times * (times - 1) / 2).sum();
    (pairs >= PAIRS).then(|| (drawn * (drawn - 1) / 2) as f64 / pairs as f64)
}

/// To two digits, as a rough number is told.
fn rounded(number: f64) -> u64 {
    let digit = libm::pow(10.0, (libm::floor(libm::log10(number)) - 1.0).max(0.0));
    (libm::round(number / digit) * digit) as u64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sequences(task: serde_json::Value, updates: u64) -> Option<u64> {
        let task: TaskSpec = serde_json::from_value(task).unwrap();
        few_sequences(count(&task), &TrainSpec { batch: 32, updates: Some(updates), ..TrainSpec::default() })
    }

    #[test]
    fn tasks_with_few_sequences_are_told_from_those_with_many() {
        // Five bits.
        assert_eq!(sequences(json!({"kind": "copy", "length": 5, "symbols": 2, "items": 5}), 1000), Some(32));
        assert_eq!(sequences(json!({"kind": "copy", "length": 50, "symbols": 8, "items": 10}), 100_000), None);
        assert_eq!(sequences(json!({"kind": "adding", "length": 100}), 1_000_000), None);
        let parity = sequences(json!({"kind": "parity", "length": 14}), 3000).unwrap();
        assert!((10_000..30_000).contains(&parity), "{parity}");
        // As many, and few are seen.
        assert_eq!(sequences(json!({"kind": "parity", "length": 14}), 100), None);
    }

    #[test]
    fn a_curriculum_that_ends_before_the_length_is_found() {
        let task: TaskSpec = serde_json::from_value(json!({"kind": "adding", "length": 100})).unwrap();
        let short = |curriculum: serde_json::Value, budget: u64| {
            falls_short(&serde_json::from_value(curriculum).unwrap(), &task, budget)
        };
        let growing = json!({"kind": "growing", "from": 10, "over": 1000});
        assert_eq!([500, 1000, 1001, 100_000].map(|budget| short(growing.clone(), budget)), [true, true, false, false]);
        assert!(!short(json!({"kind": "mixed", "from": 10}), 10_000));
    }
}
