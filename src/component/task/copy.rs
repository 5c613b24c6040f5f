use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::hot, length::with_length,
};
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
/// With a range, such as `length: {from: 1, to: 100}`, it is the copy problem of variable gap: T is drawn for each sequence.
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
/// 10·ln 8 / (T + 20); accuracy 1/symbols, exact match symbols^−n. The loss shrinks with T, so compare with this
/// baseline, not with a fixed bound. Solved, here: loss below a tenth of it.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997; this form as in Arjovsky, Shah, Bengio 2016 (arXiv:1511.06464v4), §5.1, and its code; of variable gap in
/// Tallec, Ollivier 2018 (arXiv:1804.11188v1), §3, after Henaff, Szlam, LeCun 2016.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Copy {
    /// T, the gap in steps.
    pub length: Length<1>,
    /// Number of different symbols.
    #[schemars(range(min = 2, max = 10_000))]
    pub symbols: usize,
    /// n, the number of symbols to be kept.
    #[schemars(range(min = 1, max = 10_000))]
    pub items: usize,
}

impl Default for Copy {
    fn default() -> Self {
        Self { length: 100.into(), symbols: 8, items: 10 }
    }
}

impl Task for Copy {
    fn dimensions(&self) -> Dimensions {
        dimensions(self.length.longest(), self.symbols, self.items)
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        generate(length, self.symbols, self.items, draws, sequence);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        oracle(self.symbols, self.items, input, answers);
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.length.shortest() + self.items, longest: self.length.longest() + self.items })
    }

    fn chance(&self) -> Chance {
        chance(self.length.mean(|length| length as f64), self.symbols, self.items)
    }

    fn exact_match(&self) -> Option<f64> {
        exact_match(self.symbols, self.items)
    }

    fn plateau(&self) -> Option<f64> {
        Some(self.chance().loss)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::LossBelow(0.1 * self.chance().loss))
    }

    with_length!(Copy);
}

pub(super) fn dimensions(longest: usize, symbols: usize, items: usize) -> Dimensions {
    Dimensions { inputs: symbols + 2, goal: Goal::Classes(symbols + 1), steps: longest + 2 * items }
}

/// A sequence with a gap of `length` steps.
pub(super) fn generate(length: usize, symbols: usize, items: usize, draws: &mut Draws, sequence: &mut Sequence) {
    let (blank, delimiter) = (symbols, symbols + 1);
    let recall = length + items;
    for t in 0..recall + items {
        if t < recall {
            sequence.expect_class(t, blank, false);
        }
        if t < items {
            let symbol = draws.below(symbols);
            sequence.set(t, symbol, 1.0);
            sequence.expect_class(recall + t, symbol, true);
        } else {
            sequence.set(t, if t == recall - 1 { delimiter } else { blank }, 1.0);
        }
    }
}

/// Blank, and at the end the symbols of the beginning.
pub(super) fn oracle(symbols: usize, items: usize, input: &[&[f32]], answers: &mut Answers) {
    let recall = input.len() - items;
    (0..recall).for_each(|t| answers.class(t, symbols));
    (0..items).for_each(|k| answers.class(recall + k, hot(input[k])));
}

/// The scores of saying blank until the symbols are due, then guessing, with gaps of `length` on average.
pub(super) fn chance(length: f64, symbols: usize, items: usize) -> Chance {
    let (items, symbols) = (items as f64, symbols as f64);
    Chance { loss: items * libm::log(symbols) / (length + 2.0 * items), accuracy: 1.0 / symbols }
}

/// The share of sequences all of whose items are guessed right.
pub(super) fn exact_match(symbols: usize, items: usize) -> Option<f64> {
    (items > 1).then(|| libm::pow(1.0 / symbols as f64, items as f64))
}
