use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::marked, hochreiter,
    length::with_length,
};
use crate::seed::Draws;

/// Multiplication problem of the LSTM paper.
///
/// # Definition
///
/// As `adding-hochreiter` (the same random length and markers), but x ~ U\[0, 1), a marked first pair has x = 1, and after step
/// l the output is to be the product X1·X2. Loss: mean squared error. Accuracy: fraction with |error| ≤ 0.04.
///
/// # Why it is here
///
/// Shows that what holds the adding problem's memory is no mere integrator.
///
/// # Example
///
/// ```yaml
/// task: {kind: multiplication-hochreiter, length: 100}
/// ```
///
/// # Chance level
///
/// With q = 1/10 + (9/10)/(⌊T/2⌋ − 1), how often the first pair is marked, the mean m = (1 + q)/4 has mean squared error (1 −
/// q)/9 + q/3 − m²; with the later factor known ((1 − q)/3 + q − (1 + q)²/4)/3. The guess 0.04 is right most often, in (1 −
/// q)·0.08·(1 − ln 0.08) + 0.08 q. (For a range of lengths q is averaged.) Solved: fewer than 13 of 2000 sequences wrong; the
/// paper's other criterion, fewer than 140, is `{metric: validation/accuracy, above: 0.93}`.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, Long short-term memory, Neural Computation 9(8), §5.5, experiment 5.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct MultiplicationHochreiter {
    /// T, the shortest length in steps.
    pub length: Length<11>,
}

impl Default for MultiplicationHochreiter {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Task for MultiplicationHochreiter {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: hochreiter::longest(self.length) }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let ([first, second], end) = hochreiter::generate(self.length, draws, sequence, 0.0, 1.0);
        sequence.expect_number(end - 1, first * second);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        answers.number(input.len() - 1, marked(input, 1, 1.0).map(|t| f64::from(input[t][0])).product());
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(hochreiter::lag(self.length))
    }

    fn chance(&self) -> Chance {
        let q = hochreiter::first_marked(self.length);
        let mean = (1.0 + q) / 4.0;
        let accuracy = (1.0 - q) * 0.08 * (1.0 - libm::log(0.08)) + 0.08 * q;
        Chance { loss: (1.0 - q) / 9.0 + q / 3.0 - mean * mean, accuracy }
    }

    fn plateau(&self) -> Option<f64> {
        // The earlier factor is 1 where the first pair is marked, else uniform; the later one is uniform.
        let q = hochreiter::first_marked(self.length);
        let mean = (1.0 + q) / 2.0;
        Some(((1.0 - q) / 3.0 + q - mean * mean) / 3.0)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.994))
    }

    fn tolerance(&self) -> f64 {
        0.04
    }

    with_length!(MultiplicationHochreiter);
}
