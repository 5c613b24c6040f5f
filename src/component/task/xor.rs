use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::marked, length::with_length,
};
use crate::seed::Draws;

/// XOR problem: two marked bits among many.
///
/// # Definition
///
/// At each of T = `length` steps the input is (bit, marker) with a uniform bit. The marker is 1 at a step uniform on {1, …,
/// ⌊T/10⌋} and at one uniform on {⌊T/10⌋ + 1, …, ⌊T/2⌋}, −1 at the first step (0) and the last, 0 elsewhere. After the last
/// step the output (a logit) is to be the exclusive or of the two marked bits. Loss: binary cross-entropy.
///
/// # Why it is here
///
/// One operand alone tells nothing: unlike in the adding problem or in temporal order, no part of the solution is rewarded.
///
/// # Example
///
/// ```yaml
/// task: {kind: xor, length: 50}
/// ```
///
/// # Chance level
///
/// ln 2 nats, accuracy ½, and the same with one operand known. Solved: 99 % right.
///
/// # References
///
/// Martens, Sutskever 2011, Learning recurrent neural networks with Hessian-free optimization, §5.1, after Hochreiter,
/// Schmidhuber 1997. The windows are parameters of the original generator; these are those of `adding-pascanu`, moved behind
/// the first marker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Xor {
    /// T, in steps.
    pub length: Length<10>,
}

impl Default for Xor {
    fn default() -> Self {
        Self { length: 50.into() }
    }
}

impl Task for Xor {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: 2, goal: Goal::Bits(1), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let (tenth, half) = (length / 10, length / 2);
        let marks = [1 + draws.below(tenth), 1 + tenth + draws.below(half - tenth)];
        let mut answer = false;
        for t in 0..length {
            let bit = draws.below(2) == 1;
            sequence.set(t, 0, f64::from(u8::from(bit)));
            if marks.contains(&t) {
                sequence.set(t, 1, 1.0);
                answer ^= bit;
            } else if t == 0 || t == length - 1 {
                sequence.set(t, 1, -1.0);
            }
        }
        sequence.expect_bit(length - 1, answer);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let ones = marked(input, 1, 1.0).filter(|&t| input[t][0] == 1.0).count();
        answers.bit(input.len() - 1, ones % 2 == 1);
        true
    }

    fn lag(&self) -> Option<Lag> {
        let last = |length: usize| length - 1 - length / 2;
        Some(Lag { shortest: last(self.length.shortest()), longest: self.length.longest() - 2 })
    }

    fn chance(&self) -> Chance {
        Chance { loss: std::f64::consts::LN_2, accuracy: 0.5 }
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    with_length!(Xor);
}
