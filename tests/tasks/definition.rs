//! Every task's definition, told once more: from the inputs alone, what is to be answered and what was drawn.

use std::collections::BTreeMap;

use longlag::{
    seed::{self, Role},
    task::{
        Adding, AddingPascanu, Batch, Copy, Lengths, RandomData, Targets, TaskSpec, TemporalOrder2, TemporalOrder3,
    },
};

use crate::sizes::every_task;

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
