//! The chance level of a data set: the best constant answer to its training sequences.

use super::{
    super::Chance,
    contents::Outputs,
    sequences::{Sequences, Target},
};

/// The chance level, and the fraction of sequences that the constant answer gets right throughout, where any has several targets.
pub(super) fn chance(sequences: &Sequences, tolerance: f64) -> (Chance, Option<f64>) {
    match sequences.form().outputs {
        Outputs::Classes => of_classes(sequences),
        Outputs::Numbers => of_numbers(sequences, tolerance),
    }
}

fn of_classes(sequences: &Sequences) -> (Chance, Option<f64>) {
    let count = sequences.count(0);
    let mut counts = vec![0_u64; sequences.form().width];
    for number in 0..count {
        sequences.targets(0, number, |_, target| {
            if let Target::Class(class) = target {
                counts[class as usize] += 1;
            }
        });
    }
    let total: u64 = counts.iter().sum();
    let chance = Chance::of_classes(&counts.iter().map(|&count| count as f64 / total as f64).collect::<Vec<_>>());
    let most =
        counts.iter().enumerate().fold(0, |best, (class, &count)| if count > counts[best] { class } else { best });
    let exact = exact_match(sequences, |target| matches!(target, Target::Class(class) if class as usize == most));
    (chance, exact)
}

fn of_numbers(sequences: &Sequences, tolerance: f64) -> (Chance, Option<f64>) {
    let (count, width) = (sequences.count(0), sequences.form().width);
    let mut sums = vec![(0.0, 0.0); width];
    let mut reads = 0_u64;
    // The mean first: deviations from it keep their digits whatever its size.
    for pass in 0..2 {
        for number in 0..count {
            sequences.targets(0, number, |_, target| {
                let Target::Numbers(array, from) = target else { return };
                reads += u64::from(pass == 0);
                for (unit, (sum, squares)) in sums.iter_mut().enumerate() {
                    let value = f64::from(array.values.single(from + unit));
                    match pass {
                        0 => *sum += value,
                        _ => *squares += (value - *sum) * (value - *sum),
                    }
                }
            });
        }
        if pass == 0 {
            sums.iter_mut().for_each(|(sum, _)| *sum /= reads as f64);
        }
    }
    let loss = sums.iter().map(|(_, squares)| squares / reads as f64).sum::<f64>() / width as f64;
    let mut best: Vec<f64> = sums.iter().map(|(mean, _)| *mean).collect();
    if width == 1 {
        best[0] = centre(sequences, tolerance);
    }
    let is_right = |target: Target<'_>| {
        let Target::Numbers(array, from) = target else { return false };
        let error = |(unit, best): (usize, &f64)| (f64::from(array.values.single(from + unit)) - best).abs();
        best.iter().enumerate().map(error).all(|error| error <= tolerance)
    };
    let mut right = 0_u64;
    for number in 0..count {
        sequences.targets(0, number, |_, target| right += u64::from(is_right(target)));
    }
    let accuracy = right as f64 / reads as f64;
    (Chance { loss, accuracy }, exact_match(sequences, is_right))
}

/// The number within `tolerance` of which most targets lie: the middle of the fullest window of that width.
fn centre(sequences: &Sequences, tolerance: f64) -> f64 {
    let mut values = vec![];
    for number in 0..sequences.count(0) {
        sequences.targets(0, number, |_, target| {
            if let Target::Numbers(array, from) = target {
                values.push(f64::from(array.values.single(from)));
            }
        });
    }
    values.sort_by(f64::total_cmp);
    let (mut first, mut best, mut centre) = (0, 0, values.first().copied().unwrap_or(0.0));
    for last in 0..values.len() {
        while values[last] - values[first] > 2.0 * tolerance {
            first += 1;
        }
        if last + 1 - first > best {
            best = last + 1 - first;
            centre = f64::midpoint(values[first], values[last]);
        }
    }
    centre
}

fn exact_match(sequences: &Sequences, is_right: impl Fn(Target<'_>) -> bool) -> Option<f64> {
    let count = sequences.count(0);
    let (mut exact, mut several) = (0_u64, false);
    for number in 0..count {
        let (mut asked, mut right) = (0_u64, 0_u64);
        sequences.targets(0, number, |_, target| (asked, right) = (asked + 1, right + u64::from(is_right(target))));
        several |= asked > 1;
        exact += u64::from(asked == right);
    }
    several.then(|| exact as f64 / count as f64)
}
