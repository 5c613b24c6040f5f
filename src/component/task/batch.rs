use super::{Dimensions, Sequence, Targets, TaskSpec};
use crate::seed::Stream;

/// Several sequences side by side, time first.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Number of sequences.
    pub size: usize,
    /// The dimensions of the task that they are of.
    pub dimensions: Dimensions,
    /// Inputs, \[steps, size, inputs\].
    pub input: Vec<f32>,
    /// Targets, \[steps, size, width\] or \[steps, size\].
    pub targets: Targets,
    /// \[steps, size\].
    pub read: Vec<bool>,
    /// \[steps, size\].
    pub scored: Vec<bool>,
    /// The address of each sequence in its stream; dropout masks are addressed by it.
    pub addresses: Vec<u64>,
}

impl Batch {
    /// The sequences of `task` at `addresses` of `stream`.
    pub fn draw(task: &TaskSpec, stream: &Stream, addresses: &[u64]) -> Self {
        let dimensions = task.dimensions();
        let sequences: Vec<Sequence> = addresses
            .iter()
            .map(|&address| {
                let mut sequence = Sequence::blank(dimensions);
                task.sequence(stream, address, &mut sequence);
                sequence
            })
            .collect();
        let steps = dimensions.steps;
        let width = dimensions.goal.width();
        Self {
            size: sequences.len(),
            dimensions,
            input: interleave(steps, dimensions.inputs, sequences.iter().map(|s| &s.input[..])),
            targets: match sequences.first().map(|sequence| &sequence.targets) {
                Some(Targets::Numbers(_)) => {
                    Targets::Numbers(interleave(steps, width, sequences.iter().map(|s| s.numbers())))
                }
                _ => Targets::Classes(interleave(steps, 1, sequences.iter().map(|s| s.classes()))),
            },
            read: interleave(steps, 1, sequences.iter().map(|s| &s.read[..])),
            scored: interleave(steps, 1, sequences.iter().map(|s| &s.scored[..])),
            addresses: addresses.to_vec(),
        }
    }

    /// The steps at which the output of any sequence is read.
    pub fn read_steps(&self) -> Vec<usize> {
        (0..self.dimensions.steps).filter(|t| self.read[t * self.size..][..self.size].contains(&true)).collect()
    }

    /// The last step at which the output of sequence `b` is read.
    pub fn last_read(&self, b: usize) -> Option<usize> {
        (0..self.dimensions.steps).rev().find(|t| self.read[t * self.size + b])
    }

    /// The number of outputs that the loss averages over.
    pub fn reads(&self) -> usize {
        self.read.iter().filter(|&&read| read).count()
    }
}

impl Sequence {
    fn numbers(&self) -> &[f32] {
        let Targets::Numbers(numbers) = &self.targets else { unreachable!("a task has one kind of target") };
        numbers
    }

    fn classes(&self) -> &[u32] {
        let Targets::Classes(classes) = &self.targets else { unreachable!("a task has one kind of target") };
        classes
    }
}

/// Rearranges \[sequence\]\[steps, width\] to \[steps, sequence, width\].
fn interleave<'a, T: Copy + 'a>(steps: usize, width: usize, rows: impl Iterator<Item = &'a [T]> + Clone) -> Vec<T> {
    let mut interleaved = Vec::with_capacity(steps * width * rows.clone().count());
    for t in 0..steps {
        for row in rows.clone() {
            interleaved.extend_from_slice(&row[t * width..][..width]);
        }
    }
    interleaved
}
