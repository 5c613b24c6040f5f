use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::hot, length::with_length,
};
use crate::seed::Draws;

/// Parity of a string of bits.
///
/// # Definition
///
/// One-hot input of 2 units over T = `length` steps, a uniform bit at each. After the last step the class is to be the parity of
/// the number of ones. Loss: cross-entropy. Accuracy: fraction of sequences right.
///
/// # Why it is here
///
/// Every input matters, and any that is missed makes the answer a coin toss. One bit of state is enough, so that a network that
/// has it at one length should have it at any: networks without a recurrence that can switch do not.
///
/// # Example
///
/// ```yaml
/// task: {kind: parity, length: {from: 1, to: 40}}
/// ```
///
/// # Chance level
///
/// ln 2 nats, accuracy ½, and the same with all bits but one known. Solved: 90 % right, as in the source.
///
/// # References
///
/// Delétang et al. 2023, Neural networks and the Chomsky hierarchy (arXiv:2207.02098v3), and its code
/// (`tasks/regular/parity_check.py`); trained there on lengths from 1 to 40.
/// The answer is read one step later there, after an input of its own (a further one-hot unit) that asks for it; here at the last
/// symbol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Parity {
    /// T, in steps.
    pub length: Length<1>,
}

impl Default for Parity {
    fn default() -> Self {
        Self { length: Length::from_to(1, 40) }
    }
}

impl Task for Parity {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Classes(2), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let mut parity = 0;
        for t in 0..length {
            let bit = draws.below(2);
            sequence.set(t, bit, 1.0);
            parity ^= bit;
        }
        sequence.expect_class(length - 1, parity, true);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        answers.class(input.len() - 1, input.iter().map(|step| hot(step)).sum::<usize>() % 2);
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: 0, longest: self.length.longest() - 1 })
    }

    fn chance(&self) -> Chance {
        Chance { loss: std::f64::consts::LN_2, accuracy: 0.5 }
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.9))
    }

    with_length!(Parity);
}
