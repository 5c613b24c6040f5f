//! Searches for how far back arms learn, with a trainer whose chance of success is known.

use super::*;
use crate::{
    results::reach::Found,
    run::StoredRun,
    seed::{self, Purpose},
    stats::{Bound, Ending},
    train::Progress,
};

/// Learns a length with the chance σ((ln m − ln L)/s), where m is ten times the hidden units and s 0.1, as the trial's id says.
pub(super) struct Learner<F>(pub(super) F);

const SPREAD: f64 = 0.1;

impl<F: Fn(&str) -> Option<Status> + Sync> Trainer for Learner<F> {
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished> {
        let id = plan.trial_id(trial);
        let status = (self.0)(&id)?;
        if course.next(Progress { update: 1, validation: None }) != Next::GoOn {
            return None;
        }
        let whole = |path: &str| plan.setting(trial.arm, &path.parse().unwrap()).unwrap().as_f64().unwrap();
        let eta = (libm::log(10.0 * whole("model.hidden")) - libm::log(whole("task.length"))) / SPREAD;
        let chance = 1.0 / (1.0 + libm::exp(-eta));
        let solved = seed::stream(7, Purpose::Guess, &[("trial", &id)]).at(0).happens(chance);
        let Record { trial: row, .. } = failed(plan, trial, self.names(), Status::Error, "it was told so".to_owned());
        let metric = MetricRow {
            trial_id: id.clone(),
            update: 2,
            split: "validation".to_owned(),
            metric: "loss".to_owned(),
            value: 1.0 / whole("optimizer.learning-rate"),
        };
        let result = status.is_result();
        let row = store::TrialRow {
            status,
            reason: row.reason.clone().filter(|_| !result),
            updates: 2,
            solved: result.then_some(solved),
            updates_to_target: (result && solved).then_some(2),
            hash: id.clone(),
            ..row
        };
        let chain = vec![Link { trial_id: id, update: 2, link: row.hash.clone() }];
        Some(Finished { record: Record { trial: row, metrics: vec![metric], probes: vec![], chain }, model: None })
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("fused", "cpu")
    }
}

pub(super) const SEARCHED: &str = "
version: 1
name: small
task: {kind: adding, length: 4}
model: {cell: elman, hidden: 2}
train: {batch: 2, evaluate-every: 1, validation-sequences: 4, test-sequences: 4, target: {metric: validation/loss, below: 0.01}}
sweep: [{kind: grid, over: {model.hidden: [3, 8, 40]}}]
tune: {over: {optimizer.learning-rate: [1e-3, 1e-2]}, at: [10, 20], select: validation/loss}
reach: {over: task.length, from: 10, to: 200, updates: {per-step: 2, least: 30}}
";

pub(super) fn search(session: &mut Session) -> Summary {
    session.run(&Learner(|_: &str| Some(Status::Finished)), &mut (), &AtomicBool::new(false)).unwrap()
}

fn found(session: &Session) -> Found {
    session.results().unwrap().circumstances.reach.unwrap()
}

#[test]
fn a_search_finds_the_reach_of_a_trainer_whose_chance_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SEARCHED);
    let summary = search(&mut session);
    assert!(summary.finished > 12 && session.pending().is_empty(), "{summary:?}");
    let found = found(&session);
    let labels: Vec<&str> = found.arms.iter().map(|arm| arm.label.as_str()).collect();
    assert_eq!(labels, ["hidden 3", "hidden 8", "hidden 40"]);
    for (arm, truth) in found.arms.iter().zip([30.0, 80.0]) {
        let reach = arm.estimate.as_ref().unwrap().reach;
        let (Bound::At(low), Bound::At(median), Bound::At(high)) = (reach.low, reach.median, reach.high) else {
            panic!("{reach:?}")
        };
        assert!(low <= truth && truth <= high && (median / truth - 1.0).abs() <= 0.25, "{}: {reach:?}", arm.label);
        assert!(high / low <= 1.5 && arm.ending == Some(Ending::Precise), "{reach:?}");
    }
    // Beyond the range it stays a bound.
    let last = &found.arms[2];
    assert_eq!((last.ending, last.estimate.as_ref().unwrap().reach.median), (Some(Ending::Beyond), Bound::Beyond));
    // The higher rate had the lower loss at both lengths; the budget goes with the length.
    assert_eq!(session.stages().chosen, [Some(1); 3]);
    let plan = &session.stages().reported;
    for arm in 0..plan.arms() {
        let length = plan.setting(arm, &"task.length".parse().unwrap()).unwrap().as_u64().unwrap();
        assert_eq!(plan.sections(arm).train.budget(None), (2 * length).max(30));
    }
    // Whatever was trained can be looked at.
    for id in plan.trials().map(|trial| plan.trial_id(trial)) {
        assert_eq!(crate::run::find_trial_of_any_stage(session.plan(), &id).unwrap().2, id);
    }
    // Every trial of an arm has a seed of its own.
    let of_first: Vec<u32> = plan
        .trials()
        .filter(|trial| plan.setting(trial.arm, &"model.hidden".parse().unwrap()).unwrap() == 3)
        .map(|trial| trial.replicate)
        .collect();
    assert_eq!(of_first, (0..found.arms[0].trials()).collect::<Vec<u32>>());
}

