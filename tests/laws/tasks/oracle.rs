//! The oracle, which sees nothing but the inputs, is right; and what it needs lies as far back as the task says.

use longlag::{
    component::task::{Answers, Batch, Lengths, Solved, TaskSpec},
    seed::{self, Purpose},
    train::score,
};

use super::{estimate::Ratio, sizes::every_task};

fn draw(task: &TaskSpec, address: u64) -> Batch {
    Batch::draw(task, &seed::stream(4, Purpose::Data, &[]), &[address])
}

/// The inputs up to the sequence's own end.
fn rows(batch: &Batch) -> Vec<&[f32]> {
    let end = 1 + batch.last_read(0).expect("an output is read");
    batch.input.chunks(batch.dimensions.inputs).take(end).collect()
}

fn answers(task: &TaskSpec, input: &[&[f32]]) -> Option<Answers> {
    let mut answers = Answers::blank(task.dimensions());
    task.oracle(input, &mut answers).then_some(answers)
}

#[test]
fn the_oracle_scores_perfectly() {
    for task in every_task() {
        let Lengths { shortest, longest, .. } = task.lengths().expect("every task has a length");
        let mut losses = Ratio::default();
        for address in 0..500 {
            let batch = draw(&task, address);
            let Some(answers) = answers(&task, &rows(&batch)) else {
                assert_eq!(
                    (task.kind(), task.lag(), task.solved()),
                    ("random-data", None, None),
                    "only labels are no function"
                );
                break;
            };
            let outputs: Vec<f32> = batch.read_steps().iter().flat_map(|&t| answers.at(t)).copied().collect();
            let score = score(&batch, &outputs, task.tolerance());
            assert_eq!(score.accuracy, 1.0, "{task:?}, sequence {address}");
            losses.add(score.loss, batch.reads());
            // Inputs and targets are rounded to f32 each on its own. What cannot be learnt may depend on the length.
            let error = (score.loss - task.floor()).abs();
            let alike = shortest == longest || task.floor() == 0.0;
            assert!(!alike || error <= 1e-12, "{task:?}, {address}: a loss of {}, not {}", score.loss, task.floor());
        }
        if task.lag().is_some() {
            let (loss, error) = losses.estimate();
            assert!((loss - task.floor()).abs() <= 5.0 * error + 1e-12, "{task:?}: {loss}, not {}", task.floor());
        }
    }
}

/// Who knows all has solved the task; who ignores the input, or has forgotten the earliest one, has not.
#[test]
fn a_solution_is_told_from_chance_and_from_the_plateau() {
    for task in every_task() {
        let plateau = task.plateau().expect("every task documents its plateau");
        match task.solved() {
            Some(Solved::LossBelow(bound)) => assert!(task.floor() < bound && bound < plateau, "{task:?}: {bound}"),
            Some(Solved::AccuracyFrom(share)) => {
                assert!(task.chance().accuracy < share && share <= 1.0, "{task:?}: {share}");
            }
            None => assert_eq!(task.lag(), None, "{task:?} can be learnt and is never solved"),
        }
    }
}

/// Exchanging one step with that of another sequence of the same length changes answers only within the lag, and in tasks that
/// are short enough for everything to come up, all of it.
#[test]
fn answers_depend_on_inputs_within_the_lag_and_on_no_others() {
    /// Steps of a task in which everything comes up.
    const SHORT: usize = 14;
    for task in every_task().into_iter().filter(|task| task.dimensions().steps <= 60) {
        let Some(lag) = task.lag() else { continue };
        let (mut shortest, mut longest) = (usize::MAX, 0);
        let sequences = if task.dimensions().steps <= SHORT { 4000 } else { 400 };
        for address in 0..sequences {
            let (batch, other) = (draw(&task, address), draw(&task, address + sequences));
            let (own, others) = (rows(&batch), rows(&other));
            if own.len() != others.len() {
                continue;
            }
            let before = answers(&task, &own).expect("a task with a lag has an oracle");
            for s in 0..own.len() {
                let mut changed = own.clone();
                changed[s] = others[s];
                let after = answers(&task, &changed).expect("a task with a lag has an oracle");
                for t in (0..own.len()).filter(|&t| batch.scored[t] && before.at(t) != after.at(t)) {
                    let found = t.checked_sub(s).unwrap_or_else(|| panic!("{task:?}: step {t} depends on step {s}"));
                    assert!(
                        (lag.shortest..=lag.longest).contains(&found),
                        "{task:?}: a lag of {found}, not in {lag:?}"
                    );
                    (shortest, longest) = (shortest.min(found), longest.max(found));
                }
            }
        }
        assert!(shortest <= longest, "{task:?}: nothing depends on anything");
        if task.dimensions().steps <= SHORT {
            assert_eq!((shortest, longest), (lag.shortest, lag.longest), "{task:?}");
        }
    }
}
