use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::marked, length::with_length,
};
use crate::seed::Draws;

/// Adding problem as Pascanu and colleagues had it: the mean of the addends, at a random length.
///
/// # Definition
///
/// The length l is uniform on {L, …, L + ⌊L/10⌋ − 1}. At each step the input is (mark, u) with u ~ U\[0, 1); the marks are
/// at p0 uniform in \[0, ⌊l/10⌋) and p1 uniform in \[⌊l/10⌋, ⌊l/10⌋ + ⌊4l/10⌋). After step l the output is to be the *mean* of
/// the two marked u. Loss: mean squared error. Accuracy: fraction with squared error ≤ 0.04. Sequences of a batch may differ
/// in length; the steps after a sequence's end are zero and not read. (In the original a batch shares one length.)
///
/// # Why it is here
///
/// The form behind the published success rates of gradient clipping and of the Ω regularizer.
///
/// # Example
///
/// ```yaml
/// task: {kind: adding-pascanu, length: 50}
/// ```
///
/// # Chance level
///
/// Predicting ½ always: mean squared error 1/24, and 64 % count as right, since the criterion |error| ≤ 0.2 is wide. With
/// one addend known 1/48. Solved: 99 % right.
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1.2, and its code (`trainingRNNs`, `addition.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct AddingPascanu {
    /// L, the shortest length in steps.
    pub length: Length<10>,
}

impl Default for AddingPascanu {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Task for AddingPascanu {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: longest(self.length) }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        generate(self.length, draws, sequence, |[first, second]| first / 2.0 + second / 2.0);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        answers.number(input.len() - 1, marked(input, 0, 1.0).map(|t| f64::from(input[t][1]) / 2.0).sum());
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(lag(self.length))
    }

    fn chance(&self) -> Chance {
        Chance { loss: 1.0 / 24.0, accuracy: 1.0 - 0.6 * 0.6 }
    }

    fn plateau(&self) -> Option<f64> {
        Some(1.0 / 48.0)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    fn tolerance(&self) -> f64 {
        0.2
    }

    with_length!(AddingPascanu);
}

/// The longest sequence for the setting `length`.
pub(super) fn longest(length: Length<10>) -> usize {
    length.longest() + length.longest() / 10 - 1
}

/// A sequence whose target is `of` the two marked numbers.
pub(super) fn generate(length: Length<10>, draws: &mut Draws, sequence: &mut Sequence, of: impl Fn([f64; 2]) -> f64) {
    let length = length.draw(draws);
    let end = length + draws.below(length / 10);
    let marks = [draws.below(end / 10), end / 10 + draws.below(4 * end / 10)];
    let mut marked = [0.0; 2];
    for t in 0..end {
        let u = draws.uniform();
        sequence.set(t, 1, u);
        if let Some(k) = marks.iter().position(|&mark| mark == t) {
            sequence.set(t, 0, 1.0);
            marked[k] = u;
        }
    }
    sequence.expect_number(end - 1, of(marked));
}

/// The lag from the end of a sequence to its marks.
pub(super) fn lag(length: Length<10>) -> Lag {
    let longest = longest(length);
    let shortest = (length.shortest()..=longest).map(|end| end - end / 10 - 4 * end / 10).min();
    Lag { shortest: shortest.unwrap_or(0), longest: longest - 1 }
}
