use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, adding::numbers, answers::marked,
    length::with_length,
};
use crate::seed::Draws;

/// Adding problem as the TCN code has it: marks anywhere.
///
/// # Definition
///
/// As `adding`, but the two marks are at two different steps drawn uniformly from all.
///
/// # Why it is here
///
/// Its lags are shorter than those of `adding`: T/3 between the marks on average, and both may be near the end. Published
/// numbers of temporal convolutions are for this form.
///
/// # Example
///
/// ```yaml
/// task: {kind: adding-tcn, length: 100}
/// ```
///
/// # Chance level
///
/// As `adding`: predicting 1 always has mean squared error 1/6 (the source's README says 0.1767); with one addend known 1/12;
/// 7.84 % within 0.04. Solved: mean squared error below 0.01.
///
/// # References
///
/// Bai, Kolter, Koltun 2018 (arXiv:1803.01271v2), §5.2; the marks as in its code (`TCN/adding_problem/utils.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct AddingTcn {
    /// T, in steps.
    pub length: Length<2>,
}

impl Default for AddingTcn {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Task for AddingTcn {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let (first, other) = (draws.below(length), draws.below(length - 1));
        let marks = [first, other + usize::from(other >= first)];
        let [first, second] = numbers(length, marks, draws, sequence);
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

    with_length!(AddingTcn);
}
