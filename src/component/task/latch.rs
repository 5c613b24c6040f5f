use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, length::with_length};
use crate::seed::Draws;

/// Latch problem: the sign of the first input, kept through noise.
///
/// # Definition
///
/// One input unit over T = `length` steps: +1 or −1, as likely, at the first, then numbers from the normal distribution of mean 0
/// and standard deviation `noise`. After the last step the output (a logit) is to say whether the first input was +1. Loss:
/// binary cross-entropy.
///
/// # Why it is here
///
/// The oldest problem of long time lags, and a control: guessing weights at random solves it sooner than the gradient methods
/// that were published on it, so that solving it proves little.
///
/// # Example
///
/// ```yaml
/// task: {kind: latch, length: 100}
/// ```
///
/// # Chance level
///
/// ln 2 nats, accuracy ½. Solved: everything right.
///
/// # References
///
/// Bengio, Simard, Frasconi 1994, §II, whose input at the first steps is itself trained; Hochreiter, Schmidhuber 1996, Bridging
/// long time lags by weight guessing, for the control. This form, with a given input, is that of public reruns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Latch {
    /// T, in steps.
    pub length: Length<2>,
    /// The standard deviation of all inputs but the first.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub noise: f64,
}

impl Default for Latch {
    fn default() -> Self {
        Self { length: 100.into(), noise: 0.2 }
    }
}

impl Task for Latch {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 1, goal: Goal::Bits(1), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let positive = draws.below(2) == 1;
        sequence.set(0, 0, if positive { 1.0 } else { -1.0 });
        (1..length).for_each(|t| sequence.set(t, 0, self.noise * draws.normal()));
        sequence.expect_bit(length - 1, positive);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        answers.bit(input.len() - 1, input[0][0] > 0.0);
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.length.shortest() - 1, longest: self.length.longest() - 1 })
    }

    fn chance(&self) -> Chance {
        Chance { loss: std::f64::consts::LN_2, accuracy: 0.5 }
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(1.0))
    }

    with_length!(Latch);
}
