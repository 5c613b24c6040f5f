//! The loss that a task documents for a memory just too short, met by a predictor that knows everything but the earliest input
//! that an answer depends on.
//!
//! The predictor is no formula of the task's: the definition told in `definition` says which input is the earliest, and the
//! answers follow from putting in its place what other sequences have there.

use std::collections::BTreeMap;

use longlag::{
    component::task::{Answers, Batch, Goal, TaskSpec},
    seed::{self, Purpose},
    train::score,
};

use super::{
    definition::{Reading, read},
    estimate::Ratio,
    sizes::every_task,
};

const SEQUENCES: u64 = 2000;

/// At most so many inputs are put in the place of the earliest one.
const REDRAWS: usize = 64;

fn draw(task: &TaskSpec, role: Purpose, address: u64) -> Batch {
    Batch::draw(task, &seed::stream(6, role, &[]), &[address])
}

/// The inputs up to the sequence's own end.
fn rows(batch: &Batch) -> Vec<&[f32]> {
    let end = 1 + batch.last_read(0).expect("an output is read");
    batch.input.chunks(batch.dimensions.inputs).take(end).collect()
}

fn answers(task: &TaskSpec, input: &[&[f32]]) -> Answers {
    let mut answers = Answers::blank(task.dimensions());
    assert!(task.oracle(input, &mut answers), "{task:?} has a lag and no oracle");
    answers
}

/// The inputs that may stand in the place of an earliest one, each with its share.
struct Redraws {
    rows: Vec<(Vec<f32>, f64)>,
    /// Whether these are all that there are.
    all: bool,
}

impl Redraws {
    fn new(task: &TaskSpec) -> Self {
        let mut counts: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
        for address in 0..SEQUENCES {
            let batch = draw(task, Purpose::Data, address);
            let input = rows(&batch);
            for &step in read(task, &input).earliest.values() {
                let bits = input[step].iter().map(|x| x.to_bits()).collect();
                *counts.entry(bits).or_default() += 1;
            }
        }
        let all = counts.len() <= REDRAWS;
        if !all {
            counts = quantiles(&counts);
        }
        let total: u64 = counts.values().sum();
        let rows = counts
            .into_iter()
            .map(|(bits, count)| (bits.into_iter().map(f32::from_bits).collect(), count as f64 / total as f64));
        Self { rows: rows.collect(), all }
    }

    /// The best outputs at step `t` when the input at step `earliest` may have been any of these; and whether it matters.
    fn outputs(&self, task: &TaskSpec, input: &[&[f32]], t: usize, earliest: usize) -> (Vec<f64>, bool) {
        let goal = task.dimensions().goal;
        let own = answers(task, input).at(t).to_vec();
        let mut mean = vec![0.0; goal.width()];
        let mut matters = false;
        for (row, share) in &self.rows {
            let mut other = input.to_vec();
            other[earliest] = row;
            let answers = answers(task, &other);
            let said = answers.at(t);
            matters |= said != own;
            let expected = expectations(goal, said);
            mean.iter_mut().zip(expected).for_each(|(mean, expected)| *mean += share * expected);
        }
        (logits(goal, mean), matters)
    }
}

/// `REDRAWS` rows at even distances among all that came, in the order of the bits of their numbers, so that small and large ones
/// are taken alike, and one that came often (the first factor that is 1, say) as often as it came.
fn quantiles(counts: &BTreeMap<Vec<u32>, u64>) -> BTreeMap<Vec<u32>, u64> {
    let parts = REDRAWS as u64;
    let total: u64 = counts.values().sum();
    let mut taken = BTreeMap::new();
    let (mut seen, mut next) = (0, 0);
    for (row, count) in counts {
        seen += count;
        // The middle of part k lies at (k + 1/2)/parts of all rows.
        while next < parts && (2 * next + 1) * total < 2 * parts * seen {
            *taken.entry(row.clone()).or_default() += 1;
            next += 1;
        }
    }
    taken
}

/// The expectations that outputs stand for: probabilities, or the numbers themselves.
fn expectations(goal: Goal, outputs: &[f32]) -> Vec<f64> {
    let outputs = outputs.iter().map(|&x| f64::from(x));
    match goal {
        Goal::Numbers(_) => outputs.collect(),
        Goal::Bits(_) => outputs.map(|x| 1.0 / (1.0 + libm::exp(-x))).collect(),
        Goal::Classes(_) => {
            let weights: Vec<f64> = outputs.map(libm::exp).collect();
            let total: f64 = weights.iter().sum();
            weights.into_iter().map(|weight| weight / total).collect()
        }
    }
}

