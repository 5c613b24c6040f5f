//! The definition of a task: some of its sequences.

use super::digest::Digest;
use crate::{
    component::task::{Batch, Goal, Targets, TaskSpec},
    seed::{self, Purpose},
};

/// Steps that are drawn, of as many sequences as that takes.
const STEPS: usize = 4096;
/// The fewest and the most sequences.
const SEQUENCES: (usize, usize) = (2, 64);

pub(super) fn hash(task: &TaskSpec) -> String {
    let mut digest = Digest::new("task");
    let dimensions = task.dimensions();
    let goal = match dimensions.goal {
        Goal::Numbers(_) => "numbers",
        Goal::Classes(_) => "classes",
        Goal::Bits(_) => "bits",
    };
    digest.text(goal);
    let sizes = [dimensions.inputs, dimensions.goal.width(), dimensions.steps, task.finite().unwrap_or(0)];
    digest.integers(sizes.map(|size| size as u64));
    digest.numbers([task.tolerance()]);
    if let Some(contents) = task.contents() {
        // Of the file itself nothing may be there when results are read.
        digest.text(&contents.hash);
        digest.text(&contents.definition);
        digest.integers([contents.train, contents.validation, contents.test].map(|count| count as u64));
        return digest.finish();
    }
    let count = (STEPS / dimensions.steps.max(1)).clamp(SEQUENCES.0, SEQUENCES.1) as u64;
    let stream = seed::stream(0, Purpose::Data, &[("definition", "task")]);
    let batch = Batch::draw(task, &stream, &(0..count).collect::<Vec<_>>());
    digest.singles(&batch.input);
    match &batch.targets {
        Targets::Numbers(numbers) => digest.singles(numbers),
        Targets::Classes(classes) => digest.integers(classes.iter().map(|&class| class.into())),
    }
    for flags in [&batch.read, &batch.scored] {
        digest.bytes(&flags.iter().map(|&flag| u8::from(flag)).collect::<Vec<_>>());
    }
    digest.finish()
}
