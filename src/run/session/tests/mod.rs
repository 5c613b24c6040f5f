mod cut;
mod damage;
mod device;
mod identity;
mod memory;
mod other_lengths;
mod records;
mod reproduction;
mod resuming;
mod searches;
mod shards;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::{
    compute::kernel::Isa,
    engine::Backend,
    run::{Course, Next, failed, forecast},
    store::{Link, MetricRow, Part, Record, Status},
    suite::Setting,
};

/// A small suite with these sections more.
macro_rules! small {
    ($($more:literal)?) => {
        concat!(
            "
version: 1
name: small
replicates: 2
task: {kind: adding, length: 4}
model: {cell: elman, hidden: 2}
train: {batch: 2, updates: 2, evaluate-every: 1, validation-sequences: 4, test-sequences: 4}
sweep: [{kind: grid, over: {model.hidden: [2, 3]}}]
",
            $($more,)?
            "figures: []
"
        )
    };
}

const SUITE: &str = small!();

const TUNED: &str = small!(
    "tune: {over: {optimizer.learning-rate: [1e-3, 1e-2, 1e-1]}, replicates: 2, select: validation/loss}
save: [models]
"
);

/// All trained parameters are kept.
const KEPT: &str = small!("save: [models]\nprobes: [{kind: gradient-by-lag, every: 1}]\n");

const TESTED: &str = small!("evaluate: {lengths: [9, 3, 4]}\n");

/// Says of each trial how it ends, or that it does not end unless it is stopped; trains none.
struct Fake<F>(F);

