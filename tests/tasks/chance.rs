//! The chance level that a task documents, met by the best predictor that does not see the input.

use std::collections::BTreeMap;

use longlag::{
    seed::{self, Role},
    task::{Batch, Goal, Targets, TaskSpec},
    train::score,
};

use crate::sizes::every_task;

/// Sequences to find the best predictor on, and as many others to judge it on.
const SEQUENCES: u64 = 10_000;

/// For every step that is read, what to answer there whatever the input: the mean of the targets, or the logarithms of
/// their frequencies, which are the best constants in squared error and in cross-entropy.
struct Constant {
    answers: BTreeMap<usize, Vec<f64>>,
}

impl Constant {
    fn fitted(task: &TaskSpec) -> Self {
        let width = task.dimensions().goal.width();
        let mut sums: BTreeMap<usize, (f64, Vec<f64>)> = BTreeMap::new();
        for address in 0..SEQUENCES {
            let batch = draw(task, Role::Data, address);
            for t in batch.read_steps() {
                let (count, sum) = sums.entry(t).or_insert_with(|| (0.0, vec![0.0; width]));
                *count += 1.0;
                match &batch.targets {
                    Targets::Numbers(numbers) => {
                        let target = &numbers[t * width..][..width];
                        sum.iter_mut().zip(target).for_each(|(sum, &x)| *sum += f64::from(x));
                    }
                    Targets::Classes(classes) => sum[classes[t] as usize] += 1.0,
                }
            }
        }
        let answer = |total: f64, count: f64, class: usize| match task.dimensions().goal {
            Goal::Numbers(_) => total / count,
            // Equal frequencies happen, and equal logits would be no answer.
            Goal::Classes(_) => libm::log(total / count) - 1e-6 * class as f64,
        };
        let answers = sums.into_iter().map(|(t, (count, sum))| {
            (t, sum.into_iter().enumerate().map(|(class, total)| answer(total, count, class)).collect())
        });
        Self { answers: answers.collect() }
    }

    /// Its outputs for a batch of one sequence.
    fn outputs(&self, batch: &Batch) -> Vec<f32> {
        batch.read_steps().iter().flat_map(|t| &self.answers[t]).map(|&x| x as f32).collect()
    }
}

fn draw(task: &TaskSpec, role: Role, address: u64) -> Batch {
    Batch::draw(task, &seed::stream(3, role, &[]), &[address])
}

/// Mean and standard error.
fn estimate(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

/// The judged predictor differs from the documented one by the sampling error of its judgement, five standard errors of the
/// mean over sequences, and by the error of its fit: a constant fitted to n targets costs less than 1/n for each of its
/// numbers (σ²/n in squared error with σ² < 1; (classes − 1)/2n nats in cross-entropy).
#[test]
fn the_best_constant_predictor_scores_the_documented_chance() {
    for task in every_task() {
        let constant = Constant::fitted(&task);
        let scores: Vec<_> = (0..SEQUENCES)
            .map(|address| {
                let batch = draw(&task, Role::Test, address);
                score(&batch, &constant.outputs(&batch), task.tolerance())
            })
            .collect();
        let of = |metric: fn(&longlag::train::Score) -> f64| estimate(&scores.iter().map(metric).collect::<Vec<_>>());
        let chance = task.chance();
        let (loss, error) = of(|score| score.loss);
        let reads = draw(&task, Role::Data, 0).reads() as f64;
        let fitted = (constant.answers.len() * task.dimensions().goal.width()) as f64;
        let bound = 5.0 * error + fitted / (SEQUENCES as f64 * reads);
        assert!((loss - chance.loss).abs() <= bound, "{task:?}: loss {loss} ± {bound}, not {}", chance.loss);

        // Which constant is best does not matter to the accuracy of a guess among equals; where the targets are numbers the
        // fit's error moves it by less than the sampling error.
        let (accuracy, error) = of(|score| score.accuracy);
        let bound = 5.0 * error + 1.0 / SEQUENCES as f64;
        let wanted = chance.accuracy;
        assert!((accuracy - wanted).abs() <= bound, "{task:?}: accuracy {accuracy} ± {bound}, not {wanted}");
    }
}

/// No other constant is right more often than the documented accuracy: its tolerance hides no better guess.
#[test]
fn no_constant_beats_the_documented_accuracy() {
    for task in every_task().into_iter().filter(|task| matches!(task.dimensions().goal, Goal::Numbers(1))) {
        for guess in 0..=40 {
            let guess = guess as f32 / 20.0;
            let accuracies: Vec<f64> = (0..2000)
                .map(|address| {
                    let batch = draw(&task, Role::Test, address);
                    score(&batch, &vec![guess; batch.reads()], task.tolerance()).accuracy
                })
                .collect();
            let (accuracy, error) = estimate(&accuracies);
            let best = task.chance().accuracy;
            assert!(accuracy <= best + 5.0 * error, "{task:?}: {guess} is right in {accuracy}, more than {best}");
        }
    }
}
