//! Sequences are what their definition says.

use std::collections::BTreeMap;

use longlag::{
    component::task::{Batch, RandomData, Targets, TaskSpec},
    seed::{self, Purpose},
};

use super::{Answer, Reading, read};
use crate::tasks::sizes::every_task;

/// One sequence, its input by step.
fn draw(task: &TaskSpec, address: u64) -> Batch {
    Batch::draw(task, &seed::stream(2, Purpose::Data, &[]), &[address])
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
                        marks == (true, true) && (f64::from(targets[t]) - wanted).abs() <= 2e-7
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
            *correlation += label * (f64::from(x) - 0.5) * 12f64.sqrt() / SEQUENCES as f64;
        }
    }
    let bound = 5.0 / (SEQUENCES as f64).sqrt();
    assert!(correlations.iter().all(|c| c.abs() <= bound), "{correlations:?}");
}
