//! Lag, chance level and solution of a task.

use super::Length;

/// The steps between an output that is scored and the inputs that it depends on: 0 is an input of the output's own step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lag {
    /// The least of them, in steps.
    pub shortest: usize,
    /// The most, in steps.
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

/// The number of lengths without a change after which there will be none.
const SETTLED: usize = 16;

/// The scores of the best predictor that knows the task but ignores the input (it may know the step it is at, and the length of
/// the sequence).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// The mean squared error or cross-entropy in nats, over all outputs that are read.
    pub loss: f64,
    /// The fraction of the scored outputs that are right. The best guess may be another than the one of least loss.
    pub accuracy: f64,
}

impl Chance {
    /// The chance level of one class with these probabilities, which are known.
    pub(super) fn of_classes(probabilities: &[f64]) -> Self {
        let entropy = |p: &f64| if *p > 0.0 { -p * libm::log(*p) } else { 0.0 };
        Self {
            loss: probabilities.iter().map(entropy).sum(),
            accuracy: probabilities.iter().copied().fold(0.0, f64::max),
        }
    }

    /// The chance level of one output per sequence, where `by_length` gives what holds at lengths 1, 2, 3, …. What does not change any more over
    /// [`SETTLED`] lengths is taken as it is for all that follow: lengths may be in the millions.
    pub(super) fn over<const LEAST: usize>(length: Length<LEAST>, by_length: impl Iterator<Item = Self>) -> Self {
        let (shortest, longest) = (length.shortest(), length.longest());
        let (mut now, mut unchanged) = (Self { loss: 0.0, accuracy: 0.0 }, 0);
        let mut sum = now;
        for (at, next) in (1..=longest).zip(by_length) {
            let change = (next.loss - now.loss).abs().max((next.accuracy - now.accuracy).abs());
            unchanged = if change <= 1e-15 { unchanged + 1 } else { 0 };
            now = next;
            let rest = if unchanged == SETTLED { longest - at } else { 0 };
            if at + rest >= shortest {
                let lengths = (at + rest + 1 - shortest.max(at)) as f64;
                sum.loss += now.loss * lengths;
                sum.accuracy += now.accuracy * lengths;
            }
            if rest > 0 {
                break;
            }
        }
        let count = (longest - shortest + 1) as f64;
        Self { loss: sum.loss / count, accuracy: sum.accuracy / count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chance level that settles is averaged as if it had been followed to the end, and an endless length takes no time.
    #[test]
    fn chances_that_settle_are_followed_no_further() {
        let at = |length: usize| Chance {
            loss: 1.0 + libm::pow(0.5, length.min(900) as f64),
            accuracy: 1.0 / length.min(9) as f64,
        };
        for (shortest, longest) in [(1, 1), (3, 40), (50, 50), (20, 400), (300, 400), (1, 80)] {
            let mut asked = 0;
            let length = Length::<1>::from_to(shortest, longest);
            let got = Chance::over(
                length,
                (1..).map(|length| {
                    asked += 1;
                    at(length)
                }),
            );
            let (loss, accuracy) = (length.mean(|length| at(length).loss), length.mean(|length| at(length).accuracy));
            assert!(
                (got.loss - loss).abs() <= 1e-13 && (got.accuracy - accuracy).abs() <= 1e-13,
                "{shortest} to {longest}"
            );
            assert!(asked <= 80, "{asked} lengths were computed");
        }
    }
}
