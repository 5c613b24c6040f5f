//! What a task says of itself beside its sequences.

use super::Length;

/// Between an output that is scored and the inputs that it depends on, in steps: 0 is an input of the output's own step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lag {
    pub shortest: usize,
    pub longest: usize,
}

/// When the field, or the task's own source, calls it solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Solved {
    /// The loss is below this.
    LossBelow(f64),
    /// At least this fraction of the scored outputs is right.
    AccuracyFrom(f64),
}

/// What the best predictor scores that knows the task but ignores the input (it may know the step it is at, and the length of
/// the sequence).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// Mean squared error or cross-entropy in nats, over all outputs that are read.
    pub loss: f64,
    /// Fraction of the scored outputs that are right. The best guess may be another than the one of least loss.
    pub accuracy: f64,
}

impl Chance {
    /// Of one class with these probabilities, which are known.
    pub(super) fn of_classes(probabilities: &[f64]) -> Self {
        let entropy = |p: &f64| if *p > 0.0 { -p * libm::log(*p) } else { 0.0 };
        Self {
            loss: probabilities.iter().map(entropy).sum(),
            accuracy: probabilities.iter().copied().fold(0.0, f64::max),
        }
    }

    /// Of one output per sequence, where `by_length` gives what holds at lengths 1, 2, 3, ….
    pub(super) fn over<const LEAST: usize>(length: Length<LEAST>, by_length: impl Iterator<Item = Self>) -> Self {
        let (shortest, longest) = (length.shortest(), length.longest());
        let count = (longest - shortest + 1) as f64;
        let mean = |sum: Self, of: Self| Self {
            loss: sum.loss + of.loss / count,
            accuracy: sum.accuracy + of.accuracy / count,
        };
        by_length.take(longest).skip(shortest - 1).fold(Self { loss: 0.0, accuracy: 0.0 }, mean)
    }
}
