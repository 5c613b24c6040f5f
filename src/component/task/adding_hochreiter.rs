use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::marked, hochreiter,
    length::with_length,
};
use crate::seed::Draws;

/// Adding problem of the LSTM paper: markers of three values, a scaled sum, at a random length.
///
/// # Definition
///
/// The length l is uniform on {T, …, T + ⌊T/10⌋}. At each step the input is (x, marker) with x ~ U\[−1, 1). One of the first 10
/// pairs is marked, then one of the first ⌊T/2⌋ − 1 pairs that are not: their marker is 1, those of the other pairs 0, but −1
/// in the first and the last pair unless marked. Where the first pair is marked its x is 0. After step l the output is to be ½
/// + (X1 + X2)/4. Loss: mean squared error. Accuracy: fraction with |error| ≤ 0.04.
///
/// The paper says of a marked first pair only that "we set X1 to zero": here its input is 0 and its marker 1. Sequences of a
/// batch may differ in length; the steps after a sequence's end are zero and not read.
///
/// # Why it is here
///
/// The task on which LSTM was first shown to bridge a thousand steps.
///
/// # Example
///
/// ```yaml
/// task: {kind: adding-hochreiter, length: 100}
/// ```
///
/// # Chance level
///
/// Predicting ½ always: mean squared error (2 − q)/48, near 1/24, where q = 1/10 + (9/10)/(⌊T/2⌋ − 1) is how often the first
/// pair is marked; right in 1 − 0.92² = 15.4 % (16 % of those with a marked first pair). With the later number known (1 −
/// q)/48. Solved: the last 2000 sequences right, so here all of the validation set.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, Long short-term memory, Neural Computation 9(8), §5.4, experiment 4.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct AddingHochreiter {
    /// T, the shortest length in steps.
    pub length: Length<11>,
}

impl Default for AddingHochreiter {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Task for AddingHochreiter {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: hochreiter::longest(self.length) }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let ([first, second], end) = hochreiter::generate(self.length, draws, sequence, -1.0, 0.0);
        sequence.expect_number(end - 1, 0.5 + (first + second) / 4.0);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let sum: f64 = marked(input, 1, 1.0).map(|t| f64::from(input[t][0])).sum();
        answers.number(input.len() - 1, 0.5 + sum / 4.0);
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(hochreiter::lag(self.length))
    }

    fn chance(&self) -> Chance {
        let q = hochreiter::first_marked(self.length);
        Chance { loss: (2.0 - q) / 48.0, accuracy: (1.0 - q) * (1.0 - 0.92 * 0.92) + q * 0.16 }
    }

    fn plateau(&self) -> Option<f64> {
        Some((1.0 - hochreiter::first_marked(self.length)) / 48.0)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(1.0))
    }

    fn tolerance(&self) -> f64 {
        0.04
    }

    with_length!(AddingHochreiter);
}