impl<F: Fn(&Plan, Trial) -> Option<Status> + Sync> Trainer for Fake<F> {
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished> {
        let status = (self.0)(plan, trial);
        let last = if status.is_some() { 30 } else { u64::MAX };
        for update in 1..=last {
            if course.next(crate::train::Progress { update, validation: None }) != Next::GoOn {
                return None;
            }
            if status.is_none() {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        let status = status?;
        let Record { trial: row, .. } = failed(plan, trial, self.names(), Status::Error, "it was told so".to_owned());
        let id = row.trial_id.clone();
        // The last candidate is the best by its last evaluation on validation data, and the worst by all else.
        let good = 1.0 / (1.0 + trial.arm as f64);
        let rows = [(1, "validation", -good), (2, "validation", good), (2, "train", -good), (2, "test", -good)];
        let metrics = rows.map(|(update, split, value)| MetricRow {
            trial_id: id.clone(),
            update,
            split: split.to_owned(),
            metric: "loss".to_owned(),
            value,
        });
        let chain = vec![Link { trial_id: id.clone(), update: 2, link: id.clone() }];
        let reason = row.reason.clone().filter(|_| !status.is_result());
        let row = store::TrialRow { status, reason, updates: 2, hash: id.clone(), ..row };
        let record = Record { trial: row, metrics: metrics.to_vec(), probes: vec![], chain };
        Some(Finished { record, model: Some(kept(&id)) })
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("fused", "cpu")
    }
}

/// The file of a trial's parameters, of which there are none.
fn kept(id: &str) -> Vec<u8> {
    let description = serde_json::json!({ "trial_id": id }).to_string();
    let none = Vec::<(&str, safetensors::tensor::TensorView<'_>)>::new();
    safetensors::serialize(none, Some([("longlag".to_owned(), description)].into())).unwrap()
}

fn succeed(_: &Plan, _: Trial) -> Option<Status> {
    Some(Status::Finished)
}

fn open_with(folder: &Path, text: &str, change: impl FnOnce(&mut SessionOptions)) -> Session {
    let file = folder.join("suite.yaml");
    fs::write(&file, text).unwrap();
    let mut options = SessionOptions { out: folder.join("results"), jobs: Some(1), ..SessionOptions::default() };
    change(&mut options);
    Session::open(Suite::load(&file, vec![], false).unwrap(), options).unwrap()
}

fn open(folder: &Path, text: &str) -> Session {
    open_with(folder, text, |_| {})
}

fn train(session: &mut Session, how: impl Fn(&Plan, Trial) -> Option<Status> + Sync) -> Summary {
    session.run(&Fake(how), &mut (), &AtomicBool::new(false)).unwrap()
}

fn statuses(session: &Session) -> Vec<Status> {
    session.store().trials().values().map(|trial| trial.status).collect()
}

#[test]
fn a_suite_is_trained_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    assert_eq!((session.pending().reported.len(), session.stored(), session.planned()), (4, 0, 4));
    assert_eq!(train(&mut session, succeed), Summary { finished: 4, failed: 0, ..Summary::default() });
    assert!(session.pending().is_empty());
    assert_eq!((session.stored(), session.results().unwrap().stored()), (4, 4));
    assert_eq!(fs::read_to_string(session.dir().join(layout::SUITE)).unwrap(), SUITE);
    let manifest = Manifest::read(session.dir()).unwrap();
    assert!(manifest.last().unwrap().ended.is_some());
    drop(session);
    // Nothing is to be done again, and the record of what was done stays.
    let mut session = open(folder.path(), SUITE);
    assert!(session.pending().is_empty());
    assert_eq!(train(&mut session, |_, _| unreachable!("nothing is pending")), Summary::default());
    assert_eq!(Manifest::read(session.dir()).unwrap(), manifest);
    // What the folder holds is what the session said.
    let results = session.results().unwrap();
    let report = session.report().unwrap();
    let page = session.write(&report).unwrap();
    let stored = crate::run::StoredRun::open(session.dir()).unwrap();
    assert_eq!(stored.results().unwrap(), results);
    assert_eq!(stored.report().unwrap(), report);
    assert_eq!(stored.stale(&report), Vec::<PathBuf>::new());
    fs::write(&page, "edited").unwrap();
    assert_eq!(stored.stale(&report), [page]);
}

#[test]
fn only_results_of_this_provenance_are_not_trained_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    let status = |_: &Plan, trial: Trial| {
        Some(match (trial.arm, trial.replicate) {
            (0, 0) => Status::Error,
            (0, _) => Status::Diverged,
            (_, 0) => Status::Timeout,
            _ => Status::Finished,
        })
    };
    assert_eq!(train(&mut session, status), Summary { finished: 4, failed: 2, ..Summary::default() });
    let pending = session.pending().reported;
    assert_eq!(pending.iter().map(|trial| (trial.arm, trial.replicate)).collect::<Vec<_>>(), [(1, 0), (0, 0)]);
    drop(session);
    let session = open_with(folder.path(), SUITE, |options| options.backend = Backend::Dfdx);
    assert_eq!(session.pending().reported.len(), 4);
}

#[test]
fn a_trial_without_enough_memory_is_a_row_of_that_status() {
    // As dfdx's unwraps of its devices' errors panic.
    for panic in [
        r#"called `Result::unwrap()` on an `Err` value: Driver(DriverError(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"))"#,
        "called `Result::unwrap()` on an `Err` value: Blas(CublasError(CUBLAS_STATUS_ALLOC_FAILED))",
        "called `Result::unwrap()` on an `Err` value: OutOfMemory",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut session = open(folder.path(), SUITE);
        let large = |_: &Plan, trial: Trial| {
            assert!(trial.arm != 1, "{panic}");
            Some(Status::Finished)
        };
        assert_eq!(train(&mut session, large), Summary { finished: 4, failed: 2, ..Summary::default() });
        let stored = session.store().trials().values().filter(|trial| trial.status == Status::OutOfMemory);
        let reasons: Vec<&str> = stored.filter_map(|trial| trial.reason.as_deref()).collect();
        assert!(reasons.len() == 2 && reasons[0].contains("memory; lower model.hidden"), "{reasons:?}");
    }
}

#[test]
fn a_trial_that_panics_is_a_failed_row_and_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open_with(folder.path(), SUITE, |options| options.jobs = Some(2));
    let fragile = |_: &Plan, trial: Trial| {
        assert!((trial.arm, trial.replicate) != (1, 0), "a fuse blew");
        Some(Status::Finished)
    };
    assert_eq!(train(&mut session, fragile), Summary { finished: 4, failed: 1, ..Summary::default() });
    let trials = session.store().trials().values();
    let failed: Vec<_> = trials.filter(|trial| trial.status != Status::Finished).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].status, Status::Error);
    assert_eq!(failed[0].reason.as_deref(), Some("the trial panicked: a fuse blew"));
    assert_eq!(train(&mut session, succeed), Summary { finished: 1, failed: 0, ..Summary::default() });
    assert_eq!(statuses(&session), [Status::Finished; 4]);
}

#[test]
fn the_first_failure_ends_a_run_that_is_to_fail_fast() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open_with(folder.path(), SUITE, |options| options.fail_fast = true);
    // Only the first trial ends by itself.
    let first = session.pending().reported[0];
    let summary = train(&mut session, |_, trial| (trial == first).then_some(Status::Error));
    assert_eq!(summary, Summary { finished: 1, failed: 1, ..Summary::default() });
    drop(session);
    let mut session = open(folder.path(), SUITE);
    assert_eq!(
        train(&mut session, |_, _| Some(Status::Error)),
        Summary { finished: 4, failed: 4, ..Summary::default() }
    );
}

/// Stops the run once a trial is finished.
struct StopAfterOne<'a>(&'a AtomicBool);

