//! A sequence read back, and the words to tell it with.

use std::collections::BTreeMap;

use longlag::component::task::{Lengths, TaskSpec};

/// The answer that is due at a step.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
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
pub struct Reading {
    /// For each step.
    pub answers: Vec<Answer>,
    /// For each step whose answer depends on inputs, the earliest step of those inputs.
    pub earliest: BTreeMap<usize, usize>,
    /// The draws that the definition says to be uniform; independent of each other within a group.
    pub choices: Vec<Vec<Choice>>,
}

/// (name, drawn, bound): one of 0..bound.
pub type Choice = (String, usize, usize);

impl Reading {
    /// One answer, after the last step, whose earliest input is that of step `earliest`.
    pub fn at_the_end(end: usize, answer: Answer, earliest: usize, choices: Vec<Vec<Choice>>) -> Self {
        let mut answers = vec![Answer::Nothing; end];
        answers[end - 1] = answer;
        Self { answers, earliest: [(end - 1, earliest)].into(), choices }
    }

    /// `waiting` at each step before `recall`; from there on the classes that came at the steps `places`, which are scored.
    pub fn recalled(
        waiting: Answer,
        recall: usize,
        classes: impl Iterator<Item = usize>,
        places: impl Iterator<Item = usize>,
        choices: Vec<Vec<Choice>>,
    ) -> Self {
        let mut answers = vec![waiting; recall];
        answers.extend(classes.map(|class| Answer::Class { class, scored: true }));
        Self { earliest: (recall..answers.len()).zip(places).collect(), answers, choices }
    }
}

/// The drawn value of the setting `length`, for a task that draws it.
pub fn length(task: &TaskSpec, drawn: usize) -> Vec<Choice> {
    let Lengths { shortest, longest, .. } = task.lengths().expect("a task with lengths");
    assert!((shortest..=longest).contains(&drawn), "a length of {drawn}");
    let several = longest > shortest;
    several.then(|| choice("length", drawn - shortest, longest - shortest + 1)).into_iter().collect()
}

pub fn choice(name: &str, drawn: usize, bound: usize) -> Choice {
    assert!(drawn < bound, "{name}: {drawn} of {bound}");
    (name.to_owned(), drawn, bound)
}

/// Numbers from \[0, 1) are rounded to f32, which may give 1.
pub fn unit_interval(x: f32) -> bool {
    (0.0..=1.0).contains(&x)
}

/// The unit that is on.
pub fn one_hot(step: &[f32]) -> usize {
    assert!(step.iter().all(|&x| x == 0.0 || x == 1.0) && step.iter().sum::<f32>() == 1.0, "{step:?} is not one-hot");
    step.iter().position(|&x| x == 1.0).expect("a unit that is on")
}

pub fn number(x: f32) -> f64 {
    x.into()
}
