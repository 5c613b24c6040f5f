use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Chance, Dimensions, Goal, Sequence, Task};
use crate::seed::Draws;

/// Copy memory problem: keep ten symbols over a long gap.
///
/// # Definition
///
/// One-hot input of `symbols` + 2 units over T + 2n steps (T = `length`, n = `items`): n symbols drawn uniformly from
/// `symbols`, T − 1 blanks, one delimiter, n blanks. The output (a softmax over `symbols` + 1 classes) is to be the blank
/// for the first T + n steps, then the n symbols in order. Loss: cross-entropy averaged over *all* steps. Accuracy: over the
/// last n steps only.
///
/// # Why it is here
///
/// Nothing can be guessed: each symbol has to be carried over exactly T + n steps.
///
/// # Example
///
/// ```yaml
/// task: {kind: copy, length: 100}
/// ```
///
/// # Chance level
///
/// The memoryless predictor says blank, then guesses: loss n·ln(symbols) / (T + 2n), for the default sizes
/// 10·ln 8 / (T + 20); accuracy 1/symbols. The loss shrinks with T, so compare with this baseline, not with a fixed bound.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997; this form as in Arjovsky, Shah, Bengio 2016 (arXiv:1511.06464v4), §5.1, and its code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Copy {
    /// T, the gap in steps.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub length: usize,
    /// Number of different symbols.
    #[schemars(range(min = 2, max = 10_000))]
    pub symbols: usize,
    /// n, how many symbols are to be kept.
    #[schemars(range(min = 1, max = 10_000))]
    pub items: usize,
}

impl Default for Copy {
    fn default() -> Self {
        Self { length: 100, symbols: 8, items: 10 }
    }
}

impl Task for Copy {
    fn dimensions(&self) -> Dimensions {
        Dimensions {
            inputs: self.symbols + 2,
            goal: Goal::Classes(self.symbols + 1),
            steps: self.length + 2 * self.items,
        }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let (blank, delimiter) = (self.symbols, self.symbols + 1);
        let recall = self.length + self.items;
        for t in 0..recall + self.items {
            if t < recall {
                sequence.expect_class(t, blank, false);
            }
            if t < self.items {
                let symbol = draws.below(self.symbols);
                sequence.set(t, symbol, 1.0);
                sequence.expect_class(recall + t, symbol, true);
            } else {
                sequence.set(t, if t == recall - 1 { delimiter } else { blank }, 1.0);
            }
        }
    }

    fn chance(&self) -> Chance {
        let (items, symbols) = (self.items as f64, self.symbols as f64);
        Chance { loss: items * libm::log(symbols) / self.dimensions().steps as f64, accuracy: 1.0 / symbols }
    }
}