impl Observer for StopAfterOne<'_> {
    fn finished(&mut self, _: &Plan, _: Trial, _: &Record) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_tables() {
    let bytes = |session: &Session| {
        let read = |name: &str| fs::read(session.dir().join(layout::table(name))).unwrap();
        ["trials", "metrics", "probes", "chains"].map(read)
    };
    for suite in [SUITE, TUNED] {
        let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut session = open(whole.path(), suite);
        train(&mut session, succeed);
        let expected = bytes(&session);
        let (mut runs, mut stored) = (0, 0);
        loop {
            let mut session = open(parts.path(), suite);
            let (stop, begun) = (AtomicBool::new(false), AtomicUsize::new(0));
            // Only the first trial of each run ends by itself.
            let one = |_: &Plan, _: Trial| (begun.fetch_add(1, Ordering::Relaxed) == 0).then_some(Status::Finished);
            let summary = session.run(&Fake(one), &mut StopAfterOne(&stop), &stop).unwrap();
            assert_eq!(summary.finished, 1);
            runs += 1;
            stored += summary.finished;
            assert_eq!(session.stored(), stored);
            assert!(Manifest::read(session.dir()).unwrap().last().unwrap().ended.is_some());
            if !summary.interrupted {
                assert_eq!(bytes(&session), expected);
                break;
            }
        }
        assert_eq!(runs, stored);
    }
}

#[test]
fn some_arms_are_trained_and_the_whole_suite_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let only = || vec![Setting::parse("--only", "model.hidden=3").unwrap()];
    let mut session = open_with(folder.path(), SUITE, |options| options.plan.only = only());
    assert_eq!(train(&mut session, succeed).finished, 2);
    assert_eq!((session.planned(), session.results().unwrap().planned), (2, 2));
    let stored = || crate::run::StoredRun::open(&folder.path().join("results/small")).unwrap().results().unwrap();
    assert_eq!((stored().planned, stored().stored()), (4, 2));
    let report = session.report().unwrap();
    let markdown = String::from_utf8(report.files[0].1.clone()).unwrap();
    assert!(markdown.contains("2 of 4 trials are missing"), "{markdown}");
    drop(session);
    let mut session = open(folder.path(), SUITE);
    assert_eq!(train(&mut session, succeed).finished, 2);
    drop(session);
    // The table's column of arms is of the whole suite, whichever were trained last.
    let mut session = open_with(folder.path(), SUITE, |options| options.plan.only = only());
    train(&mut session, succeed);
    let frame = session.store().frame::<store::TrialRow>().unwrap();
    assert_eq!(frame.column("arm").unwrap().null_count(), 0);
    // Nor does anyone take the others for trials of an earlier suite.
    assert_eq!(session.results().unwrap().circumstances.unplanned, 0);
}

/// Writes down what it is told.
#[derive(Default)]
struct Protocol {
    stages: Vec<(Stage, usize, usize, usize)>,
    trials: Vec<Trial>,
    updates: u64,
    open: bool,
}

impl Observer for Protocol {
    fn begin(&mut self, stage: Stage, _: &Plan, pending: &[Trial], stored: usize) {
        assert!(!std::mem::replace(&mut self.open, true));
        self.stages.push((stage, pending.len(), stored, 0));
    }

    fn progress(&mut self, _: Trial, updates: u64) {
        self.updates += updates;
    }

    fn finished(&mut self, plan: &Plan, trial: Trial, record: &Record) {
        assert!(self.open);
        assert_eq!(plan.trial_id(trial), record.trial.trial_id);
        self.stages.last_mut().unwrap().3 += 1;
        self.trials.push(trial);
    }

    fn end(&mut self) {
        assert!(std::mem::replace(&mut self.open, false));
    }
}

#[test]
fn candidates_are_tried_first_and_the_best_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), TUNED);
    assert_eq!((session.pending().tuning.len(), session.pending().reported.len()), (12, 0));
    assert_eq!(session.planned(), 16);
    let mut protocol = Protocol::default();
    let summary = session.run(&Fake(succeed), &mut protocol, &AtomicBool::new(false)).unwrap();
    assert_eq!(summary, Summary { finished: 16, failed: 0, ..Summary::default() });
    assert_eq!(protocol.stages, [(Stage::Tuning, 12, 0, 12), (Stage::Reported, 4, 0, 4)]);
    assert_eq!(protocol.updates, 16 * 30);
    assert_eq!(session.stages().chosen, [Some(2), Some(2)]);
    // Parameters are kept of the reported trials only.
    let reported = &session.stages().reported;
    let mut expected: Vec<_> =
        reported.trials().map(|trial| format!("{}.safetensors", reported.trial_id(trial))).collect();
    let mut kept: Vec<_> = fs::read_dir(session.dir().join(layout::MODELS))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    expected.sort();
    kept.sort();
    assert_eq!(kept, expected);
    // Where parameters are to be kept, a result without them is not enough.
    fs::remove_file(session.dir().join(layout::MODELS).join(&kept[0])).unwrap();
    assert_eq!((session.pending().tuning.len(), session.pending().reported.len()), (0, 1));
    let mut protocol = Protocol::default();
    session.run(&Fake(succeed), &mut protocol, &AtomicBool::new(false)).unwrap();
    assert_eq!(protocol.stages, [(Stage::Tuning, 0, 12, 0), (Stage::Reported, 1, 3, 1)]);
}

