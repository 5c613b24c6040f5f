//! The loss that a task documents for a memory just too short, met by a predictor that has forgotten the earliest input that
//! matters.

use longlag::{
    component::task::{Batch, Copy, CopyScalar, DenoiseCopy, Memorization, Permutation, Targets, TaskSpec},
    seed::{self, Role},
    train::score,
};

use super::{estimate::Ratio, sizes::every_task};

const SEQUENCES: u64 = 5000;

fn draw(task: &TaskSpec, role: Role, address: u64) -> Batch {
    Batch::draw(task, &seed::stream(6, role, &[]), &[address])
}

/// The inputs up to the sequence's own end.
fn rows(batch: &Batch) -> Vec<&[f32]> {
    let end = 1 + batch.last_read(0).expect("an output is read");
    batch.input.chunks(batch.dimensions.inputs).take(end).collect()
}

/// The marked numbers in order: `marker` is 1 beside them.
fn marked(batch: &Batch, marker: usize) -> [f64; 2] {
    let marked = rows(batch).into_iter().filter(|step| step[marker] == 1.0).map(|step| f64::from(step[1 - marker]));
    marked.collect::<Vec<_>>().try_into().expect("two marks")
}

/// Logits of classes that are each as likely.
fn among(classes: impl Fn(usize) -> bool, width: usize) -> Vec<f64> {
    (0..width).map(|class| if classes(class) { 0.0 } else { -1000.0 }).collect()
}

/// What to say at step `t` when all is known but the earliest input that matters; `early` is the mean of the earlier number.
fn forgetful(task: &TaskSpec, batch: &Batch, t: usize, early: f64) -> Vec<f64> {
    let width = batch.dimensions.goal.width();
    let class = || match &batch.targets {
        Targets::Classes(classes) => classes[t] as usize,
        Targets::Numbers(_) => panic!("{task:?} has no classes"),
    };
    // What is due before the symbols is known, and the symbols themselves are forgotten.
    let symbols = |symbols: std::ops::Range<usize>| match batch.scored[t] {
        true => among(|class| symbols.contains(&class), width),
        false => among(|other| other == class(), width),
    };
    match task {
        TaskSpec::Adding(_) | TaskSpec::AddingTcn(_) => vec![early + marked(batch, 1)[1]],
        TaskSpec::AddingPascanu(_) => vec![(early + marked(batch, 0)[1]) / 2.0],
        TaskSpec::AddingHochreiter(_) => vec![0.5 + (early + marked(batch, 1)[1]) / 4.0],
        TaskSpec::Multiplication(_) | TaskSpec::MultiplicationHochreiter(_) => vec![early * marked(batch, 1)[1]],
        TaskSpec::MultiplicationPascanu(_) => vec![early * marked(batch, 0)[1]],
        // The symbols are the digits of the class, the earliest the lowest.
        TaskSpec::TemporalOrder2(_)
        | TaskSpec::TemporalOrder3(_)
        | TaskSpec::TemporalOrderHochreiter2(_)
        | TaskSpec::TemporalOrderHochreiter3(_) => among(|other| other / 2 == class() / 2, width),
        TaskSpec::Copy(Copy { symbols: count, .. })
        | TaskSpec::DenoiseCopy(DenoiseCopy { symbols: count, .. })
        | TaskSpec::Memorization(Memorization { values: count, .. }) => symbols(0..*count),
        TaskSpec::CopyScalar(CopyScalar { symbols: count, .. }) => symbols(1..count + 1),
        TaskSpec::SelectiveCopy(_) | TaskSpec::Parity(_) | TaskSpec::RandomData(_) => vec![0.0; width],
        // Before the end nothing that was seen matters.
        TaskSpec::Permutation(Permutation { .. }) => among(|other| batch.scored[t] == (other < 2), width),
        TaskSpec::Xor(_) | TaskSpec::Latch(_) | TaskSpec::DelayedXor(_) => vec![0.0],
        TaskSpec::CycleNavigation(_) => {
            let first = rows(batch)[0].iter().position(|&x| x == 1.0).expect("a unit that is on");
            // The place if the first step had been to the left, none, or to the right; on a small circle some coincide.
            let places = [0, 1, 2].map(|step| (class() + width * 2 + step - first) % width);
            (0..width)
                .map(|place| libm::log(1e-30 + places.iter().filter(|&&other| other == place).count() as f64))
                .collect()
        }
        // The value as a function of the first number, which the oracle knows.
        TaskSpec::ModularArithmetic(_) => {
            let own = rows(batch);
            let mut ways = vec![0.0; width];
            for number in 0..width {
                let mut first = vec![0.0; own[0].len()];
                first[number] = 1.0;
                let mut input = own.clone();
                input[0] = &first;
                let mut answers = longlag::component::task::Answers::blank(batch.dimensions);
                assert!(task.oracle(&input, &mut answers));
                let value = answers.at(t).iter().position(|&logit| logit == 0.0).expect("a certain answer");
                ways[value] += 1.0;
            }
            ways.into_iter().map(|ways| libm::log(1e-30 + ways)).collect()
        }
    }
}

/// The mean of the earlier marked number, for tasks with two of them.
fn early(task: &TaskSpec) -> f64 {
    let marker = match task {
        TaskSpec::AddingPascanu(_) | TaskSpec::MultiplicationPascanu(_) => 0,
        TaskSpec::Adding(_) | TaskSpec::AddingTcn(_) | TaskSpec::AddingHochreiter(_) => 1,
        TaskSpec::Multiplication(_) | TaskSpec::MultiplicationHochreiter(_) => 1,
        _ => return 0.0,
    };
    (0..SEQUENCES).map(|address| marked(&draw(task, Role::Data, address), marker)[0]).sum::<f64>() / SEQUENCES as f64
}

/// Within five standard errors over sequences; the fitted mean costs its variance, which is below 1/SEQUENCES.
#[test]
fn a_predictor_that_forgot_the_earliest_input_scores_the_documented_plateau() {
    for task in every_task() {
        let plateau = task.plateau().unwrap_or_else(|| panic!("{task:?} documents no plateau"));
        let early = early(&task);
        let mut losses = Ratio::default();
        for address in 0..SEQUENCES {
            let batch = draw(&task, Role::Test, address);
            let said = batch.read_steps().into_iter().flat_map(|t| forgetful(&task, &batch, t, early));
            let outputs: Vec<f32> = said.map(|x| x as f32).collect();
            losses.add(score(&batch, &outputs, task.tolerance()).loss, batch.reads());
        }
        let (loss, error) = losses.estimate();
        let bound = 5.0 * error + 1.0 / SEQUENCES as f64;
        assert!((loss - plateau).abs() <= bound, "{task:?}: {loss} ± {bound}, not {plateau}");
        assert!(task.floor() <= plateau && plateau <= task.chance().loss + 1e-12, "{task:?}: {plateau} is no plateau");
    }
}
