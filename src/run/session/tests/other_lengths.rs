//! Tests of trained networks on other lengths.

use super::*;
use crate::{
    engine::Backend,
    results::table::{Cell, Table},
    run::{ReproduceOptions, RunTable, StoredRun, reproduce, setup},
    seed::Purpose,
};

fn trained(text: &str, backend: Option<Backend>) -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open_with(folder.path(), text, |options| options.backend = backend.unwrap_or(options.backend));
    let trainer = session.trainer();
    session.run(&trainer, &mut (), &AtomicBool::new(false)).unwrap();
    (folder, session)
}

fn table(session: &Session, table: RunTable) -> Table {
    StoredRun::open(session.dir()).unwrap().table(table, &[], false).unwrap()
}

/// The test losses of the first arm by length, as the table has them.
fn losses(session: &Session) -> Vec<(String, String, f64)> {
    let shown = table(session, RunTable::Generalization);
    let loss = |row: &Vec<Cell>| match &row[3] {
        Cell::Estimate { estimate, .. } => estimate.value,
        cell => panic!("{cell:?}"),
    };
    shown.rows[..3].iter().map(|row| (row[1].shown(), row[2].shown(), loss(row))).collect()
}

#[test]
fn trained_networks_are_tested_on_other_lengths_and_train_as_without() {
    let (_folder, session) = trained(TESTED, None);
    let (_other, plain) = trained(SUITE, None);
    let chains = |session: &Session| {
        let mut hashes: Vec<String> = session.store().trials().values().map(|trial| trial.hash.clone()).collect();
        hashes.sort();
        hashes
    };
    assert_eq!(chains(&session), chains(&plain), "tests come after training");
    let found = losses(&session);
    let lengths: Vec<(&str, &str)> = found.iter().map(|(at, trained, _)| (at.as_str(), trained.as_str())).collect();
    assert_eq!(lengths, [("3", "false"), ("4", "true"), ("9", "false")]);
    assert!(found.iter().all(|(_, _, loss)| *loss > 0.0 && *loss < 10.0), "{found:?}");
    // The sequences of the training's length are others than the test set's.
    let results = session.results().unwrap();
    let trial = &results.arms[0].trials[0];
    let value = |name: &str| trial.value(name.parse().unwrap());
    assert!(value("length-4/loss").is_some() && value("length-4/loss") != value("test/loss"));
    assert_eq!(value("length-5/loss"), None);
    let rows = |session: &Session| table(session, RunTable::Metrics).rows.len();
    assert_eq!(rows(&session), rows(&plain) + 4 * 3 * 2, "loss and accuracy of three lengths of four trials");
    // Both engines, and a length beyond that of the training.
    let (_dfdx, reference) = trained(TESTED, Some(Backend::Dfdx));
    for ((_, _, one), (_, _, other)) in found.iter().zip(losses(&reference)) {
        assert!((one - other).abs() <= 1e-4 * one, "{one} and {other}");
    }
}

#[test]
fn sequences_of_other_lengths_are_fresh_and_the_same_for_every_method() {
    let (_folder, session) = trained(TESTED, None);
    let plan = session.plan();
    let splits = |arm: usize| setup(plan, Trial { arm, replicate: 0 }).1.splits;
    let batches = |arm: usize, length: u32| splits(arm).test_batches_at(length, 4).unwrap();
    assert_eq!((batches(0, 9)[0].dimensions.steps, batches(0, 9)[0].size), (9, 4));
    assert_eq!(batches(0, 9)[0].input, batches(1, 9)[0].input);
    assert_ne!(batches(0, 4)[0].input, splits(0).evaluation_batches(Purpose::Test, 4)[0].input);
    assert_eq!(splits(0).test_batches_at(1, 4).map(|batches| batches.len()), None);
}

/// The stored scores of other lengths are computed again too.
#[test]
fn a_changed_score_of_another_length_is_no_reproduction() {
    let (_folder, session) = trained(TESTED, None);
    let (dir, trainer) = (session.dir().to_owned(), session.trainer());
    drop(session);
    let mismatches = || {
        let run = StoredRun::open(&dir).unwrap();
        let options = ReproduceOptions { jobs: 1, sample: None };
        reproduce(&run, &trainer, options, &mut (), &AtomicBool::new(false)).unwrap().mismatches
    };
    assert_eq!(mismatches(), []);
    let mut store = Store::open(&dir).unwrap();
    let trial = store.trials().values().next().unwrap().clone();
    let of_trial = |id: &str| id == trial.trial_id;
    let (mut metrics, chain) = (store.rows::<MetricRow>(of_trial).unwrap(), store.rows::<Link>(of_trial).unwrap());
    let row = metrics.iter_mut().find(|row| row.split == "length-9" && row.metric == "loss").unwrap();
    row.value += 1e-9;
    store.append(&Record { trial: trial.clone().into(), metrics, probes: vec![], chain }).unwrap();
    drop(store);
    let [found] = &mismatches()[..] else { panic!("one trial has another score") };
    assert_eq!(found.trial_id, trial.trial_id);
    let expected = "the parameters are the same, but length-9/loss at update 2 is ";
    assert!(found.reason.starts_with(expected), "{}", found.reason);
}

#[test]
fn a_diverged_network_scores_worse_than_every_number_at_every_length() {
    let text = TESTED
        .replace("train: {", "optimizer: {kind: sgd, learning-rate: 1e6}\ntrain: {")
        .replace("updates: 2,", "updates: 50,");
    let (_folder, session) = trained(&text, None);
    let results = session.results().unwrap();
    let diverged: Vec<_> = results.trials().filter(|trial| trial.trial.status == Status::Diverged).collect();
    assert!(!diverged.is_empty());
    assert!(diverged.iter().all(|trial| trial.value("length-9/loss".parse().unwrap()).unwrap().is_nan()));
}
