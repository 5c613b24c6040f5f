use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::hot, length::with_length,
};
use crate::seed::Draws;

/// Random permutation problem: the last symbol is the first one again.
///
/// # Definition
///
/// One-hot input of `symbols` units over T = `length` steps: the first symbol is 0 or 1, all others are drawn uniformly from
/// 2, …, `symbols` − 1. The answer (a softmax over `symbols` classes) at the last step is the first symbol. With `score: last`
/// nothing else is asked; with `score: every` each step is to predict the symbol of the next one, which cannot be known but for
/// the last. Loss: cross-entropy, averaged over the outputs that are asked for. Accuracy: of the last output.
///
/// # Why it is here
///
/// One bit to keep among strong distractors, each of which looks like a symbol that could matter. The hardest of Hochreiter and
/// Schmidhuber's problems for Hessian-free optimization.
///
/// # Example
///
/// ```yaml
/// task: {kind: permutation, length: 100, score: last}
/// ```
///
/// # Chance level
///
/// `last`: ln 2 nats, accuracy ½. `every`: ((T − 1)·ln(symbols − 2) + ln 2) / T, of which ((T − 1)/T)·ln(symbols − 2) cannot be
/// learnt. Solved: 99 % right.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, §5.2, for the idea; Martens, Sutskever 2011, §5.1 (`perm_mem`: `every`); the code of
/// Pascanu, Mikolov, Bengio 2013 (`trainingRNNs`, `permutation.py`: `last`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Permutation {
    /// T, in steps.
    pub length: Length<2>,
    /// Number of different symbols.
    #[schemars(range(min = 4, max = 10_000))]
    pub symbols: usize,
    /// The steps at which the next symbol is asked for.
    pub score: Score,
}

/// The steps at which the next symbol is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// The first symbol, at the last step.
    #[default]
    Last,
    /// The next symbol at every step.
    Every,
}

impl Default for Permutation {
    fn default() -> Self {
        Self { length: 100.into(), symbols: 100, score: Score::default() }
    }
}

impl Permutation {
    /// The mean loss where each of the outputs before the last costs `before` and the last one `last`.
    fn loss(&self, before: f64, last: f64) -> f64 {
        match self.score {
            Score::Last => last,
            Score::Every => {
                let steps = self.length.mean(|length| length as f64);
                ((steps - 1.0) * before + last) / steps
            }
        }
    }
}

impl Task for Permutation {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: self.symbols, goal: Goal::Classes(self.symbols), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let first = draws.below(2);
        sequence.set(0, first, 1.0);
        for t in 1..length {
            let symbol = 2 + draws.below(self.symbols - 2);
            sequence.set(t, symbol, 1.0);
            if self.score == Score::Every {
                sequence.expect_class(t - 1, symbol, false);
            }
        }
        sequence.expect_class(length - 1, first, true);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let last = input.len() - 1;
        (0..last).for_each(|t| answers.one_of(t, 2..self.symbols));
        answers.class(last, hot(input[0]));
        true
    }

    fn floor(&self) -> f64 {
        self.loss(libm::log((self.symbols - 2) as f64), 0.0)
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: self.length.shortest() - 1, longest: self.length.longest() - 1 })
    }

    fn chance(&self) -> Chance {
        let loss = self.loss(libm::log((self.symbols - 2) as f64), std::f64::consts::LN_2);
        Chance { loss, accuracy: 0.5 }
    }

    fn plateau(&self) -> Option<f64> {
        Some(self.chance().loss)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    with_length!(Permutation);
}