/// Whatever runs at a time, and wherever it is cut: the same trials, the same table.
#[test]
fn a_search_depends_on_nothing_but_what_is_stored() {
    let table = |session: &Session| {
        let report = session.report().unwrap();
        let reach = report.files.iter().find(|(name, _)| name == Path::new("reach.parquet")).unwrap();
        let ids: Vec<String> = session.store().trials().keys().cloned().collect();
        (ids, reach.1.clone())
    };
    let whole = tempfile::tempdir().unwrap();
    let mut session = open(whole.path(), SEARCHED);
    search(&mut session);
    let expected = table(&session);
    let side_by_side = tempfile::tempdir().unwrap();
    let mut session = open_with(side_by_side.path(), SEARCHED, |options| options.jobs = Some(3));
    search(&mut session);
    assert_eq!(table(&session), expected);
    // Cut after every few trials, until nothing is left to do.
    let cut = tempfile::tempdir().unwrap();
    for _ in 0..500 {
        let mut session = open(cut.path(), SEARCHED);
        let (left, stop) = (AtomicUsize::new(25), AtomicBool::new(false));
        let learner = Learner(|_: &str| {
            let more = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            if !more {
                stop.store(true, Ordering::SeqCst);
            }
            more.then_some(Status::Finished)
        });
        session.run(&learner, &mut (), &stop).unwrap();
        // Those of a batch that is not complete are counted too.
        let told = forecast(session.plan(), session.dir(), Some(session.store()), session.options.backend, false);
        assert_eq!(told.unwrap().stored, session.store().trials().len() as u64);
        if session.pending().is_empty() {
            break;
        }
    }
    assert_eq!(table(&open(cut.path(), SEARCHED)), expected);
    // What is stored reads back as the same searches, and a finer one goes on from there.
    let run = StoredRun::open(&cut.path().join("results/small")).unwrap();
    assert!(run.results().unwrap().circumstances.reach.unwrap().arms.iter().all(|arm| arm.ending.is_some()));
    let before = run.store.trials().len();
    let finer = SEARCHED.replace("to: 200,", "to: 200, precision: 1.2,");
    let mut session = open(cut.path(), &finer);
    search(&mut session);
    let after = session.store().trials().len();
    assert!(after > before && session.stored() == session.planned(), "{before} {after}");
}

/// A trial that ends in an error is tried once, says so, and holds up its own arm alone.
#[test]
fn a_failed_trial_holds_up_its_own_search_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SEARCHED);
    let started = AtomicUsize::new(0);
    // The first trial that is no candidate's.
    let learner = Learner(|_: &str| {
        let number = started.fetch_add(1, Ordering::SeqCst);
        Some(if number == 12 { Status::Error } else { Status::Finished })
    });
    let summary = session.run(&learner, &mut (), &AtomicBool::new(false)).unwrap();
    assert_eq!(summary.failed, 1);
    let found = found(&session);
    let over: Vec<bool> = found.arms.iter().map(|arm| arm.ending.is_some()).collect();
    assert_eq!(over.iter().filter(|over| !**over).count(), 1, "{over:?}");
    assert_eq!(found.arms.iter().map(|arm| arm.failed).sum::<usize>(), 1);
    let doubts: Vec<String> =
        crate::results::doubts(&session.results().unwrap()).iter().map(ToString::to_string).collect();
    assert!(doubts.iter().any(|doubt| doubt.starts_with("The search of 1 of 3 arms is not over")), "{doubts:?}");
    // The next run tries it again.
    search(&mut session);
    assert!(self::found(&session).arms.iter().all(|arm| arm.ending.is_some()));
}

#[test]
fn a_forecast_tells_the_likely_case_from_the_worst() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path(), SEARCHED);
    let of = |session: &Session| {
        forecast(session.plan(), session.dir(), Some(session.store()), session.options.backend, false).unwrap()
    };
    let before = of(&session);
    // Four candidates' trials and 80 of the search for each arm.
    assert_eq!((before.arms.len(), before.trials), (3, 3 * (4 + 80)));
    let (likely, most) = (before.likely.unwrap(), before.seconds.unwrap());
    assert!(0.0 < likely && likely < 0.7 * most, "{likely} {most}");
    drop(session);
    let mut session = open(folder.path(), SEARCHED);
    search(&mut session);
    let after = of(&session);
    assert_eq!((after.likely, after.seconds), (Some(0.0), Some(0.0)));
}
