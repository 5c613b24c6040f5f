use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Chance, Dimensions, Goal, Sequence, Task};
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
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, §5.4, for the idea; this form as in Arjovsky, Shah, Bengio 2016 (`complex_RNN`,
/// `adding_problem.py`), where four different "adding problems" are in use: name this one `adding`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Adding {
    /// T, in steps.
    #[schemars(range(min = 2, max = 1_000_000))]
    pub length: usize,
}

impl Default for Adding {
    fn default() -> Self {
        Self { length: 100 }
    }
}

impl Task for Adding {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: self.length }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let half = self.length / 2;
        let marks = [draws.below(half), half + draws.below(self.length - half)];
        let mut sum = 0.0;
        for t in 0..self.length {
            let u = draws.uniform();
            sequence.set(t, 0, u);
            if marks.contains(&t) {
                sequence.set(t, 1, 1.0);
                sum += u;
            }
        }
        sequence.expect_number(self.length - 1, sum);
    }

    fn chance(&self) -> Chance {
        Chance { loss: 1.0 / 6.0, accuracy: 1.0 - 0.96 * 0.96 }
    }

    fn tolerance(&self) -> f64 {
        0.04
    }
}
