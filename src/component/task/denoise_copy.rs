use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Lag, Length, Sequence, Solved, Task, answers::hot, copy, length::with_length,
};
use crate::seed::Draws;

/// Denoise problem: symbols scattered among blanks, to be given in order.
///
/// # Definition
///
/// One-hot input of `symbols` + 2 units over T + 2n steps (T = `length`, n = `items`): among the first T + n − 1 steps n
/// different ones, drawn uniformly, hold symbols drawn uniformly from `symbols`, the others blanks; then one delimiter and n
/// blanks. The output (a softmax over `symbols` + 1 classes) is to be the blank for the first T + n steps, then the symbols in
/// their order. Loss: cross-entropy averaged over *all* steps. Accuracy: over the last n steps only.
///
/// # Why it is here
///
/// A copy that asks for forgetting, too: what matters has to be told from what does not when it passes, so that a network that
/// only keeps everything, such as a unitary one, is at a loss.
///
/// # Example
///
/// ```yaml
/// task: {kind: denoise-copy, length: 100}
/// ```
///
/// # Chance level
///
/// Blank, then a guess: n·ln(symbols) / (T + 2n), for the default sizes 10·ln 9 / (T + 20); accuracy 1/symbols, exact match
/// symbols^−n. Solved, here: loss below a tenth of it.
///
/// # References
///
/// Jing et al. 2017, Gated orthogonal recurrent units (arXiv:1706.02761v3), §4.2, and its code (`GORU-tensorflow`,
/// `denoise_task.py`), which draws the places with replacement, so that symbols may be lost (here they are different), one-hot encodes
/// with a unit too few, so that the delimiter comes as an input of zeros, and counts the blanks into the accuracy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct DenoiseCopy {
    /// T, in steps.
    pub length: Length<1>,
    /// Number of different symbols.
    #[schemars(range(min = 2, max = 10_000))]
    pub symbols: usize,
    /// n, the number of symbols to be kept.
    #[schemars(range(min = 1, max = 10_000))]
    pub items: usize,
}

impl Default for DenoiseCopy {
    fn default() -> Self {
        Self { length: 100.into(), symbols: 9, items: 10 }
    }
}

impl Task for DenoiseCopy {
    fn dimensions(&self) -> Dimensions {
        copy::dimensions(self.length.longest(), self.symbols, self.items)
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let (blank, delimiter) = (self.symbols, self.symbols + 1);
        let recall = self.length.draw(draws) + self.items;
        let places = places(recall - 1, self.items, draws);
        for t in 0..recall + self.items {
            if t < recall {
                sequence.expect_class(t, blank, false);
            }
            match places.binary_search(&t) {
                Ok(k) => {
                    let symbol = draws.below(self.symbols);
                    sequence.set(t, symbol, 1.0);
                    sequence.expect_class(recall + k, symbol, true);
                }
                Err(_) => sequence.set(t, if t == recall - 1 { delimiter } else { blank }, 1.0),
            }
        }
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let recall = input.len() - self.items;
        (0..recall).for_each(|t| answers.class(t, self.symbols));
        for (k, symbol) in scattered(self.symbols, &input[..recall - 1]).take(self.items).enumerate() {
            answers.class(recall + k, symbol);
        }
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.items + 1, longest: self.length.longest() + 2 * self.items - 1 })
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

    with_length!(DenoiseCopy);
}

/// `count` different ones of the first `steps` steps, in order.
pub(super) fn places(steps: usize, count: usize, draws: &mut Draws) -> Vec<usize> {
    let mut places = draws.permutation(steps);
    places.truncate(count);
    places.sort_unstable();
    places
}

/// The symbols among one-hot inputs, in order.
pub(super) fn scattered<'a>(symbols: usize, input: &'a [&[f32]]) -> impl Iterator<Item = usize> + 'a {
    input.iter().map(|step| hot(step)).filter(move |&unit| unit < symbols)
}
