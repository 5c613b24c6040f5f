//! Tasks that ask for a state that is kept, or carried on, from the beginning.

use std::collections::BTreeMap;

use longlag::component::task::{
    CycleNavigation, DelayedXor, ModularArithmetic, Permutation, PermutationScore, RandomData, TaskSpec,
};

use super::reading::{Answer, Reading, choice, length, one_hot, unit_interval};

/// The first of two symbols is due at the end, behind symbols of other kinds.
pub fn permutation(task: &TaskSpec, permutation: &Permutation, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let Permutation { symbols, score, .. } = permutation;
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
    Reading { answers, earliest: [(end - 1, 0)].into(), choices: drawn.chain([length(task, end)]).collect() }
}

/// The sign of the first input is due at the end.
pub fn latch(task: &TaskSpec, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let first = input[0][0];
    assert!(first.abs() == 1.0 && input[0].len() == 1);
    let sign = choice("sign", usize::from(first > 0.0), 2);
    let mut drawn = vec![length(task, end), vec![sign]];
    // Where there is noise, half of it is positive.
    let positive = |t: usize| choice(&format!("noise at {t}"), usize::from(input[t][0] > 0.0), 2);
    drawn.extend((end > 1 && input[1][0] != 0.0).then(|| vec![positive(1)]));
    Reading::at_the_end(end, Answer::Bit(first > 0.0), 0, drawn)
}

/// The parity of bits at multiples of the delay is due at every step that has them.
pub fn delayed_xor(task: &TaskSpec, xor: &DelayedXor, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let DelayedXor { delay, terms, .. } = xor;
    let bit: Vec<usize> = input.iter().map(|step| step[0] as usize).collect();
    assert!(input.iter().all(|step| *step == [0.0] || *step == [1.0]));
    let due = |t: usize| {
        let ones: usize = (1..=*terms).map(|k| bit[t - k * delay]).sum();
        if ones % 2 == 1 { Answer::Bit(true) } else { Answer::Bit(false) }
    };
    let first = terms * delay;
    let answers = (0..end).map(|t| if t < first { Answer::Nothing } else { due(t) }).collect();
    let drawn = [0, 1, first].map(|t| choice(&format!("bit {t}"), bit[t], 2)).to_vec();
    let earliest = (first..end).map(|t| (t, t - first)).collect();
    Reading { answers, earliest, choices: vec![length(task, end - first), drawn] }
}

/// Whether the ones are odd in number is due at the end.
pub fn parity(task: &TaskSpec, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let bit: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    let odd = bit.iter().filter(|&&bit| bit == 1).count() % 2;
    let answer = Answer::Class { class: odd, scored: true };
    let drawn = vec![vec![choice("first bit", bit[0], 2)], vec![choice("last bit", bit[end - 1], 2)]];
    Reading::at_the_end(end, answer, 0, drawn.into_iter().chain([length(task, end)]).collect())
}

/// The place on a circle after steps to the left, none, or to the right is due at the end.
pub fn cycle_navigation(task: &TaskSpec, circle: &CycleNavigation, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let CycleNavigation { positions, .. } = circle;
    let action: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    let walked: i64 = action.iter().map(|&action| action as i64 - 1).sum();
    let class = walked.rem_euclid(*positions as i64) as usize;
    let drawn = vec![vec![choice("first step", action[0], 3)], vec![choice("last step", action[end - 1], 3)]];
    let choices = drawn.into_iter().chain([length(task, end)]).collect();
    Reading::at_the_end(end, Answer::Class { class, scored: true }, 0, choices)
}

/// The value of numbers with +, − and × between them is due at the end.
pub fn modular_arithmetic(arithmetic: &ModularArithmetic, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let ModularArithmetic { modulus, .. } = arithmetic;
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
    drawn.extend(
        (end > 1)
            .then(|| vec![choice("first operator", unit[1] - modulus, 3), choice("second number", unit[2], *modulus)]),
    );
    Reading::at_the_end(end, Answer::Class { class, scored: true }, 0, drawn)
}

/// A class that nothing tells is due at the end.
pub fn random_data(task: &TaskSpec, data: &RandomData, input: &[&[f32]]) -> Reading {
    let end = input.len();
    let RandomData { features, .. } = data;
    assert!(input.iter().all(|step| step.len() == *features && step.iter().all(|&x| unit_interval(x))));
    let answers = (1..=end).map(|t| if t < end { Answer::Nothing } else { Answer::Unknown }).collect();
    let tenth = |x: f32| ((10.0 * x) as usize).min(9);
    let first = choice("tenth of the first feature", tenth(input[0][0]), 10);
    let last = choice("tenth of the last feature", tenth(input[end - 1][features - 1]), 10);
    // With one step of one feature they are the same.
    Reading { answers, earliest: BTreeMap::new(), choices: vec![length(task, end), vec![first], vec![last]] }
}
