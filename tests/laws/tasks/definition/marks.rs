//! Tasks that ask for a function of two marked inputs.

use longlag::component::task::{Lengths, TaskSpec};

use super::reading::{Answer, Choice, Reading, choice, length, number, unit_interval};

/// The steps whose `unit` is 1 where all others are 0; there are to be two.
fn marked(input: &[&[f32]], unit: usize) -> [usize; 2] {
    assert!(input.iter().all(|step| step[unit] == 0.0 || step[unit] == 1.0));
    let marks: Vec<usize> = (0..input.len()).filter(|&t| input[t][unit] == 1.0).collect();
    marks.try_into().unwrap_or_else(|marks| panic!("marks at {marks:?}"))
}

/// Pairs of a number from \[0, 1) and a marker; a target `of` the two marked numbers.
fn pairs(
    task: &TaskSpec,
    input: &[&[f32]],
    [first, second]: [usize; 2],
    marks: Vec<Choice>,
    of: impl Fn([f64; 2]) -> f64,
) -> Reading {
    assert!(input.iter().all(|step| unit_interval(step[0])));
    let answer = Answer::Number(of([number(input[first][0]), number(input[second][0])]));
    Reading::at_the_end(input.len(), answer, first, vec![length(task, input.len()), marks])
}

/// One mark in the first half and one in the second.
pub fn one_in_each_half(task: &TaskSpec, input: &[&[f32]], of: impl Fn([f64; 2]) -> f64) -> Reading {
    let end = input.len();
    let half = end / 2;
    let [first, second] = marked(input, 1);
    assert!(first < half && half <= second, "one mark in each half");
    let marks = vec![
        choice(&format!("first mark of {end}"), first, half),
        choice(&format!("second mark of {end}"), second - half, end - half),
    ];
    pairs(task, input, [first, second], marks, of)
}

/// Two different marks anywhere.
pub fn anywhere(task: &TaskSpec, input: &[&[f32]], of: impl Fn([f64; 2]) -> f64) -> Reading {
    let end = input.len();
    let [first, second] = marked(input, 1);
    let pair = second * (second - 1) / 2 + first;
    let marks = vec![choice(&format!("both marks of {end}"), pair, end * (end - 1) / 2)];
    pairs(task, input, [first, second], marks, of)
}

/// A target `of` two marked numbers at the places that Pascanu's code draws, in a sequence of random length.
pub fn pascanu(task: &TaskSpec, input: &[&[f32]], of: impl Fn([f64; 2]) -> f64) -> Reading {
    let end = input.len();
    let Lengths { shortest, longest, .. } = task.lengths().expect("a task with lengths");
    assert!((shortest..longest + longest / 10).contains(&end), "a length of {end}");
    let [first, second] = marked(input, 0);
    let (tenth, window) = (end / 10, 4 * end / 10);
    assert!(first < tenth && (tenth..tenth + window).contains(&second), "marks at {first} and {second}");
    assert!(second < end.div_ceil(2), "both marks in the first half");
    let answer = Answer::Number(of([number(input[first][1]), number(input[second][1])]));
    assert!(input.iter().all(|step| unit_interval(step[1])));
    let marks = vec![
        choice(&format!("first mark of {end}"), first, tenth),
        choice(&format!("second mark of {end}"), second - tenth, window),
    ];
    // Where the setting is a range, the sum of two uniform lengths is not uniform.
    let fixed = shortest == longest;
    let length = fixed.then(|| choice("length", end - shortest, shortest / 10)).into_iter().collect();
    Reading::at_the_end(end, answer, first, vec![length, marks])
}

/// Pairs of a number and a marker, as in Hochreiter and Schmidhuber 1997, §5.4 and 5.5: a target `of` the two marked numbers.
pub fn hochreiter(task: &TaskSpec, input: &[&[f32]], low: f64, neutral: f64, of: impl Fn([f64; 2]) -> f64) -> Reading {
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
    Reading::at_the_end(end, Answer::Number(answer), first, vec![drawn])
}

/// Two bits marked by 1, one in the first tenth and one before the middle; the ends carry a marker of −1.
pub fn xor(task: &TaskSpec, input: &[&[f32]]) -> Reading {
    let end = input.len();
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
    Reading::at_the_end(end, Answer::Bit(answer), first, vec![length(task, end), choices])
}
