use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Chance, Dimensions, Goal, Sequence, Task};
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
/// Predicting ½ always: mean squared error 1/24, and 64 % count as right, since the criterion |error| ≤ 0.2 is wide.
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1.2, and its code (`trainingRNNs`, `addition.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct AddingPascanu {
    /// L, the shortest length in steps.
    #[schemars(range(min = 10, max = 1_000_000))]
    pub length: usize,
}

impl Default for AddingPascanu {
    fn default() -> Self {
        Self { length: 100 }
    }
}

impl Task for AddingPascanu {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: self.length + self.length / 10 - 1 }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length + draws.below(self.length / 10);
        let marks = [draws.below(length / 10), length / 10 + draws.below(4 * length / 10)];
        let mut mean = 0.0;
        for t in 0..length {
            let u = draws.uniform();
            sequence.set(t, 1, u);
            if marks.contains(&t) {
                sequence.set(t, 0, 1.0);
                mean += u / 2.0;
            }
        }
        sequence.expect_number(length - 1, mean);
    }

    fn chance(&self) -> Chance {
        Chance { loss: 1.0 / 24.0, accuracy: 1.0 - 0.6 * 0.6 }
    }

    fn tolerance(&self) -> f64 {
        0.2
    }
}
