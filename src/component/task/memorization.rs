use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answers, Chance, Dimensions, Lag, Length, Sequence, Solved, Task, copy, length::with_length};
use crate::seed::Draws;

/// Noiseless memorization: a pattern of bits or symbols, kept over a gap until a trigger asks for it.
///
/// # Definition
///
/// One-hot input of `values` + 2 units over L + 2n steps (L = `length`, n = `positions`): n symbols drawn uniformly from
/// `values`, then blanks, but for one trigger at step L + n, counted from 0. The output (a softmax over `values` + 1 classes) is
/// to be the blank for the first L + n steps, then the symbols in order. Loss: cross-entropy averaged over *all* steps.
/// Accuracy: over the last n steps only. `values: 2, positions: 5` is the 5-bit problem, `values: 5, positions: 10` the one
/// of over 20 bits.
///
/// # Why it is here
///
/// The same demand as `copy`, with few enough patterns to see all of them (32 for 5 bits); there the signal to recall comes one
/// step before the first symbol is due, here with it.
///
/// # Example
///
/// ```yaml
/// task: {kind: memorization, length: 50, values: 2, positions: 5}
/// ```
///
/// # Chance level
///
/// Blank, then a guess: loss n·ln(values) / (L + 2n), accuracy 1/values, exact match values^−n. Solved: everything right.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997; Martens, Sutskever 2011, §5.1 (`raw_mem`); this form as in the code of Pascanu, Mikolov,
/// Bengio 2013 (`trainingRNNs`, `memorization.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Memorization {
    /// L, the gap in steps.
    pub length: Length<1>,
    /// Number of different symbols.
    #[schemars(range(min = 2, max = 10_000))]
    pub values: usize,
    /// n, the number of symbols to be kept.
    #[schemars(range(min = 1, max = 10_000))]
    pub positions: usize,
}

impl Default for Memorization {
    fn default() -> Self {
        Self { length: 50.into(), values: 2, positions: 5 }
    }
}

impl Task for Memorization {
    fn dimensions(&self) -> Dimensions {
        copy::dimensions(self.length.longest(), self.values, self.positions)
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let (blank, trigger) = (self.values, self.values + 1);
        let recall = self.length.draw(draws) + self.positions;
        for t in 0..recall + self.positions {
            if t < recall {
                sequence.expect_class(t, blank, false);
            }
            if t < self.positions {
                let symbol = draws.below(self.values);
                sequence.set(t, symbol, 1.0);
                sequence.expect_class(recall + t, symbol, true);
            } else {
                sequence.set(t, if t == recall { trigger } else { blank }, 1.0);
            }
        }
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        copy::oracle(self.values, self.positions, input, answers);
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.length.shortest() + self.positions, longest: self.length.longest() + self.positions })
    }

    fn chance(&self) -> Chance {
        copy::chance(self.length.mean(|length| length as f64), self.values, self.positions)
    }

    fn exact_match(&self) -> Option<f64> {
        copy::exact_match(self.values, self.positions)
    }

    fn plateau(&self) -> Option<f64> {
        Some(self.chance().loss)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(1.0))
    }

    with_length!(Memorization);
}
