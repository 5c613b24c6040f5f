use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, copy,
    denoise_copy::{places, scattered},
    length::with_length,
};
use crate::seed::Draws;

/// Selective copying: a few tokens scattered in noise, to be given in order at the end.
///
/// # Definition
///
/// One-hot input of `symbols` + 2 units over L + k steps with L = `length` + k, k = `items`: among the first L steps k
/// different ones, drawn uniformly, hold tokens drawn uniformly from `symbols`, the other `length` the noise token; the last k
/// hold a token that asks for the answer. There, and nowhere else, the output (a softmax over `symbols` classes) is to be the
/// tokens in their order. Loss: cross-entropy. Accuracy: fraction of these outputs right.
///
/// # Why it is here
///
/// Linear recurrences that do not depend on their input cannot do it: their memory has no choice of what to keep.
///
/// # Example
///
/// ```yaml
/// task: {kind: selective-copy, length: 240, items: 16}
/// ```
///
/// # Chance level
///
/// ln(symbols) nats, accuracy 1/symbols, exact match symbols^−k. Solved: 99 % right.
///
/// # References
///
/// Jing et al. 2019, Gated orthogonal recurrent units, for the task; Gu, Dao 2023, Mamba (arXiv:2312.00752v2), §4.1.1, with
/// L = 4096, k = 16 and a vocabulary of 16, which counts the noise token and the one that asks: `symbols: 14`. That is the generator of
/// state-spaces/s4 (`copying.py`), where the number of noise tokens is a setting and the k tokens come on top of it, as here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SelectiveCopy {
    /// The number of noise tokens.
    pub length: Length<1>,
    /// Number of different tokens.
    #[schemars(range(min = 2, max = 10_000))]
    pub symbols: usize,
    /// k, the number of tokens to be kept.
    #[schemars(range(min = 1, max = 10_000))]
    pub items: usize,
}

impl Default for SelectiveCopy {
    fn default() -> Self {
        Self { length: 240.into(), symbols: 16, items: 16 }
    }
}

impl Task for SelectiveCopy {
    fn dimensions(&self) -> Dimensions {
        let steps = self.length.longest() + 2 * self.items;
        Dimensions { inputs: self.symbols + 2, goal: Goal::Classes(self.symbols), steps }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let (noise, ask) = (self.symbols, self.symbols + 1);
        let recall = self.length.draw(draws) + self.items;
        let places = places(recall, self.items, draws);
        for t in 0..recall + self.items {
            match places.binary_search(&t) {
                Ok(k) => {
                    let symbol = draws.below(self.symbols);
                    sequence.set(t, symbol, 1.0);
                    sequence.expect_class(recall + k, symbol, true);
                }
                Err(_) => sequence.set(t, if t < recall { noise } else { ask }, 1.0),
            }
        }
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let recall = input.len() - self.items;
        for (k, symbol) in scattered(self.symbols, &input[..recall]).take(self.items).enumerate() {
            answers.class(recall + k, symbol);
        }
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.items, longest: self.length.longest() + 2 * self.items - 1 })
    }

    fn chance(&self) -> Chance {
        let symbols = self.symbols as f64;
        Chance { loss: libm::log(symbols), accuracy: 1.0 / symbols }
    }

    fn exact_match(&self) -> Option<f64> {
        copy::exact_match(self.symbols, self.items)
    }

    fn plateau(&self) -> Option<f64> {
        Some(self.chance().loss)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    with_length!(SelectiveCopy);
}
