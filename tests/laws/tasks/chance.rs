//! The chance level that a task documents, met by the best predictor that does not see the input.

use std::collections::BTreeMap;

use longlag::{
    component::task::{Batch, Goal, Targets, TaskSpec},
    seed::{self, Purpose},
    train::score,
};

use super::{estimate::Ratio, sizes::every_task};

/// Sequences to find the best predictor on, and as many others to judge it on.
const SEQUENCES: u64 = 10_000;

/// For every length and step that is read, what to answer there whatever the input: the mean of the targets, or the logarithms
/// of their frequencies, which are the best constants in squared error and in cross-entropy.
struct Constant {
    answers: BTreeMap<(usize, usize), Vec<f64>>,
}

impl Constant {
    fn fitted(task: &TaskSpec) -> Self {
        let width = task.dimensions().goal.width();
        let mut sums: BTreeMap<(usize, usize), (f64, Vec<f64>)> = BTreeMap::new();
        for address in 0..SEQUENCES {
            let batch = draw(task, Purpose::Data, address);
            for t in batch.read_steps() {
                let (count, sum) = sums.entry((end(&batch), t)).or_insert_with(|| (0.0, vec![0.0; width]));
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
        // Half of each is added, so that what did not come is not impossible.
        let answer = |total: f64, count: f64, class: usize| match task.dimensions().goal {
            Goal::Numbers(_) => total / count,
            // Equal frequencies happen, and equal logits would be no answer.
            Goal::Classes(classes) => libm::log((total + 0.5) / (count + 0.5 * classes as f64)) - 1e-6 * class as f64,
            Goal::Bits(_) => libm::log((total + 0.5) / (count - total + 0.5)) + 1e-6,
        };
        let answers = sums.into_iter().map(|(place, (count, sum))| {
            (place, sum.into_iter().enumerate().map(|(class, total)| answer(total, count, class)).collect())
        });
        Self { answers: answers.collect() }
    }

    /// Its outputs for a batch of one sequence.
    fn outputs(&self, batch: &Batch) -> Vec<f32> {
        let of = |t: &usize| self.answers.get(&(end(batch), *t)).expect("a length that came before");
        batch.read_steps().iter().flat_map(of).map(|&x| x as f32).collect()
    }
}

fn draw(task: &TaskSpec, role: Purpose, address: u64) -> Batch {
    Batch::draw(task, &seed::stream(3, role, &[]), &[address])
}

/// The last step that is read: the length of a sequence, but for 1.
fn end(batch: &Batch) -> usize {
    batch.last_read(0).expect("an output is read")
}

/// The judged predictor differs from the documented one by the sampling error of its judgement, five standard errors over
/// sequences, and by the error of its fit: a constant fitted to n targets costs less than 1/n for each of its numbers (σ²/n in
/// squared error with σ² < 1; (classes − 1)/2n nats in cross-entropy).
#[test]
fn the_best_constant_predictor_scores_the_documented_chance() {
    for task in every_task() {
        let constant = Constant::fitted(&task);
        let (mut losses, mut accuracies, mut exact) = (Ratio::default(), Ratio::default(), Ratio::default());
        let mut several = false;
        let mut reads = 0;
        for address in 0..SEQUENCES {
            let batch = draw(&task, Purpose::Test, address);
            let score = score(&batch, &constant.outputs(&batch), task.tolerance());
            losses.add(score.loss, batch.reads());
            accuracies.add(score.accuracy, batch.scored.iter().filter(|&&scored| scored).count());
            let scored = batch.scored.iter().filter(|&&scored| scored).count();
            several |= scored > 1;
            exact.add(score.exact_match.unwrap_or(score.accuracy), usize::from(scored > 0));
            reads += batch.reads();
        }
        let chance = task.chance();
        let (loss, error) = losses.estimate();
        let fitted = (constant.answers.len() * task.dimensions().goal.width()) as f64;
        let bound = 5.0 * error + fitted / reads as f64;
        assert!((loss - chance.loss).abs() <= bound, "{task:?}: loss {loss} ± {bound}, not {}", chance.loss);

        assert_eq!(task.exact_match().is_some(), several, "{task:?}: several outputs are scored");
        if let Some(wanted) = task.exact_match() {
            let (found, error) = exact.estimate();
            let bound = 5.0 * error.max((wanted / SEQUENCES as f64).sqrt());
            assert!((found - wanted).abs() <= bound, "{task:?}: exact match {found} ± {bound}, not {wanted}");
        }

        // Which constant is best does not matter to the accuracy of a guess among equals, and a near equal costs little.
        if !matches!(task.dimensions().goal, Goal::Numbers(_)) {
            let (accuracy, error) = accuracies.estimate();
            let bound = 5.0 * error + constant.answers.len() as f64 / SEQUENCES as f64;
            let wanted = chance.accuracy;
            assert!((accuracy - wanted).abs() <= bound, "{task:?}: accuracy {accuracy} ± {bound}, not {wanted}");
        }
    }
}

/// Of the numbers that could be answered always, the best one is right as often as documented, and none is more often.
#[test]
fn the_best_guess_of_a_number_is_right_as_often_as_documented() {
    const GUESSES: usize = 101;
    for task in every_task().into_iter().filter(|task| matches!(task.dimensions().goal, Goal::Numbers(1))) {
        // From −0.5 to 2, in steps of a fortieth and, for what is best at the tolerance itself, that.
        let guesses = (0..GUESSES).map(|k| k as f64 / 40.0 - 0.5).chain([task.tolerance()]);
        let mut right: Vec<(f64, u32)> = guesses.map(|guess| (guess, 0)).collect();
        for address in 0..SEQUENCES {
            let batch = draw(&task, Purpose::Test, address);
            let Targets::Numbers(targets) = &batch.targets else { panic!("{task:?}: the goal is a number") };
            let target = f64::from(targets[end(&batch)]);
            right
                .iter_mut()
                .for_each(|(guess, count)| *count += u32::from((*guess - target).abs() <= task.tolerance()));
        }
        let best = right.iter().map(|&(_, count)| f64::from(count)).fold(0.0, f64::max) / SEQUENCES as f64;
        let wanted = task.chance().accuracy;
        let bound = 5.0 * (wanted * (1.0 - wanted) / SEQUENCES as f64).sqrt();
        assert!((best - wanted).abs() <= bound, "{task:?}: the best guess is right in {best}, not {wanted}");
    }
}
