//! Tests of what a run believes of a damaged folder.

use super::*;
use crate::{
    results::{Doubt, doubts},
    run::{RunError, StoredRun, predict},
};

fn tables(session: &Session) -> Vec<Vec<u8>> {
    let read = |name: &str| fs::read(session.dir().join(layout::table(name))).unwrap();
    ["trials", "metrics", "probes", "chains"].map(read).to_vec()
}

/// A tuning chose the first candidate once its metrics were gone: without them it is unknown which one is the best.
#[test]
fn without_its_metrics_a_tuning_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), TUNED);
    train(&mut session, succeed);
    let (expected, dir) = (tables(&session), session.dir().to_owned());
    assert_eq!(session.stages().chosen, [Some(2), Some(2)]);
    drop(session);
    for table in ["metrics", "chains"] {
        fs::remove_file(dir.join(layout::table(table))).unwrap();
        let run = StoredRun::open(&dir).unwrap();
        assert_eq!((run.stages.chosen.as_slice(), run.store.trials().len()), (&[None, None][..], 0), "{table}");
        let mut session = open(folder.path(), TUNED);
        assert_eq!(session.stages().chosen, [None, None], "{table}");
        let lines = session.damages();
        let name = layout::table(table);
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("`{name}` is missing: 16 trials")), "{lines:?}");
        assert_eq!((session.pending().tuning.len(), train(&mut session, succeed).finished), (12, 16), "{table}");
        assert_eq!((session.stages().chosen.as_slice(), tables(&session)), (&[Some(2), Some(2)][..], expected.clone()));
    }
    // The fake trainer measures no probes: an empty table's loss costs none.
    fs::remove_file(dir.join(layout::table("probes"))).unwrap();
    let mut session = open(folder.path(), TUNED);
    assert_eq!((session.damages().len(), train(&mut session, succeed).finished), (1, 0));
    assert_eq!(tables(&session), expected);
}

/// Bits of different numerics are no replicates of each other.
#[test]
fn trials_of_another_engine_or_numerics_version_are_told_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    train(&mut session, succeed);
    let dir = session.dir().to_owned();
    drop(session);
    let mut store = Store::open(&dir).unwrap();
    let mut trial = store.trials().values().next().unwrap().clone();
    let (id, numerics) = (trial.trial_id.clone(), trial.numerics - 1);
    trial.numerics = numerics;
    let metrics = store.rows::<MetricRow>(|other| other == id).unwrap();
    let chain = store.rows::<Link>(|other| other == id).unwrap();
    store.append(&Record { trial: trial.into(), metrics, probes: vec![], chain }).unwrap();
    drop(store);
    let told = |results: &Results| {
        let mixed =
            |doubt: &Doubt| matches!(doubt, Doubt::Mixed { trials: 1, shown } if shown.contains("fused on cpu"));
        assert!(doubts(results).iter().any(mixed), "{:?}", doubts(results));
        assert_eq!((results.stored(), results.planned), (3, 4));
    };
    told(&StoredRun::open(&dir).unwrap().results().unwrap());
    let session = open(folder.path(), SUITE);
    told(&session.results().unwrap());
    // Of whatever the last session computed most are shown where the manifest does not tell.
    fs::remove_file(dir.join(layout::MANIFEST)).unwrap();
    told(&StoredRun::open(&dir).unwrap().results().unwrap());
}

