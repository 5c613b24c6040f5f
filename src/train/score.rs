//! Losses and accuracies of outputs, in f64 and in a fixed order.

use serde::{Deserialize, Serialize};

use super::Measure;
use crate::component::task::{Batch, Goal, Targets};

/// The loss and the accuracy of outputs, averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean squared error, or cross-entropy in nats, over the outputs that are read.
    pub loss: f64,
    /// Fraction of the scored outputs that are right: within the task's tolerance, of the right class, or every bit
    /// right.
    pub accuracy: f64,
    /// Fraction of the sequences all of whose scored outputs are right; none where every sequence has a single one, of which
    /// that is the accuracy.
    pub exact_match: Option<f64>,
}

impl Score {
    /// Its measures by name, in one order: the loss, the accuracy and, where it is another, the exact match.
    pub fn measures(self) -> impl Iterator<Item = (Measure, f64)> {
        let exact_match = self.exact_match.map(|value| (Measure::ExactMatch, value));
        [(Measure::Loss, self.loss), (Measure::Accuracy, self.accuracy)].into_iter().chain(exact_match)
    }

    /// The score where there is none to tell, on sequences like those of `batches`: every measure that these have, as NaN.
    pub fn without_result(batches: &[Batch]) -> Self {
        let scored =
            |batch: &Batch, b: usize| batch.scored.iter().skip(b).step_by(batch.size).filter(|at| **at).count();
        let several = batches.iter().any(|batch| (0..batch.size).any(|b| scored(batch, b) > 1));
        Self { loss: f64::NAN, accuracy: f64::NAN, exact_match: several.then_some(f64::NAN) }
    }
}

/// Sums of losses and right outputs over batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    loss: f64,
    read: usize,
    right: usize,
    scored: usize,
    /// Sequences that have scored outputs, and those of them that are right throughout.
    sequences: usize,
    exact: usize,
}

/// The score of `outputs` \[read steps, size, width\] of one batch.
///
/// # Panics
///
/// When there are fewer outputs than the batch has steps that are read.
pub fn score(batch: &Batch, outputs: &[f32], tolerance: f64) -> Score {
    let mut tally = Tally::default();
    tally.add(batch, outputs, tolerance);
    tally.score()
}

impl Tally {
    /// Adds the outputs of a batch.
    ///
    /// # Panics
    ///
    /// When there are fewer outputs than the batch has steps that are read.
    pub fn add(&mut self, batch: &Batch, outputs: &[f32], tolerance: f64) {
        let width = batch.dimensions.goal.width();
        let mut rows = outputs.chunks_exact(width);
        let mut sequences = vec![(0usize, 0usize); batch.size];
        for t in batch.read_steps() {
            for (b, (rights, scored)) in sequences.iter_mut().enumerate() {
                let output = rows.next().expect("there is an output for every step that is read");
                let at = t * batch.size + b;
                if !batch.read[at] {
                    continue;
                }
                let (loss, right) = match (&batch.targets, batch.dimensions.goal) {
                    (Targets::Classes(classes), Goal::Classes(_)) => cross_entropy(output, classes[at] as usize),
                    (Targets::Numbers(bits), Goal::Bits(_)) => {
                        binary_cross_entropy(output, &bits[at * width..][..width])
                    }
                    (Targets::Numbers(numbers), _) => squared_error(output, &numbers[at * width..][..width], tolerance),
                    _ => unreachable!("a task's targets are of its goal's kind"),
                };
                self.loss += loss;
                self.read += 1;
                *rights += usize::from(batch.scored[at] && right);
                *scored += usize::from(batch.scored[at]);
            }
        }
        for (right, scored) in sequences {
            self.right += right;
            self.scored += scored;
            self.sequences += usize::from(scored > 0);
            self.exact += usize::from(scored > 0 && right == scored);
        }
    }

    /// The averages. NaN where nothing was counted.
    pub fn score(self) -> Score {
        let several = self.scored > self.sequences;
        Score {
            loss: self.loss / self.read as f64,
            accuracy: self.right as f64 / self.scored as f64,
            exact_match: several.then_some(self.exact as f64 / self.sequences as f64),
        }
    }
}

fn squared_error(output: &[f32], target: &[f32], tolerance: f64) -> (f64, bool) {
    let errors = output.iter().zip(target).map(|(&y, &target)| f64::from(y) - f64::from(target));
    let loss = errors.clone().map(|error| error * error).sum::<f64>() / output.len() as f64;
    (loss, errors.map(f64::abs).all(|error| error <= tolerance))
}

fn cross_entropy(logits: &[f32], class: usize) -> (f64, bool) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, |a, b| if b > a || b.is_nan() { b } else { a });
    let largest = f64::from(largest);
    let sum: f64 = logits.iter().map(|&logit| libm::exp(f64::from(logit) - largest)).sum();
    let loss = libm::log(sum) + largest - f64::from(logits[class]);
    // A tie is no answer: an untrained network with equal logits scores nothing.
    let right = logits.iter().enumerate().all(|(k, &logit)| k == class || logit < logits[class]);
    (loss, right)
}

fn binary_cross_entropy(logits: &[f32], bits: &[f32]) -> (f64, bool) {
    // Against the bit: positive where it is wrong.
    let against = logits.iter().zip(bits).map(|(&z, &bit)| if bit == 0.0 { f64::from(z) } else { -f64::from(z) });
    // NaN stays NaN, which `max` would not let it.
    let positive = |a: f64| if a < 0.0 { 0.0 } else { a };
    let loss =
        against.clone().map(|a| positive(a) + libm::log1p(libm::exp(-a.abs()))).sum::<f64>() / logits.len() as f64;
    // A tie is no answer.
    (loss, against.into_iter().all(|a| a < 0.0))
}
