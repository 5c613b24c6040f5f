use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::marked, length::with_length,
};
use crate::seed::Draws;

/// Adding problem, in its modern form.
///
/// # Definition
///
/// At each of `length` steps the input is (u, mark) with u ~ U\[0, 1); two marks are 1, one uniform in the first ⌊length/2⌋
/// steps and one in the rest, all others 0. After the last step the output is to be the sum of the two marked u. Loss: mean
/// squared error. Accuracy: fraction with |error| ≤ 0.04.
///
/// # Why it is here
///
/// The standard test of a memory for numbers: between `length`/2 and `length` steps have to be bridged, on average, for the
/// first addend, and everything unmarked is a distractor.
///
/// # Example
///
/// ```yaml
/// task: {kind: adding, length: 100}
/// ```
///
/// # Chance level
///
/// Predicting 1 always: mean squared error 1/6; with one addend known 1/12. |error| ≤ 0.04 in 1 − 0.96² = 7.84 %.
/// Solved: mean squared error below 0.01, the bound most papers take (LEM's tables have 0.1, 0.01 and 0.001).
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, §5.4, for the idea; this form as in Arjovsky, Shah, Bengio 2016 (`complex_RNN`,
/// `adding_problem.py`), where four different "adding problems" are in use: name this one `adding`. At an odd length the second
/// window of that code has ⌊length/2⌋ steps, too, so that the last step never has a mark; here the last step belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Adding {
    /// T, in steps.
    pub length: Length<2>,
}

impl Default for Adding {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Task for Adding {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let [first, second] = halves(length, draws, sequence);
        sequence.expect_number(length - 1, first + second);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        answers.number(input.len() - 1, marked(input, 1, 1.0).map(|t| f64::from(input[t][0])).sum());
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: 0, longest: self.length.longest() - 1 })
    }

    fn chance(&self) -> Chance {
        Chance { loss: 1.0 / 6.0, accuracy: 1.0 - 0.96 * 0.96 }
    }

    fn plateau(&self) -> Option<f64> {
        Some(1.0 / 12.0)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::LossBelow(0.01))
    }

    fn tolerance(&self) -> f64 {
        0.04
    }

    with_length!(Adding);
}

/// Writes `length` steps with one mark in each half, and gives the two marked numbers.
pub(super) fn halves(length: usize, draws: &mut Draws, sequence: &mut Sequence) -> [f64; 2] {
    let half = length / 2;
    let marks = [draws.below(half), half + draws.below(length - half)];
    numbers(length, marks, draws, sequence)
}

/// Writes `length` numbers with these marks, and gives the marked ones.
pub(super) fn numbers(length: usize, marks: [usize; 2], draws: &mut Draws, sequence: &mut Sequence) -> [f64; 2] {
    let mut marked = [0.0; 2];
    for t in 0..length {
        let u = draws.uniform();
        sequence.set(t, 0, u);
        if let Some(k) = marks.iter().position(|&mark| mark == t) {
            sequence.set(t, 1, 1.0);
            marked[k] = u;
        }
    }
    marked
}