#[test]
fn a_damaged_or_foreign_model_is_refused_and_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), KEPT);
    let trainer = session.trainer();
    session.run(&trainer, &mut (), &AtomicBool::new(false)).unwrap();
    assert!(session.damages().is_empty());
    let dir = session.dir().to_owned();
    let ids: Vec<String> = session.store().trials().keys().cloned().collect();
    drop(session);
    let path = |id: &str| dir.join(layout::model(id));
    let (whole, other) = (fs::read(path(&ids[0])).unwrap(), fs::read(path(&ids[1])).unwrap());
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let mut nan = whole.clone();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    let cases = [vec![], other, whole[..whole.len() / 2].to_vec(), nan, flipped(3), flipped(end - 1), flipped(end - 9)];
    for (number, bytes) in cases.into_iter().enumerate() {
        fs::write(path(&ids[0]), &bytes).unwrap();
        let run = StoredRun::open(&dir).unwrap();
        let backend = SessionOptions::default().backend;
        let error = predict(&run, &ids[0], 1, backend).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, RunError::DamagedModel { .. }) && text.contains("run the suite again"), "{text}");
        predict(&run, &ids[1], 1, backend).unwrap();
        let mut session = open(folder.path(), KEPT);
        let lines = session.damages();
        assert!(lines.len() == 1 && lines[0].contains(&ids[0]), "{number}: {lines:?}");
        assert_eq!(session.run(&trainer, &mut (), &AtomicBool::new(false)).unwrap().finished, 1, "{number}");
        assert!(fs::read(path(&ids[0])).unwrap() == whole, "{number}");
        assert!(session.pending().is_empty());
    }
}

/// A full disk for a while: the run goes on until there is room, and stores what is finished.
#[test]
fn a_journal_is_emptied_while_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let many = SUITE.replace("replicates: 2", "replicates: 40");
    let mut session = open(folder.path(), &many);
    let most = std::sync::atomic::AtomicU64::new(0);
    let journal = session.dir().join(layout::JOURNAL);
    let how = |_: &Plan, _: Trial| {
        most.fetch_max(fs::metadata(&journal).map_or(0, |file| file.len()), Ordering::Relaxed);
        Some(Status::Finished)
    };
    assert_eq!(train(&mut session, how).finished, 80);
    let record = session.store().pending_bytes();
    assert_eq!(record, 0);
    let tables: u64 = tables(&session).iter().map(|bytes| bytes.len() as u64).sum();
    assert!(most.load(Ordering::Relaxed) < 2 * tables.max(1 << 14), "{most:?} bytes beside {tables}");
    let whole = tempfile::tempdir().unwrap();
    let mut other = open(whole.path(), &many);
    train(&mut other, succeed);
    assert_eq!(super::damage::tables(&other), super::damage::tables(&session));
}

#[test]
fn all_that_is_stored_of_a_trial_is_compared_with_what_is_computed_again() {
    use crate::run::{ReproduceOptions, reproduce};
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), KEPT);
    let trainer = session.trainer();
    session.run(&trainer, &mut (), &AtomicBool::new(false)).unwrap();
    let dir = session.dir().to_owned();
    drop(session);
    let again = || {
        let run = StoredRun::open(&dir).unwrap();
        let options = ReproduceOptions { jobs: 1, sample: None };
        reproduce(&run, &trainer, options, &mut (), &AtomicBool::new(false)).unwrap()
    };
    assert_eq!((again().compared, again().mismatches.len()), (4, 0));
    type Edit = fn(&mut Record);
    let edits: [(&str, Edit); 5] = [
        ("updates_to_target is", |record| record.trial.updates_to_target = Some(1)),
        ("solved is", |record| record.trial.solved = Some(true)),
        ("validation/loss at update 1 is", |record| {
            let row = record
                .metrics
                .iter_mut()
                .find(|row| (row.update, row.split.as_str(), row.metric.as_str()) == (1, "validation", "loss"));
            row.unwrap().value *= 2.0;
        }),
        ("is not stored", |record| drop(record.metrics.remove(0))),
        ("gradient-by-lag", |record| record.probes[3].value += 1.0),
    ];
    let mut store = Store::open(&dir).unwrap();
    let id = store.trials().keys().next().unwrap().clone();
    let record = Record {
        trial: store.trials()[&id].clone().into(),
        metrics: store.rows(|other| other == id).unwrap(),
        probes: store.rows(|other| other == id).unwrap(),
        chain: store.rows(|other| other == id).unwrap(),
    };
    drop(store);
    for (expected, edit) in edits {
        let mut edited = record.clone();
        edit(&mut edited);
        store = Store::open(&dir).unwrap();
        store.append(&edited).unwrap();
        drop(store);
        let found = again().mismatches;
        let [mismatch] = &found[..] else { panic!("{expected}: {found:?}") };
        assert_eq!(mismatch.trial_id, id);
        assert!(mismatch.reason.contains(expected), "{expected}: {}", mismatch.reason);
    }
}
