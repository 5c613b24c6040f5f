//! Every task's definition, told once more: from the inputs alone, what is to be answered and what was drawn.

use std::collections::BTreeMap;

use longlag::{
    component::task::{
        Adding, AddingPascanu, Batch, Copy, CopyScalar, CycleNavigation, DelayedXor, DenoiseCopy, Lengths,
        Memorization, ModularArithmetic, Permutation, PermutationScore, RandomData, SelectiveCopy, Targets, TaskSpec,
        TemporalOrder2, TemporalOrder3,
    },
    seed::{self, Role},
};

use super::sizes::every_task;

/// What is to be answered at a step.
#[derive(Clone, Copy, Debug)]
enum Answer {
    /// Not read.
    Nothing,
    Number(f64),
    Class {
        class: usize,
        scored: bool,
    },
    Bit(bool),
    /// A class that the inputs do not tell.
    Unknown,
}

/// One sequence read back.
struct Reading {
    /// For each step.
    answers: Vec<Answer>,
    /// What the definition says to be uniform; independent of each other within a group.
    choices: Vec<Vec<Choice>>,
}

/// (name, drawn, bound): one of 0..bound.
type Choice = (String, usize, usize);

/// Reads the input \[step\]\[unit\] of one sequence back. A new task does not compile until its definition is told here.
fn read(task: &TaskSpec, input: &[&[f32]]) -> Reading {
    let end = input.len();
    match task {
        TaskSpec::Adding(Adding { .. }) => {
            let half = end / 2;
            let [first, second] = marked(input, 1);
            assert!(first < half && half <= second, "one mark in each half");
            let mut answers = vec![Answer::Nothing; end];
            answers[end - 1] = Answer::Number(number(input[first][0]) + number(input[second][0]));
            assert!(input.iter().all(|step| unit_interval(step[0])));
            let marks = vec![
                choice(&format!("first mark of {end}"), first, half),
                choice(&format!("second mark of {end}"), second - half, end - half),
            ];
            Reading { answers, choices: vec![length(task, end), marks] }
        }
        TaskSpec::AddingPascanu(AddingPascanu { .. }) => pascanu(task, input, |[first, second]| (first + second) / 2.0),
        TaskSpec::Copy(Copy { symbols, items, .. }) => {
            let gap = end - 2 * items;
            let (blank, delimiter) = (*symbols, symbols + 1);
            let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            let (sequence, rest) = symbol.split_at(*items);
            assert!(sequence.iter().all(|symbol| symbol < symbols));
            let (blanks, rest) = rest.split_at(gap - 1);
            let (go, recall) = rest.split_at(1);
            assert!(blanks.iter().chain(recall).all(|&symbol| symbol == blank) && go == [delimiter]);
            assert_eq!(recall.len(), *items);
            let waiting = Answer::Class { class: blank, scored: false };
            let mut answers = vec![waiting; items + gap];
            answers.extend(sequence.iter().map(|&class| Answer::Class { class, scored: true }));
            let item = |(k, &symbol): (usize, &usize)| choice(&format!("item {k}"), symbol, *symbols);
            Reading { answers, choices: vec![length(task, gap), sequence.iter().enumerate().map(item).collect()] }
        }
        TaskSpec::TemporalOrder2(TemporalOrder2 { .. }) => temporal_order(task, input, &[1, 5]),
        TaskSpec::TemporalOrder3(TemporalOrder3 { .. }) => temporal_order(task, input, &[1, 3, 6]),
        TaskSpec::AddingTcn(_) => {
            let [first, second] = marked(input, 1);
            assert!(input.iter().all(|step| unit_interval(step[0])));
            let sum = number(input[first][0]) + number(input[second][0]);
            let pair = second * (second - 1) / 2 + first;
            let marks = vec![choice(&format!("both marks of {end}"), pair, end * (end - 1) / 2)];
            Reading { answers: at_the_end(end, Answer::Number(sum)), choices: vec![length(task, end), marks] }
        }
        TaskSpec::Multiplication(_) => {
            let half = end / 2;
            let [first, second] = marked(input, 1);
            assert!(first < half && half <= second, "one mark in each half");
            assert!(input.iter().all(|step| unit_interval(step[0])));
            let product = number(input[first][0]) * number(input[second][0]);
            let marks = vec![
                choice(&format!("first mark of {end}"), first, half),
                choice(&format!("second mark of {end}"), second - half, end - half),
            ];
            Reading { answers: at_the_end(end, Answer::Number(product)), choices: vec![length(task, end), marks] }
        }
        TaskSpec::MultiplicationPascanu(_) => pascanu(task, input, |[first, second]| first * second),
        TaskSpec::AddingHochreiter(_) => hochreiter(task, input, -1.0, 0.0, |[a, b]| 0.5 + (a + b) / 4.0),
        TaskSpec::MultiplicationHochreiter(_) => hochreiter(task, input, 0.0, 1.0, |[a, b]| a * b),
        TaskSpec::Xor(_) => {
            let marker: Vec<f32> = input.iter().map(|step| step[1]).collect();
            assert!(input.iter().all(|step| step[0] == 0.0 || step[0] == 1.0));
            assert!(marker[0] == -1.0 && marker[end - 1] == -1.0);
            assert!(marker[1..end - 1].iter().all(|&m| m == 0.0 || m == 1.0));
            let marks: Vec<usize> = (0..end).filter(|&t| marker[t] == 1.0).collect();
            let [first, second] = marks[..] else { panic!("marks at {marks:?}") };
            let (tenth, half) = (end / 10, end / 2);
            let answer = (input[first][0] == 1.0) != (input[second][0] == 1.0);
            let choices = vec![
                choice(&format!("first mark of {end}"), first - 1, tenth),
                choice(&format!("second mark of {end}"), second - 1 - tenth, half - tenth),
                choice("first bit", input[first][0] as usize, 2),
                choice("second bit", input[second][0] as usize, 2),
            ];
            Reading { answers: at_the_end(end, Answer::Bit(answer)), choices: vec![length(task, end), choices] }
        }
        TaskSpec::TemporalOrderHochreiter2(_) => temporal_order_hochreiter(task, input, &[(10, 20), (50, 60)]),
        TaskSpec::TemporalOrderHochreiter3(_) => {
            temporal_order_hochreiter(task, input, &[(10, 20), (33, 43), (66, 76)])
        }
        TaskSpec::CopyScalar(CopyScalar { symbols, items, .. }) => {
            let gap = end - 2 * items;
            let digit: Vec<usize> = input.iter().map(|step| step[0] as usize).collect();
            assert!(input.iter().all(|step| step[0].fract() == 0.0 && step.len() == 1));
            assert!(digit[..*items].iter().all(|digit| (1..=*symbols).contains(digit)));
            assert!(digit[*items..items + gap - 1].iter().all(|&digit| digit == 0));
            assert!(digit[items + gap - 1..].iter().all(|&digit| digit == symbols + 1));
            let drawn = digit[..*items].iter().enumerate();
            let drawn = drawn.map(|(k, digit)| choice(&format!("digit {k}"), digit - 1, *symbols)).collect();
            let answers = recalled(0, items + gap, digit[..*items].iter().copied());
            Reading { answers, choices: vec![length(task, gap), drawn] }
        }
        TaskSpec::Memorization(Memorization { values, positions, .. }) => {
            let gap = end - 2 * positions;
            let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            let recall = gap + positions;
            assert!(symbol[..*positions].iter().all(|symbol| symbol < values));
            let rest = (*positions..end).all(|t| symbol[t] == values + usize::from(t == recall));
            assert!(rest && input[0].len() == values + 2);
            let drawn = symbol[..*positions].iter().enumerate();
            let drawn = drawn.map(|(k, &symbol)| choice(&format!("item {k}"), symbol, *values)).collect();
            let answers = recalled(*values, recall, symbol[..*positions].iter().copied());
            Reading { answers, choices: vec![length(task, gap), drawn] }
        }
        TaskSpec::DenoiseCopy(DenoiseCopy { symbols, items, .. }) => {
            let recall = end - items;
            let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            assert!(symbol[recall - 1] == symbols + 1 && symbol[recall..].iter().all(|unit| unit == symbols));
            let (places, drawn) = scattered(&symbol[..recall - 1], *symbols, *items);
            let answers = recalled(*symbols, recall, places.iter().map(|&t| symbol[t]));
            Reading { answers, choices: vec![length(task, end - 2 * items), drawn] }
        }
        TaskSpec::SelectiveCopy(SelectiveCopy { symbols, items, .. }) => {
            let recall = end - items;
            let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            assert!(symbol[recall..].iter().all(|&unit| unit == symbols + 1));
            let (places, drawn) = scattered(&symbol[..recall], *symbols, *items);
            let mut answers = vec![Answer::Nothing; recall];
            answers.extend(places.iter().map(|&t| Answer::Class { class: symbol[t], scored: true }));
            Reading { answers, choices: vec![length(task, end - 2 * items), drawn] }
        }
        TaskSpec::Permutation(Permutation { symbols, score, .. }) => {
            let symbol: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            assert!(symbol[0] < 2 && symbol[1..].iter().all(|symbol| (2..*symbols).contains(symbol)));
            let next = |t: usize| match score {
                PermutationScore::Last => Answer::Nothing,
                PermutationScore::Every => Answer::Class { class: symbol[t + 1], scored: false },
            };
            let mut answers: Vec<Answer> = (0..end - 1).map(next).collect();
            answers.push(Answer::Class { class: symbol[0], scored: true });
            let drawn = vec![
                choice("first symbol", symbol[0], 2),
                choice("second symbol", symbol[1] - 2, symbols - 2),
                choice("last symbol", symbol[end - 1] - 2, symbols - 2),
            ];
            // With two steps the second is the last.
            let drawn = drawn.into_iter().map(|choice| vec![choice]);
            Reading { answers, choices: drawn.chain([length(task, end)]).collect() }
        }
        TaskSpec::Latch(_) => {
            let first = input[0][0];
            assert!(first.abs() == 1.0 && input[0].len() == 1);
            let sign = choice("sign", usize::from(first > 0.0), 2);
            let mut drawn = vec![length(task, end), vec![sign]];
            // Where there is noise, half of it is positive.
            let positive = |t: usize| choice(&format!("noise at {t}"), usize::from(input[t][0] > 0.0), 2);
            drawn.extend((end > 1 && input[1][0] != 0.0).then(|| vec![positive(1)]));
            Reading { answers: at_the_end(end, Answer::Bit(first > 0.0)), choices: drawn }
        }
        TaskSpec::DelayedXor(DelayedXor { delay, terms, .. }) => {
            let bit: Vec<usize> = input.iter().map(|step| step[0] as usize).collect();
            assert!(input.iter().all(|step| *step == [0.0] || *step == [1.0]));
            let due = |t: usize| {
                let ones: usize = (1..=*terms).map(|k| bit[t - k * delay]).sum();
                if ones % 2 == 1 { Answer::Bit(true) } else { Answer::Bit(false) }
            };
            let first = terms * delay;
            let answers = (0..end).map(|t| if t < first { Answer::Nothing } else { due(t) }).collect();
            let drawn = [0, 1, first].map(|t| choice(&format!("bit {t}"), bit[t], 2)).to_vec();
            Reading { answers, choices: vec![length(task, end - first), drawn] }
        }
        TaskSpec::Parity(_) => {
            let bit: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            let odd = bit.iter().filter(|&&bit| bit == 1).count() % 2;
            let answer = Answer::Class { class: odd, scored: true };
            let drawn = vec![vec![choice("first bit", bit[0], 2)], vec![choice("last bit", bit[end - 1], 2)]];
            Reading {
                answers: at_the_end(end, answer),
                choices: drawn.into_iter().chain([length(task, end)]).collect(),
            }
        }
        TaskSpec::CycleNavigation(CycleNavigation { positions, .. }) => {
            let action: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            let walked: i64 = action.iter().map(|&action| action as i64 - 1).sum();
            let class = walked.rem_euclid(*positions as i64) as usize;
            let drawn = vec![vec![choice("first step", action[0], 3)], vec![choice("last step", action[end - 1], 3)]];
            Reading {
                answers: at_the_end(end, Answer::Class { class, scored: true }),
                choices: drawn.into_iter().chain([length(task, end)]).collect(),
            }
        }
        TaskSpec::ModularArithmetic(ModularArithmetic { modulus, .. }) => {
            assert!(end % 2 == 1);
            let unit: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
            // Terms between + and −, each with its sign, as products of their numbers.
            let mut terms = vec![unit[0] as i64];
            for pair in unit[1..].chunks(2) {
                let [operator, number] = [pair[0] - modulus, pair[1]];
                let number = number as i64;
                match operator {
                    0 => terms.push(number),
                    1 => terms.push(-number),
                    _ => {
                        let last = terms.last_mut().expect("a term");
                        *last = (*last * number) % *modulus as i64;
                    }
                }
            }
            let class = terms.iter().sum::<i64>().rem_euclid(*modulus as i64) as usize;
            let mut drawn = vec![vec![choice("first number", unit[0], *modulus)]];
            drawn.extend((end > 1).then(|| {
                vec![choice("first operator", unit[1] - modulus, 3), choice("second number", unit[2], *modulus)]
            }));
            Reading { answers: at_the_end(end, Answer::Class { class, scored: true }), choices: drawn }
        }
        TaskSpec::RandomData(RandomData { features, .. }) => {
            assert!(input.iter().all(|step| step.len() == *features && step.iter().all(|&x| unit_interval(x))));
            let mut answers = vec![Answer::Nothing; end];
            answers[end - 1] = Answer::Unknown;
            let tenth = |x: f32| ((10.0 * x) as usize).min(9);
            let first = choice("tenth of the first feature", tenth(input[0][0]), 10);
            let last = choice("tenth of the last feature", tenth(input[end - 1][features - 1]), 10);
            // With one step of one feature they are the same.
            Reading { answers, choices: vec![length(task, end), vec![first], vec![last]] }
        }
    }
}

