use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, copy, length::with_length};
use crate::seed::Draws;

/// Copy memory problem with numbers in place of one-hot symbols, as the TCN code has it.
///
/// # Definition
///
/// One input unit over T + 2n steps (T = `length`, n = `items`): n digits uniform on 1, …, `symbols`, T − 1 zeros, and the
/// number `symbols` + 1 at each of the last n + 1 steps. The output (a softmax over `symbols` + 2 classes) is to be class 0
/// for the first T + n steps, then the digits in order. Loss: cross-entropy averaged over *all* steps. Accuracy: over the last n
/// steps only.
///
/// # Why it is here
///
/// Published numbers of temporal convolutions are for this encoding, in which symbols have to be told apart by their size.
///
/// # Example
///
/// ```yaml
/// task: {kind: copy-scalar, length: 100}
/// ```
///
/// # Chance level
///
/// As `copy`: n·ln(symbols) / (T + 2n), accuracy 1/symbols, exact match symbols^−n. Solved, here: loss below a tenth of it.
///
/// # References
///
/// Bai, Kolter, Koltun 2018 (arXiv:1803.01271v2), §5.2 and its code (`TCN/copy_memory/utils.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CopyScalar {
    /// T, the gap in steps.
    pub length: Length<1>,
    /// Number of different digits.
    #[schemars(range(min = 2, max = 10_000))]
    pub symbols: usize,
    /// n, the number of digits to be kept.
    #[schemars(range(min = 1, max = 10_000))]
    pub items: usize,
}

impl Default for CopyScalar {
    fn default() -> Self {
        Self { length: 100.into(), symbols: 8, items: 10 }
    }
}

impl Task for CopyScalar {
    fn dimensions(&self) -> Dimensions {
        let steps = self.length.longest() + 2 * self.items;
        Dimensions { inputs: 1, goal: Goal::Classes(self.symbols + 2), steps }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let recall = self.length.draw(draws) + self.items;
        for t in 0..recall + self.items {
            if t < recall {
                sequence.expect_class(t, 0, false);
            }
            if t < self.items {
                let digit = 1 + draws.below(self.symbols);
                sequence.set(t, 0, digit as f64);
                sequence.expect_class(recall + t, digit, true);
            } else if t + 1 >= recall {
                sequence.set(t, 0, (self.symbols + 1) as f64);
            }
        }
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let recall = input.len() - self.items;
        (0..recall).for_each(|t| answers.class(t, 0));
        (0..self.items).for_each(|k| answers.class(recall + k, input[k][0] as usize));
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.length.shortest() + self.items, longest: self.length.longest() + self.items })
    }

    fn chance(&self) -> Chance {
        copy::chance(self.length.mean(|length| length as f64), self.symbols, self.items)
    }

    fn exact_match(&self) -> Option<f64> {
        copy::exact_match(self.symbols, self.items)
    }

    fn plateau(&self) -> Option<f64> {
        Some(self.chance().loss)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::LossBelow(0.1 * self.chance().loss))
    }

    with_length!(CopyScalar);
}
