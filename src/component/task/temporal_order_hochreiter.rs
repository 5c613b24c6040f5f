use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::hot, length::with_length,
    temporal_order,
};
use crate::seed::Draws;

/// Temporal order problem with two symbols, as in the LSTM paper.
///
/// # Definition
///
/// One-hot input of 8 units; the length l is uniform on {T, …, T + ⌊T/10⌋}. The first symbol is E, the last one B, X or Y stand
/// at a step t1 uniform on {⌊T/10⌋, …, ⌊T/5⌋} and at t2 uniform on {⌊T/2⌋, …, ⌊6T/10⌋} (counted from 0; 10–20 and 50–60 for the
/// paper's T = 100), and symbols drawn from a, b, c, d elsewhere. After step l the class is to be v1 + 2·v2 (X is 0, Y is 1).
/// Loss: cross-entropy (the paper's targets are units of a sigmoid layer). Accuracy: fraction of sequences right.
///
/// # Why it is here
///
/// The original of `temporal-order-2`: with a start and an end symbol, random lengths and windows that end later.
///
/// # Example
///
/// ```yaml
/// task: {kind: temporal-order-hochreiter-2, length: 100}
/// ```
///
/// # Chance level
///
/// ln 4 = 1.386 nats, accuracy 1/4; with the second symbol known ln 2. Solved: the last 2000 sequences right, so here all of
/// the validation set.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, Long short-term memory, Neural Computation 9(8), §5.6, task 6a.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct TemporalOrderHochreiter2 {
    /// T, the shortest length in steps.
    pub length: Length<10>,
}

/// Temporal order problem with three symbols, as in the LSTM paper.
///
/// # Definition
///
/// As `temporal-order-hochreiter-2` with X or Y at three steps, uniform on {⌊T/10⌋, …, ⌊T/5⌋}, {⌊33T/100⌋, …, ⌊43T/100⌋} and
/// {⌊66T/100⌋, …, ⌊76T/100⌋}; the class is v1 + 2·v2 + 4·v3.
///
/// # Why it is here
///
/// One more bit to keep, over the same time.
///
/// # Example
///
/// ```yaml
/// task: {kind: temporal-order-hochreiter-3, length: 100}
/// ```
///
/// # Chance level
///
/// ln 8 = 2.079 nats, accuracy 1/8; with the last two symbols known ln 2. Solved: all right.
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, Long short-term memory, Neural Computation 9(8), §5.6, task 6b.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct TemporalOrderHochreiter3 {
    /// T, the shortest length in steps.
    pub length: Length<10>,
}

impl Default for TemporalOrderHochreiter2 {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

impl Default for TemporalOrderHochreiter3 {
    fn default() -> Self {
        Self { length: 100.into() }
    }
}

/// The number of symbols: E, B, X, Y, a, b, c, d.
const UNITS: usize = 8;
const START: usize = 0;
const END: usize = 1;
const SYMBOLS: usize = 2;
const DISTRACTORS: usize = 4;

/// The beginning and the end of each symbol's window, both included, in hundredths of the length.
const WINDOWS_2: [(usize, usize); 2] = [(10, 20), (50, 60)];
const WINDOWS_3: [(usize, usize); 3] = [(10, 20), (33, 43), (66, 76)];

impl Task for TemporalOrderHochreiter2 {
    fn dimensions(&self) -> Dimensions {
        dimensions(self.length, &WINDOWS_2)
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        generate(self.length, &WINDOWS_2, draws, sequence);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let units = input.iter().map(|step| hot(step));
        let symbols = units.filter(|unit| (SYMBOLS..DISTRACTORS).contains(unit)).map(|unit| unit - SYMBOLS);
        answers.class(input.len() - 1, temporal_order::class(symbols.take(WINDOWS_2.len())));
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(lag(self.length, &WINDOWS_2))
    }

    fn chance(&self) -> Chance {
        temporal_order::chance(WINDOWS_2.len())
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(1.0))
    }

    with_length!(TemporalOrderHochreiter2);
}

impl Task for TemporalOrderHochreiter3 {
    fn dimensions(&self) -> Dimensions {
        dimensions(self.length, &WINDOWS_3)
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        generate(self.length, &WINDOWS_3, draws, sequence);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let units = input.iter().map(|step| hot(step));
        let symbols = units.filter(|unit| (SYMBOLS..DISTRACTORS).contains(unit)).map(|unit| unit - SYMBOLS);
        answers.class(input.len() - 1, temporal_order::class(symbols.take(WINDOWS_3.len())));
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(lag(self.length, &WINDOWS_3))
    }

    fn chance(&self) -> Chance {
        temporal_order::chance(WINDOWS_3.len())
    }

    fn plateau(&self) -> Option<f64> {
        Some(std::f64::consts::LN_2)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(1.0))
    }

    with_length!(TemporalOrderHochreiter3);
}

fn dimensions(length: Length<10>, windows: &[(usize, usize)]) -> Dimensions {
    let steps = length.longest() + length.longest() / 10;
    Dimensions { inputs: UNITS, goal: Goal::Classes(1 << windows.len()), steps }
}

fn generate(length: Length<10>, windows: &[(usize, usize)], draws: &mut Draws, sequence: &mut Sequence) {
    let length = length.draw(draws);
    let end = length + draws.below(length / 10 + 1);
    let mut draw = |&(from, to): &(usize, usize)| {
        let (first, last) = (from * length / 100, to * length / 100);
        (first + draws.below(last - first + 1), draws.below(2))
    };
    let marks: Vec<(usize, usize)> = windows.iter().map(&mut draw).collect();
    for t in 0..end {
        let symbol = marks.iter().find(|(place, _)| *place == t).map(|&(_, symbol)| SYMBOLS + symbol);
        let unit = match symbol {
            Some(unit) => unit,
            None if t == 0 => START,
            None if t == end - 1 => END,
            None => DISTRACTORS + draws.below(UNITS - DISTRACTORS),
        };
        sequence.set(t, unit, 1.0);
    }
    sequence.expect_class(end - 1, temporal_order::class(marks.iter().map(|&(_, symbol)| symbol)), true);
}

/// The lag from the last step to the symbols.
fn lag(length: Length<10>, windows: &[(usize, usize)]) -> Lag {
    let lengths = || length.shortest()..=length.longest();
    let ends = |length: usize| windows.iter().map(move |(_, to)| length - 1 - to * length / 100);
    let begins = |length: usize| windows.iter().map(move |(from, _)| length + length / 10 - 1 - from * length / 100);
    Lag {
        shortest: lengths().flat_map(ends).min().unwrap_or(0),
        longest: lengths().flat_map(begins).max().unwrap_or(0),
    }
}
