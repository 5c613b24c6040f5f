use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, length::with_length};
use crate::seed::Draws;

/// Random sequences with random labels: the worked example of tutorials.
///
/// # Definition
///
/// A finite data set of `sequences` sequences of `length` steps × `features` numbers from U\[0, 1), each with a label drawn
/// uniformly from `classes`, to be predicted after the last step. Loss: cross-entropy. The original draws real-valued
/// "labels", which do not fit its own loss; here they are random classes.
///
/// # Why it is here
///
/// There is nothing to learn but the training set by heart: validation and test sequences are drawn afresh, so anything
/// better than chance on them is an error of the harness.
///
/// # Example
///
/// ```yaml
/// task: {kind: random-data, sequences: 100, length: 10, features: 10, classes: 10}
/// train: {batch: 32, epochs: 10}
/// ```
///
/// # Chance level
///
/// ln(classes) nats, accuracy 1/classes. It is never solved, and no oracle knows the labels.
///
/// # References
///
/// The "LSTM in Keras" example repeated in many tutorials (`np.random.random((100, 10, 10))`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RandomData {
    /// The number of training sequences.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub sequences: usize,
    /// The number of steps of each sequence.
    pub length: Length<1>,
    /// The number of inputs at each step.
    #[schemars(range(min = 1, max = 10_000))]
    pub features: usize,
    /// Number of labels.
    #[schemars(range(min = 2, max = 10_000))]
    pub classes: usize,
}

impl Default for RandomData {
    fn default() -> Self {
        Self { sequences: 100, length: 10.into(), features: 10, classes: 10 }
    }
}

impl Task for RandomData {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: self.features, goal: Goal::Classes(self.classes), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        for t in 0..length {
            for unit in 0..self.features {
                sequence.set(t, unit, draws.uniform());
            }
        }
        sequence.expect_class(length - 1, draws.below(self.classes), true);
    }

    fn oracle(&self, _: &[&[f32]], _: &mut Answers) -> bool {
        false
    }

    fn lag(&self) -> Option<Lag> {
        None
    }

    fn chance(&self) -> Chance {
        let classes = self.classes as f64;
        Chance { loss: libm::log(classes), accuracy: 1.0 / classes }
    }

    fn plateau(&self) -> Option<f64> {
        Some(self.chance().loss)
    }

    fn solved(&self) -> Option<Solved> {
        None
    }

    fn finite(&self) -> Option<usize> {
        Some(self.sequences)
    }

    with_length!(RandomData);
}
