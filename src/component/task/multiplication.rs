use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, adding::halves, answers::marked,
    length::with_length,
};
use crate::seed::Draws;

/// Multiplication problem, in its modern form.
///
/// # Definition
///
/// As `adding` (u ~ U\[0, 1), one mark in each half), but the output is to be the product of the two marked u. Loss: mean
/// squared error. Accuracy: fraction with |error| ≤ 0.04.
///
/// # Why it is here
///
/// Its memory is that of `adding`, but no linear readout of a sum solves it.
///
/// # Example
///
/// ```yaml
/// task: {kind: multiplication, length: 100}
/// ```
///
/// # Chance level
///
/// Predicting ¼ always: mean squared error 7/144 = 0.0486; with one factor known 1/36. The guess that is right most often is
/// 0.04: 0.08·(1 − ln 0.08) = 28.2 %. Solved: 99.4 % right, the stricter of the original's two criteria.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, §5.5, for the idea; no paper is known that made this form a standard, so that it follows
/// `adding`. The published forms are `multiplication-hochreiter` and `multiplication-pascanu`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Multiplication {
    /// T, in steps.
    pub length: Length<2>,
}

impl Default for Multiplication {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Task for Multiplication {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let [first, second] = halves(length, draws, sequence);
        sequence.expect_number(length - 1, first * second);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        answers.number(input.len() - 1, marked(input, 1, 1.0).map(|t| f64::from(input[t][0])).product());
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: 0, longest: self.length.longest() - 1 })
    }

    fn chance(&self) -> Chance {
        chance(self.tolerance())
    }

    fn plateau(&self) -> Option<f64> {
        Some(1.0 / 36.0)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.994))
    }

    fn tolerance(&self) -> f64 {
        0.04
    }

    with_length!(Multiplication);
}

/// Of the product of two numbers that are uniform on \[0, 1): its density −ln z falls, so that the best guess is the tolerance.
pub(super) fn chance(tolerance: f64) -> Chance {
    let width = 2.0 * tolerance;
    Chance { loss: 7.0 / 144.0, accuracy: width * (1.0 - libm::log(width)) }
}
