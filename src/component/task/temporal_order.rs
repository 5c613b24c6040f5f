use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::hot, length::with_length,
};
use crate::seed::Draws;

/// Temporal order problem with two symbols.
///
/// # Definition
///
/// One-hot input of 6 units over L = `length` steps: A or B at a step p0 = ⌊L/10⌋ + r0 and at p1 = ⌊5L/10⌋ + r1, where r0 and
/// r1 are uniform below ⌊L/10⌋; distractors c–f everywhere else. After the last step the class is to be v0 + 2·v1 (A is 0, B is 1).
/// Loss: cross-entropy. Accuracy: fraction of sequences right.
///
/// # Why it is here
///
/// Only the order of two symbols matters, among distractors; it can be learnt one symbol at a time.
///
/// # Example
///
/// ```yaml
/// task: {kind: temporal-order-2, length: 50}
/// ```
///
/// # Chance level
///
/// ln 4 = 1.386 nats, accuracy 1/4; with the second symbol known ln 2. Solved: less than 1 % wrong (the paper, of 10,000
/// sequences; its code asks for none).
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, §5.6; these windows from the code of Pascanu, Mikolov, Bengio 2013 (`trainingRNNs`,
/// `tempOrder.py`, where the docstring disagrees with the code).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct TemporalOrder2 {
    /// L, in steps.
    pub length: Length<10>,
}

/// Temporal order problem with three symbols.
///
/// # Definition
///
/// As `temporal-order-2` with three symbols A or B, in the windows of ⌊L/10⌋ steps that begin at ⌊L/10⌋, ⌊3L/10⌋ and
/// ⌊6L/10⌋; the class is v0 + 2·v1 + 4·v2.
///
/// # Why it is here
///
/// One more bit to keep, over the same time.
///
/// # Example
///
/// ```yaml
/// task: {kind: temporal-order-3, length: 50}
/// ```
///
/// # Chance level
///
/// ln 8 = 2.079 nats, accuracy 1/8; with the last two symbols known ln 2. Solved: less than 1 % wrong.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, §5.6; windows from the code of Pascanu, Mikolov, Bengio 2013 (`trainingRNNs`,
/// `tempOrder3bit.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct TemporalOrder3 {
    /// L, in steps.
    pub length: Length<10>,
}

impl Default for TemporalOrder2 {
    fn default() -> Self {
        Self { length: 50.into() }
    }
}

impl Default for TemporalOrder3 {
    fn default() -> Self {
        Self { length: 50.into() }
    }
}

/// A, B, and the distractors c, d, e, f.
const UNITS: usize = 6;

/// The beginning of each symbol's window, a tenth of the length, in tenths.
const WINDOWS_2: [usize; 2] = [1, 5];
const WINDOWS_3: [usize; 3] = [1, 3, 6];

impl Task for TemporalOrder2 {
    fn dimensions(&self) -> Dimensions {
        dimensions(self.length, &WINDOWS_2)
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        generate(self.length, &WINDOWS_2, draws, sequence);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let symbols = input.iter().map(|step| hot(step)).filter(|&unit| unit < 2);
        answers.class(input.len() - 1, class(symbols.take(WINDOWS_2.len())));
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(lag(self.length, &WINDOWS_2))
    }

    fn chance(&self) -> Chance {
        chance(WINDOWS_2.len())
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    with_length!(TemporalOrder2);
}

impl Task for TemporalOrder3 {
    fn dimensions(&self) -> Dimensions {
        dimensions(self.length, &WINDOWS_3)
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        generate(self.length, &WINDOWS_3, draws, sequence);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let symbols = input.iter().map(|step| hot(step)).filter(|&unit| unit < 2);
        answers.class(input.len() - 1, class(symbols.take(WINDOWS_3.len())));
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(lag(self.length, &WINDOWS_3))
    }

    fn chance(&self) -> Chance {
        chance(WINDOWS_3.len())
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.99))
    }

    with_length!(TemporalOrder3);
}

fn dimensions(length: Length<10>, windows: &[usize]) -> Dimensions {
    Dimensions { inputs: UNITS, goal: Goal::Classes(1 << windows.len()), steps: length.longest() }
}

fn generate(length: Length<10>, windows: &[usize], draws: &mut Draws, sequence: &mut Sequence) {
    let length = length.draw(draws);
    let marks: Vec<(usize, usize)> = windows
        .iter()
        .map(|tenths| {
            let window = window(length, *tenths);
            (window.start + draws.below(window.len()), draws.below(2))
        })
        .collect();
    for t in 0..length {
        let symbol = marks.iter().find(|(p, _)| *p == t).map(|&(_, symbol)| symbol);
        let unit = symbol.unwrap_or_else(|| 2 + draws.below(UNITS - 2));
        sequence.set(t, unit, 1.0);
    }
    sequence.expect_class(length - 1, class(marks.iter().map(|&(_, symbol)| symbol)), true);
}

/// The steps of the window that begins after so many tenths of the length.
fn window(length: usize, tenths: usize) -> Range<usize> {
    let first = tenths * length / 10;
    first..first + length / 10
}

/// v0 + 2·v1 + 4·v2 + …
pub(super) fn class(symbols: impl Iterator<Item = usize>) -> usize {
    symbols.enumerate().map(|(k, symbol)| symbol << k).sum()
}

/// From the last step to the symbols.
fn lag(length: Length<10>, windows: &[usize]) -> Lag {
    let ends = |length: usize| windows.iter().map(move |&tenths| length - window(length, tenths).end);
    let begins = |length: usize| windows.iter().map(move |&tenths| length - 1 - window(length, tenths).start);
    let lengths = || length.shortest()..=length.longest();
    Lag {
        shortest: lengths().flat_map(ends).min().unwrap_or(0),
        longest: lengths().flat_map(begins).max().unwrap_or(0),
    }
}

/// Guessing among the classes of so many symbols.
pub(super) fn chance(symbols: usize) -> Chance {
    let classes = (1 << symbols) as f64;
    Chance { loss: libm::log(classes), accuracy: 1.0 / classes }
}