/// Nothing but an answer at the last step.
fn at_the_end(end: usize, answer: Answer) -> Vec<Answer> {
    let mut answers = vec![Answer::Nothing; end];
    answers[end - 1] = answer;
    answers
}

/// `waiting` until step `recall`, then the classes that are scored.
fn recalled(waiting: usize, recall: usize, classes: impl Iterator<Item = usize>) -> Vec<Answer> {
    let mut answers = vec![Answer::Class { class: waiting, scored: false }; recall];
    answers.extend(classes.map(|class| Answer::Class { class, scored: true }));
    answers
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

/// Pairs of a number and a marker, as in Hochreiter and Schmidhuber 1997, §5.4 and 5.5: a target `of` the two marked numbers.
fn hochreiter(task: &TaskSpec, input: &[&[f32]], low: f64, neutral: f64, of: impl Fn([f64; 2]) -> f64) -> Reading {
    let end = input.len();
    let Lengths { shortest, longest, .. } = task.lengths().expect("a task with lengths");
    assert!((shortest..=longest + longest / 10).contains(&end), "a length of {end}");
    let marks: Vec<usize> = (0..end).filter(|&t| input[t][1] == 1.0).collect();
    let [first, second] = marks[..] else { panic!("marks at {marks:?}") };
    assert!(first < 10, "one of the first ten pairs is marked");
    for (t, step) in input.iter().enumerate() {
        let end_marker = t == 0 || t == end - 1;
        let right = step[1] == 1.0 || step[1] == if end_marker { -1.0 } else { 0.0 };
        assert!(right && (low..=1.0).contains(&number(step[0])), "step {t}: {step:?}");
    }
    assert!(first > 0 || number(input[0][0]) == neutral);
    let answer = of([number(input[first][0]), number(input[second][0])]);
    // Only with one length, and there with the first pair of marks in the first ten, is a choice simple to tell.
    let fixed = shortest == longest;
    let drawn = fixed.then(|| choice("length", end - shortest, shortest / 10 + 1)).into_iter().collect();
    Reading { answers: at_the_end(end, Answer::Number(answer)), choices: vec![drawn] }
}

/// Units E, B, X, Y, a, b, c, d; windows in hundredths of the shortest length, ends included.
fn temporal_order_hochreiter(task: &TaskSpec, input: &[&[f32]], windows: &[(usize, usize)]) -> Reading {
    let end = input.len();
    let Lengths { shortest, longest, .. } = task.lengths().expect("a task with lengths");
    let symbols: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    assert!((shortest..=longest + longest / 10).contains(&end) && input[0].len() == 8);
    assert!(symbols[end - 1] == 1 && (symbols[0] == 0 || (2..4).contains(&symbols[0])));
    assert!(symbols[1..end - 1].iter().all(|&symbol| symbol >= 2));
    let places: Vec<usize> = (0..end).filter(|&t| (2..4).contains(&symbols[t])).collect();
    assert_eq!(places.len(), windows.len(), "as many symbols as windows");
    let (mut class, mut choices) = (0, vec![]);
    for (k, (&place, &(from, to))) in places.iter().zip(windows).enumerate() {
        class += (symbols[place] - 2) << k;
        choices.push(choice(&format!("symbol {k}"), symbols[place] - 2, 2));
        if shortest == longest {
            let (first, last) = (from * shortest / 100, to * shortest / 100);
            choices.push(choice(&format!("place of symbol {k}"), place - first, last - first + 1));
        }
    }
    let fixed = shortest == longest;
    let length = fixed.then(|| choice("length", end - shortest, shortest / 10 + 1)).into_iter().collect();
    Reading { answers: at_the_end(end, Answer::Class { class, scored: true }), choices: vec![length, choices] }
}

/// The drawn value of the setting `length`, for a task that draws it.
fn length(task: &TaskSpec, drawn: usize) -> Vec<Choice> {
    let Lengths { shortest, longest, .. } = task.lengths().expect("a task with lengths");
    assert!((shortest..=longest).contains(&drawn), "a length of {drawn}");
    let several = longest > shortest;
    several.then(|| choice("length", drawn - shortest, longest - shortest + 1)).into_iter().collect()
}

/// A target `of` two marked numbers at the places that Pascanu's code draws, in a sequence of random length.
fn pascanu(task: &TaskSpec, input: &[&[f32]], of: impl Fn([f64; 2]) -> f64) -> Reading {
    let end = input.len();
    let Lengths { shortest, longest, .. } = task.lengths().expect("a task with lengths");
    assert!((shortest..longest + longest / 10).contains(&end), "a length of {end}");
    let [first, second] = marked(input, 0);
    let (tenth, window) = (end / 10, 4 * end / 10);
    assert!(first < tenth && (tenth..tenth + window).contains(&second), "marks at {first} and {second}");
    assert!(second < end.div_ceil(2), "both marks in the first half");
    let mut answers = vec![Answer::Nothing; input.len()];
    answers[end - 1] = Answer::Number(of([number(input[first][1]), number(input[second][1])]));
    assert!(input.iter().all(|step| unit_interval(step[1])));
    let marks = vec![
        choice(&format!("first mark of {end}"), first, tenth),
        choice(&format!("second mark of {end}"), second - tenth, window),
    ];
    // Where the setting is a range, the sum of two uniform lengths is not uniform.
    let fixed = shortest == longest;
    let length = fixed.then(|| choice("length", end - shortest, shortest / 10)).into_iter().collect();
    Reading { answers, choices: vec![length, marks] }
}

/// Units A, B, c, d, e, f; a window of a tenth of the length begins at each of `tenths`.
fn temporal_order(task: &TaskSpec, input: &[&[f32]], tenths: &[usize]) -> Reading {
    let end = input.len();
    let symbols: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    assert!(input.iter().all(|step| step.len() == 6));
    let places: Vec<usize> = (0..end).filter(|&t| symbols[t] < 2).collect();
    assert_eq!(places.len(), tenths.len(), "as many symbols as windows");
    let (mut class, mut choices) = (0, vec![]);
    for (k, (&place, tenth)) in places.iter().zip(tenths).enumerate() {
        let window = tenth * end / 10..(tenth + 1) * end / 10;
        assert!(window.contains(&place), "symbol {k} at {place}");
        class += symbols[place] << k;
        choices.push(choice(&format!("place of symbol {k} of {end}"), place - window.start, window.len()));
        choices.push(choice(&format!("symbol {k}"), symbols[place], 2));
    }
    choices.push(choice("first distractor", symbols[0] - 2, 4));
    choices.push(choice("last distractor", symbols[end - 1] - 2, 4));
    let choices = vec![length(task, end), choices];
    let mut answers = vec![Answer::Nothing; end];
    answers[end - 1] = Answer::Class { class, scored: true };
    Reading { answers, choices }
}

fn choice(name: &str, drawn: usize, bound: usize) -> Choice {
    assert!(drawn < bound, "{name}: {drawn} of {bound}");
    (name.to_owned(), drawn, bound)
}

/// The steps whose `unit` is 1 where all others are 0; there are to be two.
fn marked(input: &[&[f32]], unit: usize) -> [usize; 2] {
    assert!(input.iter().all(|step| step[unit] == 0.0 || step[unit] == 1.0));
    let marks: Vec<usize> = (0..input.len()).filter(|&t| input[t][unit] == 1.0).collect();
    marks.try_into().unwrap_or_else(|marks| panic!("marks at {marks:?}"))
}

/// Numbers from \[0, 1) are rounded to f32, which may give 1.
fn unit_interval(x: f32) -> bool {
    (0.0..=1.0).contains(&x)
}

fn one_hot(step: &[f32]) -> usize {
    assert!(step.iter().all(|&x| x == 0.0 || x == 1.0) && step.iter().sum::<f32>() == 1.0, "{step:?} is not one-hot");
    step.iter().position(|&x| x == 1.0).expect("a unit that is on")
}

fn number(x: f32) -> f64 {
    x.into()
}

/// One sequence, its input by step.
fn draw(task: &TaskSpec, address: u64) -> Batch {
    Batch::draw(task, &seed::stream(2, Role::Data, &[]), &[address])
}

/// The inputs up to the sequence's own end; behind it there is nothing.
fn rows(batch: &Batch) -> Vec<&[f32]> {
    let end = 1 + batch.last_read(0).expect("an output is read");
    let (own, padding): (Vec<_>, Vec<_>) =
        batch.input.chunks(batch.dimensions.inputs).enumerate().partition(|(t, _)| *t < end);
    assert!(padding.iter().all(|(_, step)| step.iter().all(|&x| x == 0.0)), "inputs after the end");
    own.into_iter().map(|(_, step)| step).collect()
}

#[test]
fn targets_follow_from_the_inputs() {
    for task in every_task() {
        for address in 0..500 {
            let batch = draw(&task, address);
            let Reading { mut answers, .. } = read(&task, &rows(&batch));
            assert!(answers.len() <= batch.dimensions.steps, "{task:?}");
            answers.resize(batch.dimensions.steps, Answer::Nothing);
            for (t, answer) in answers.into_iter().enumerate() {
                let marks = (batch.read[t], batch.scored[t]);
                let right = match (answer, &batch.targets) {
                    (Answer::Nothing, _) => marks == (false, false),
                    // The inputs and the target are rounded to f32 each on its own.
                    (Answer::Number(wanted), Targets::Numbers(targets)) => {
                        marks == (true, true) && (number(targets[t]) - wanted).abs() <= 2e-7
                    }
                    (Answer::Bit(bit), Targets::Numbers(targets)) => {
                        marks == (true, true) && targets[t] == f32::from(u8::from(bit))
                    }
                    (Answer::Class { class, scored }, Targets::Classes(targets)) => {
                        marks == (true, scored) && targets[t] as usize == class
                    }
                    (Answer::Unknown, Targets::Classes(_)) => marks == (true, true),
                    _ => false,
                };
                assert!(right, "{task:?}, sequence {address}, step {t}: {answer:?}, but {batch:?}");
            }
        }
    }
}

/// Each choice, and each with the one before it, comes as often as if it was uniform and independent: within five standard
/// deviations of its binomial count.
#[test]
fn what_is_drawn_is_uniform() {
    const SEQUENCES: u64 = 10_000;
    for task in every_task() {
        // By name: how often each value came, of how many.
        let mut counts: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for address in 0..SEQUENCES {
            let batch = draw(&task, address);
            let Reading { choices, .. } = read(&task, &rows(&batch));
            let mut count = |name: &str, drawn: usize, bound: usize| {
                counts.entry(name.to_owned()).or_insert_with(|| vec![0; bound])[drawn] += 1;
            };
            for group in choices {
                group.iter().for_each(|(name, drawn, bound)| count(name, *drawn, *bound));
                for pair in group.windows(2) {
                    let [(first, a, m), (second, b, n)] = pair else { unreachable!("windows of two") };
                    count(&format!("{first} with {second}"), a * n + b, m * n);
                }
            }
        }
        for (name, counts) in counts {
            let total = f64::from(counts.iter().sum::<u32>());
            let p = 1.0 / counts.len() as f64;
            let deviation = (total * p * (1.0 - p)).sqrt();
            // Rarer values are not normal enough for a bound in standard deviations.
            if total * p < 30.0 {
                continue;
            }
            for (value, &count) in counts.iter().enumerate() {
                let error = (f64::from(count) - total * p).abs();
                assert!(error <= 5.0 * deviation, "{task:?}, {name}: {value} came {count} times of {total}");
            }
        }
    }
}

/// Labels of random data are none of the inputs' business.
#[test]
fn random_labels_do_not_follow_from_the_inputs() {
    const SEQUENCES: u64 = 10_000;
    let task = TaskSpec::RandomData(RandomData { sequences: 1, length: 3.into(), features: 2, classes: 2 });
    let mut correlations = [0.0; 6];
    for address in 0..SEQUENCES {
        let batch = draw(&task, address);
        let Targets::Classes(classes) = &batch.targets else { panic!("labels are classes") };
        let label = 2.0 * f64::from(classes[2]) - 1.0;
        for (correlation, &x) in correlations.iter_mut().zip(&batch.input) {
            *correlation += label * (number(x) - 0.5) * 12f64.sqrt() / SEQUENCES as f64;
        }
    }
    let bound = 5.0 / (SEQUENCES as f64).sqrt();
    assert!(correlations.iter().all(|c| c.abs() <= bound), "{correlations:?}");
}
