//! Tasks that ask for symbols again that came long before.

use longlag::component::task::{Copy, CopyScalar, DenoiseCopy, Memorization, SelectiveCopy, TaskSpec};

use super::reading::{Answer, Choice, Reading, choice, length, one_hot};

/// The class that is due as long as nothing is to be recalled.
fn waiting(class: usize) -> Answer {
    Answer::Class { class, scored: false }
}

/// Symbols, blanks, a delimiter, blanks; the symbols are due at the end.
pub fn copy(task: &TaskSpec, copy: &Copy, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let Copy { symbols, items, .. } = copy;
    let gap = end - 2 * items;
    let (blank, delimiter) = (*symbols, symbols + 1);
    let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    let (sequence, rest) = symbol.split_at(*items);
    assert!(sequence.iter().all(|symbol| symbol < symbols));
    let (blanks, rest) = rest.split_at(gap - 1);
    let (go, recall) = rest.split_at(1);
    assert!(blanks.iter().chain(recall).all(|&symbol| symbol == blank) && go == [delimiter]);
    assert_eq!(recall.len(), *items);
    let item = |(k, &symbol): (usize, &usize)| choice(&format!("item {k}"), symbol, *symbols);
    let choices = vec![length(task, gap), sequence.iter().enumerate().map(item).collect()];
    Reading::recalled(waiting(blank), items + gap, sequence.iter().copied(), 0.., choices)
}

/// Digits in one unit, zeros, then the delimiter until the end, where the digits are due.
pub fn copy_scalar(task: &TaskSpec, copy: &CopyScalar, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let CopyScalar { symbols, items, .. } = copy;
    let gap = end - 2 * items;
    let digit: Vec<usize> = input.iter().map(|step| step[0] as usize).collect();
    assert!(input.iter().all(|step| step[0].fract() == 0.0 && step.len() == 1));
    assert!(digit[..*items].iter().all(|digit| (1..=*symbols).contains(digit)));
    assert!(digit[*items..items + gap - 1].iter().all(|&digit| digit == 0));
    assert!(digit[items + gap - 1..].iter().all(|&digit| digit == symbols + 1));
    let drawn = digit[..*items].iter().enumerate();
    let drawn = drawn.map(|(k, digit)| choice(&format!("digit {k}"), digit - 1, *symbols)).collect();
    let choices = vec![length(task, gap), drawn];
    Reading::recalled(waiting(0), items + gap, digit[..*items].iter().copied(), 0.., choices)
}

/// Values, blanks with one cue among them, from which on the values are due.
pub fn memorization(task: &TaskSpec, memorization: &Memorization, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let Memorization { values, positions, .. } = memorization;
    let gap = end - 2 * positions;
    let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    let recall = gap + positions;
    assert!(symbol[..*positions].iter().all(|symbol| symbol < values));
    let rest = (*positions..end).all(|t| symbol[t] == values + usize::from(t == recall));
    assert!(rest && input[0].len() == values + 2);
    let drawn = symbol[..*positions].iter().enumerate();
    let drawn = drawn.map(|(k, &symbol)| choice(&format!("item {k}"), symbol, *values)).collect();
    let choices = vec![length(task, gap), drawn];
    Reading::recalled(waiting(*values), recall, symbol[..*positions].iter().copied(), 0.., choices)
}

/// Symbols scattered among blanks, a cue, blanks, over which the symbols are due.
pub fn denoise_copy(task: &TaskSpec, copy: &DenoiseCopy, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let DenoiseCopy { symbols, items, .. } = copy;
    let recall = end - items;
    let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    assert!(symbol[recall - 1] == symbols + 1 && symbol[recall..].iter().all(|unit| unit == symbols));
    let (places, drawn) = scattered(&symbol[..recall - 1], *symbols, *items);
    let choices = vec![length(task, end - 2 * items), drawn];
    let classes = places.iter().map(|&t| symbol[t]);
    Reading::recalled(waiting(*symbols), recall, classes, places.iter().copied(), choices)
}

/// Symbols scattered among noise, then cues, at which the symbols are due.
pub fn selective_copy(task: &TaskSpec, copy: &SelectiveCopy, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let SelectiveCopy { symbols, items, .. } = copy;
    let recall = end - items;
    let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    assert!(symbol[recall..].iter().all(|&unit| unit == symbols + 1));
    let (places, drawn) = scattered(&symbol[..recall], *symbols, *items);
    let choices = vec![length(task, end - 2 * items), drawn];
    let classes = places.iter().map(|&t| symbol[t]);
    Reading::recalled(Answer::Nothing, recall, classes, places.iter().copied(), choices)
}

/// The steps that hold one of `symbols` units, of which there are to be `items` among others that hold unit `symbols`; and what
/// was drawn.
fn scattered(units: &[usize], symbols: usize, items: usize) -> (Vec<usize>, Vec<Choice>) {
    let places: Vec<usize> = (0..units.len()).filter(|&t| units[t] < symbols).collect();
    assert_eq!(places.len(), items);
    assert!(units.iter().all(|&unit| unit <= symbols));
    let symbol = |(k, &t): (usize, &usize)| choice(&format!("item {k}"), units[t], symbols);
    let mut drawn: Vec<Choice> = places.iter().enumerate().map(symbol).collect();
    if let [only] = places[..] {
        drawn.push(choice(&format!("place of {}", units.len()), only, units.len()));
    }
    (places, drawn)
}