/// The outputs that stand for these expectations.
fn logits(goal: Goal, expected: Vec<f64>) -> Vec<f64> {
    /// No event is impossible.
    const LEAST: f64 = 1e-30;
    let logit = |p: f64| match goal {
        Goal::Numbers(_) => p,
        Goal::Bits(_) => libm::log((p + LEAST) / (1.0 - p + LEAST)),
        Goal::Classes(_) => libm::log(p + LEAST),
    };
    expected.into_iter().map(logit).collect()
}

/// The loss of a predictor that forgot the earliest input, and how far the true one may lie from it: five standard errors over
/// sequences, and the variance that a mean over `REDRAWS` numbers adds to the answers'.
fn forgetful(task: &TaskSpec) -> (f64, f64) {
    let redraws = Redraws::new(task);
    let mut losses = Ratio::default();
    let (mut forgotten, mut mattered) = (0, 0);
    for address in 0..SEQUENCES {
        let batch = draw(task, Purpose::Test, address);
        let input = rows(&batch);
        let Reading { earliest, .. } = read(task, &input);
        let known = answers(task, &input);
        let mut outputs: Vec<f32> = vec![];
        for t in batch.read_steps() {
            match earliest.get(&t) {
                None => outputs.extend(known.at(t)),
                Some(&earliest) => {
                    let (said, matters) = redraws.outputs(task, &input, t, earliest);
                    outputs.extend(said.into_iter().map(|x| x as f32));
                    (forgotten, mattered) = (forgotten + 1, mattered + usize::from(matters));
                }
            }
        }
        losses.add(score(&batch, &outputs, task.tolerance()).loss, batch.reads());
    }
    assert!(2 * mattered > forgotten, "{task:?}: {mattered} of {forgotten} answers depend on their earliest input");
    let (loss, error) = losses.estimate();
    let sampled = if redraws.all { 1.0 / SEQUENCES as f64 } else { loss / REDRAWS as f64 };
    (loss, 5.0 * error + sampled)
}

#[test]
fn a_predictor_that_forgot_the_earliest_input_scores_the_documented_plateau() {
    for task in every_task() {
        let plateau = task.plateau().unwrap_or_else(|| panic!("{task:?} documents no plateau"));
        let chance = task.chance().loss;
        assert!(task.floor() <= plateau && plateau <= chance + 1e-12, "{task:?}: {plateau} is no plateau");
        if task.lag().is_none() {
            assert_eq!(plateau, chance, "{task:?}: there is nothing to forget");
            continue;
        }
        let (loss, bound) = forgetful(&task);
        let agrees = |plateau: f64| (loss - plateau).abs() <= bound;
        assert!(agrees(plateau), "{task:?}: {loss} ± {bound}, not {plateau}");
        // Plateaus that someone might write down are told from the true one.
        for wrong in [0.0, plateau / 2.0, 2.0 * plateau] {
            assert!(!agrees(wrong), "{task:?}: {loss} ± {bound} does not exclude {wrong}");
        }
        if chance > 1.1 * plateau {
            assert!(!agrees(chance), "{task:?}: {loss} ± {bound} does not exclude the chance level {chance}");
        }
    }
}

/// The inputs before the one that is told to be the earliest may be exchanged for those that another sequence has there.
#[test]
fn nothing_before_the_earliest_input_matters() {
    for task in every_task().into_iter().filter(|task| task.lag().is_some()) {
        let mut by_length: BTreeMap<usize, Batch> = BTreeMap::new();
        for address in 0..1000 {
            let batch = draw(&task, Purpose::Data, address);
            let input = rows(&batch);
            let earliest = read(&task, &input).earliest;
            let before = answers(&task, &input);
            if let Some(other) = by_length.get(&input.len()) {
                let others = rows(other);
                let other_earliest = read(&task, &others).earliest;
                for (t, &own) in &earliest {
                    if other_earliest.get(t) != Some(&own) {
                        continue;
                    }
                    let mut changed = input.clone();
                    changed[..own].copy_from_slice(&others[..own]);
                    let after = answers(&task, &changed);
                    assert_eq!(before.at(*t), after.at(*t), "{task:?}: step {t} depends on a step before {own}");
                }
            }
            by_length.insert(rows(&batch).len(), batch);
        }
    }
}
