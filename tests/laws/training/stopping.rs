//! When a training ends.

use longlag::{
    component::{
        cell::{CellSpec, Elman},
        init::InitSpec,
        probe::{GradientByLag, ProbeSpec},
        task::{Adding, RandomData, TaskSpec, TemporalOrder2},
    },
    train::{Event, Metric, Outcome, Pending, Score, Split, TargetSpec, train},
};

use super::laboratory::{Laboratory, metric};

fn laboratory() -> Laboratory {
    let task = TaskSpec::Adding(Adding { length: 5.into() });
    Laboratory::new(&task, CellSpec::Elman(Elman::default()), 8, &InitSpec::default())
}

#[test]
fn a_caller_may_stop_at_any_update() {
    for limit in [0, 1, 13] {
        let mut laboratory = laboratory();
        let whole = laboratory.run();
        laboratory.engine.batches.clear();
        let mut seen = vec![];
        let trained = train(&laboratory.setup, &mut laboratory.engine, |progress| {
            seen.push((progress.update, progress.validation.map(|score| score.loss)));
            progress.update < limit
        });
        assert!(trained.is_none(), "a stopped training is not finished");
        assert_eq!(laboratory.engine.batches.len() as u64, limit);
        // Asked before every update, with the last validation score at hand.
        assert_eq!(seen.iter().map(|(update, _)| *update).collect::<Vec<_>>(), (0..=limit).collect::<Vec<_>>());
        let validation = metric(&whole, Split::Validation, "loss");
        for (update, score) in seen {
            let last = validation.iter().rev().find(|(at, _)| *at <= update).map(|(_, loss)| *loss);
            assert_eq!(score, last, "at update {update}");
        }
    }
}

/// One thing at a time, in order; the end repeats itself.
#[test]
fn a_training_advances_by_an_update_or_an_evaluation() {
    let mut laboratory = laboratory();
    (laboratory.setup.budget, laboratory.setup.evaluate_every) = (5, 2);
    laboratory.setup.probes =
        vec![ProbeSpec::GradientByLag(GradientByLag { every: Some(3), sequences: 4, ..GradientByLag::default() })];
    let mut training = laboratory.training();
    let mut events = String::new();
    while !matches!(training.pending(), Pending::Nothing(_)) {
        let (pending, before) = (training.pending(), training.updates());
        let event = training.advance();
        let (letter, wanted) = match event {
            Event::Probed => ('p', Pending::Probes),
            Event::Evaluated(_) => ('e', Pending::Evaluation),
            Event::Updated => ('u', Pending::Update),
            Event::Ended(outcome) => ('t', Pending::Test(outcome)),
        };
        events.push(letter);
        assert_eq!(pending, wanted);
        assert_eq!(training.updates() - before, u64::from(letter == 'u'));
    }
    assert_eq!(events, "peuueupueupet");
    assert_eq!((training.advance(), training.advance()), (Event::Ended(Outcome::Spent), Event::Ended(Outcome::Spent)));
    assert_eq!(training.history().chain.links().map(|(update, _)| update).collect::<Vec<_>>(), [0, 2, 4, 5]);
}

#[test]
fn a_target_ends_the_training_at_the_evaluation_that_reaches_it() {
    let mut laboratory = laboratory();
    (laboratory.setup.budget, laboratory.setup.evaluate_every) = (200, 7);
    let free = laboratory.run();
    let losses = metric(&free, Split::Validation, "loss");
    let bound = losses.iter().map(|row| row.1).fold(f64::INFINITY, f64::min) * 1.5;
    let wanted = losses.iter().find(|row| row.1 < bound).expect("a loss below the bound").0;
    assert!(wanted > 0 && wanted % 7 == 0, "{wanted}");

    laboratory.setup.target = Some(TargetSpec { metric: Metric::Loss, below: Some(bound), above: None });
    laboratory.setup.probes =
        vec![ProbeSpec::GradientByLag(GradientByLag { every: None, sequences: 4, ..GradientByLag::default() })];
    let trained = laboratory.run();
    assert_eq!((&trained.outcome, trained.updates), (&Outcome::Solved { update: wanted }, wanted));
    // Up to there nothing is different.
    let common: Vec<_> = losses.into_iter().filter(|row| row.0 <= wanted).collect();
    assert_eq!(metric(&trained, Split::Validation, "loss"), common);
    assert_eq!(metric(&trained, Split::Test, "loss").len(), 1);
    let mut probed: Vec<u64> = trained.probes.iter().map(|row| row.update).collect();
    probed.dedup();
    assert_eq!(probed, [0, wanted], "probes measure before the first and after the last update");
}

#[test]
fn a_target_may_be_reached_before_training() {
    let mut laboratory = laboratory();
    laboratory.setup.target = Some(TargetSpec { metric: Metric::Loss, below: Some(1e9), above: None });
    let trained = laboratory.run();
    assert_eq!((&trained.outcome, trained.updates), (&Outcome::Solved { update: 0 }, 0));
}

#[test]
fn a_target_may_be_a_lower_bound() {
    let mut laboratory = laboratory();
    laboratory.setup.target = Some(TargetSpec { metric: Metric::Accuracy, below: None, above: Some(0.999) });
    assert_eq!(laboratory.run().outcome, Outcome::Spent);
    laboratory.setup.target = Some(TargetSpec { metric: Metric::Accuracy, below: None, above: Some(-0.1) });
    assert_eq!(laboratory.run().outcome, Outcome::Solved { update: 0 });
}

/// `solved` is what the task's page says; a bound on the accuracy is itself reached.
#[test]
fn a_target_may_be_what_the_task_counts_as_solved() {
    let solved = TargetSpec { metric: Metric::Solved, below: None, above: None };
    let by_loss = solved.resolved(&TaskSpec::Adding(Adding::default())).expect("it can be solved");
    assert_eq!(by_loss, TargetSpec { metric: Metric::Loss, below: Some(0.01), above: None });
    assert_eq!(by_loss.resolved(&TaskSpec::RandomData(RandomData::default())), Some(by_loss));
    let by_accuracy = solved.resolved(&TaskSpec::TemporalOrder2(TemporalOrder2::default())).expect("it can be solved");
    let reached = |accuracy| by_accuracy.reached(Score { loss: 1.0, accuracy, exact_match: None });
    assert_eq!([0.98999, 0.99, 1.0, f64::NAN].map(reached), [false, true, true, false]);
    assert_eq!(solved.resolved(&TaskSpec::RandomData(RandomData::default())), None);
    assert!(
        !solved.reached(Score { loss: 0.0, accuracy: 1.0, exact_match: None }),
        "a target that is not resolved is never reached"
    );
}

#[test]
fn probes_measure_when_they_are_due() {
    let mut laboratory = laboratory();
    laboratory.setup.probes =
        vec![ProbeSpec::GradientByLag(GradientByLag { every: Some(8), sequences: 4, ..GradientByLag::default() })];
    let trained = laboratory.run();
    let mut probed: Vec<u64> = trained.probes.iter().map(|row| row.update).collect();
    probed.dedup();
    assert_eq!(probed, [0, 8, 16, 20]);
}