#[test]
fn every_arm_gets_its_first_replicates_first_and_long_trials_before_short_ones() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    let mut protocol = Protocol::default();
    session.run(&Fake(succeed), &mut protocol, &AtomicBool::new(false)).unwrap();
    let order: Vec<_> = protocol.trials.iter().map(|trial| (trial.replicate, trial.arm)).collect();
    assert_eq!(order, [(0, 1), (0, 0), (1, 1), (1, 0)]);
}

#[test]
fn a_folder_has_one_session() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path(), SUITE);
    let suite = Suite::load(&folder.path().join("suite.yaml"), vec![], false).unwrap();
    let options = SessionOptions { out: folder.path().join("results"), ..SessionOptions::default() };
    let error = Session::open(suite, options).unwrap_err();
    assert!(matches!(error, RunError::Store(StoreError::Locked { .. })), "{error}");
    assert!(!error.is_usage());
    drop(session);
}

#[test]
fn a_forecast_is_of_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let backend = SessionOptions::default().backend;
    let mut session = open_with(folder.path(), TUNED, |options| {
        options.plan.only = vec![Setting::parse("--only", "model.hidden=3").unwrap()];
    });
    let suite = Suite::load(&folder.path().join("suite.yaml"), vec![], false).unwrap();
    let plan = Plan::new(&suite, &PlanOptions::default()).unwrap();
    let of = |store: Option<&Store>| forecast(&plan, Path::new(""), store, backend, false).unwrap();
    let before = of(None);
    assert_eq!((before.trials, before.stored), (16, 0));
    // Each arm: two reported trials and two of each of three candidates, all of one cost.
    let costs: f64 = before.arms.iter().map(|arm| 8.0 * arm.estimate.seconds).sum();
    let seconds = before.seconds.expect("the speed of a CPU is known");
    assert!((seconds / costs - 1.0).abs() < 1e-12, "{seconds} {costs}");
    train(&mut session, succeed);
    let after = of(Some(session.store()));
    assert_eq!((after.trials, after.stored), (16, 8));
    let counts = |arm: &crate::run::ArmForecast| (arm.tuning, arm.trials, arm.stored);
    assert_eq!(after.arms.iter().map(counts).collect::<Vec<_>>(), [(Some((6, 0)), 2, 0), (Some((6, 6)), 2, 2)]);
    let left = 8.0 * after.arms[0].estimate.seconds;
    let seconds = after.seconds.expect("the speed of a CPU is known");
    assert!((seconds / left - 1.0).abs() < 1e-12, "{seconds} {left}");
    assert_eq!(after.table(1).rows.len(), 1);
    assert_eq!(after.table(9).rows[1].len(), after.table(9).columns.len());
    assert_eq!(after.bytes, before.bytes);
}

#[test]
fn failures_of_both_stages_count_and_a_failed_tuning_ends_a_run_that_is_to_fail_fast() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open_with(folder.path(), TUNED, |options| options.fail_fast = true);
    let first = session.pending().tuning[0];
    let mut protocol = Protocol::default();
    let fake = Fake(|_: &Plan, trial: Trial| (trial == first).then_some(Status::Error));
    let summary = session.run(&fake, &mut protocol, &AtomicBool::new(false)).unwrap();
    assert_eq!(summary, Summary { finished: 1, failed: 1, ..Summary::default() });
    assert_eq!(protocol.stages, [(Stage::Tuning, 12, 0, 1)]);
    drop(session);
    let mut session = open(folder.path(), TUNED);
    // One candidate's trial fails, so that its arm cannot choose, and then all that are reported.
    let summary = train(&mut session, |plan, trial| {
        let tuning = plan.trials().next().is_some_and(|first| first.replicate > 0);
        Some(if tuning && trial != first { Status::Finished } else { Status::Error })
    });
    assert_eq!(summary, Summary { finished: 14, failed: 3, ..Summary::default() });
    assert_eq!(session.stages().chosen.iter().flatten().count(), 1);
}

#[test]
fn there_is_always_room_for_one_trial() {
    let fused = |threads| Backend::Fused { isa: Isa::Portable, threads };
    assert_eq!(crate::run::default_jobs(fused(usize::MAX), 0.0), 1);
    assert_eq!(crate::run::default_jobs(fused(1), 0.0), std::thread::available_parallelism().map_or(1, usize::from));
    // Trials that fill the memory come one at a time, whatever the cores.
    assert_eq!(crate::run::default_jobs(fused(1), f64::MAX), 1);
}
