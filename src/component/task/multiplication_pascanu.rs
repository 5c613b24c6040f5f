use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, adding_pascanu, answers::marked,
    length::with_length, multiplication,
};
use crate::seed::Draws;

/// Multiplication problem as Pascanu and colleagues had it.
///
/// # Definition
///
/// As `adding-pascanu` (the same random length, marks and numbers), but the output is to be the *product* of the two marked u.
/// Loss: mean squared error. Accuracy: fraction with squared error ≤ 0.04.
///
/// # Why it is here
///
/// The form behind the published success rates of gradient clipping and of the Ω regularizer.
///
/// # Example
///
/// ```yaml
/// task: {kind: multiplication-pascanu, length: 50}
/// ```
///
/// # Chance level
///
/// Predicting ¼ always: mean squared error 7/144 = 0.0486; with one factor known 1/36. The criterion |error| ≤ 0.2 is wide:
/// guessing 0.2 is right in 0.4·(1 − ln 0.4) = 76.7 %, guessing the mean in 61 %. Solved: 99 % right.
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1.2, and its code (`trainingRNNs`, `multiplication.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct MultiplicationPascanu {
    /// L, the shortest length in steps.
    pub length: Length<10>,
}

impl Default for MultiplicationPascanu {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Task for MultiplicationPascanu {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: adding_pascanu::longest(self.length) }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        adding_pascanu::generate(self.length, draws, sequence, |[first, second]| first * second);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        answers.number(input.len() - 1, marked(input, 0, 1.0).map(|t| f64::from(input[t][1])).product());
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(adding_pascanu::lag(self.length))
    }

    fn chance(&self) -> Chance {
        multiplication::chance(self.tolerance())
    }

    fn plateau(&self) -> Option<f64> {
        Some(1.0 / 36.0)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    fn tolerance(&self) -> f64 {
        0.2
    }

    with_length!(MultiplicationPascanu);
}
