use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, length::with_length};
use crate::seed::Draws;

/// Delayed temporal XOR: at every step the exclusive or of bits that lie a fixed time back.
///
/// # Definition
///
/// One input unit x_t, a uniform bit, at each of m·d + `length` steps (d = `delay`, m = `terms`). From step m·d on, counted from
/// 0, the output (a logit) at step t is to be
///
/// x_{t−d} ⊕ x_{t−2d} ⊕ … ⊕ x_{t−m·d}.
///
/// Loss: binary cross-entropy, averaged over these `length` steps.
///
/// # Why it is here
///
/// A stream, not a sequence with an end: memory has to be written and freed at every step, and no bit alone tells anything.
///
/// # Example
///
/// ```yaml
/// task: {kind: delayed-xor, length: 280, delay: 10}
/// ```
///
/// # Chance level
///
/// ln 2 nats, accuracy ½, exact match 2^−length, and the same with all bits but one known. Solved, here: 99 % right.
///
/// # References
///
/// Engelken 2023, Gradient flossing (arXiv:2312.17306v1), §4, and its code (`GradientFlossing_XOR.jl`), with d = 10 and 300
/// steps; `terms` is there 2 to the power of the task's level. That code cuts the first d inputs off after it has computed the
/// answers, so that the first d answers ask for bits that the network never saw, and has a target, 0, at the steps before; here no bit is
/// cut off, and what cannot be answered is neither read nor scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct DelayedXor {
    /// The number of outputs that are asked for.
    pub length: Length<1>,
    /// d, in steps.
    #[schemars(range(min = 1, max = 100_000))]
    pub delay: usize,
    /// m, the number of bits that an output depends on.
    #[schemars(range(min = 2, max = 64))]
    pub terms: usize,
}

impl Default for DelayedXor {
    fn default() -> Self {
        Self { length: 280.into(), delay: 10, terms: 2 }
    }
}

impl DelayedXor {
    /// The exclusive or that is due at step `t`.
    fn due(&self, t: usize, bit: impl Fn(usize) -> bool) -> bool {
        (1..=self.terms).fold(false, |sum, term| sum ^ bit(t - term * self.delay))
    }
}

impl Task for DelayedXor {
    fn dimensions(&self) -> Dimensions {
        let steps = self.terms * self.delay + self.length.longest();
        Dimensions { inputs: 1, goal: Goal::Bits(1), steps }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let first = self.terms * self.delay;
        let end = first + self.length.draw(draws);
        let bits: Vec<bool> = (0..end).map(|_| draws.below(2) == 1).collect();
        for (t, &bit) in bits.iter().enumerate() {
            sequence.set(t, 0, f64::from(u8::from(bit)));
            if t >= first {
                sequence.expect_bit(t, self.due(t, |t| bits[t]));
            }
        }
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let first = self.terms * self.delay;
        (first..input.len()).for_each(|t| answers.bit(t, self.due(t, |t| input[t][0] > 0.5)));
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.delay, longest: self.terms * self.delay })
    }

    fn chance(&self) -> Chance {
        Chance { loss: std::f64::consts::LN_2, accuracy: 0.5 }
    }

    fn exact_match(&self) -> Option<f64> {
        // Each answer holds a bit that none before it does.
        (self.length.longest() > 1).then(|| self.length.mean(|length| libm::pow(0.5, length as f64)))
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    with_length!(DelayedXor);
}
