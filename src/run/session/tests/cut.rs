//! Runs that end within trials, by an interruption or for want of time, and go on.

use super::*;
use crate::{
    run::{Shard, in_flight, merge},
    store::Checkpoints,
    train::{Checkpoint, Progress},
};

/// A suite with trials long enough to be cut.
fn lengthened(suite: &str) -> String {
    let train = "train: {batch: 2, updates: 25, evaluate-every: 4, validation-sequences: 4, test-sequences: 4}";
    let short = "train: {batch: 2, updates: 2, evaluate-every: 1, validation-sequences: 4, test-sequences: 4}";
    suite.replace(short, train)
}

/// A tuning with kept models and tests on other lengths, long enough to be cut within a trial.
fn long() -> String {
    let long = lengthened(TUNED).replace("figures: []", "evaluate: {lengths: [3, 9]}\nfigures: []");
    assert!(long.contains("updates: 25") && long.contains("lengths"));
    long
}

/// Trains, and stops the run after so many steps of all trials.
struct Cutting<'a> {
    trainer: EngineTrainer,
    stop: &'a AtomicBool,
    steps: AtomicUsize,
    at: usize,
}

impl Trainer for Cutting<'_> {
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished> {
        self.trainer.train(plan, trial, &mut Counted { cutting: self, course })
    }

    fn names(&self) -> (&'static str, &'static str) {
        self.trainer.names()
    }
}

struct Counted<'a> {
    cutting: &'a Cutting<'a>,
    course: &'a mut dyn Course,
}

impl Course for Counted<'_> {
    fn begin(&mut self) -> Option<(Checkpoint, f64)> {
        self.course.begin()
    }

    fn next(&mut self, progress: Progress) -> Next {
        if self.cutting.steps.fetch_add(1, Ordering::Relaxed) + 1 == self.cutting.at {
            self.cutting.stop.store(true, Ordering::Relaxed);
        }
        self.course.next(progress)
    }

    fn keep(&mut self, state: Checkpoint) {
        self.course.keep(state);
    }
}

/// Writes down where trials went on.
#[derive(Default)]
struct Resumptions(Vec<u64>);

impl Observer for Resumptions {
    fn resumed(&mut self, _: &Plan, _: Trial, updates: u64) {
        self.0.push(updates);
    }
}

/// Runs until so many steps are done; gives the outcome and where trials went on.
fn run_until(session: &mut Session, at: usize) -> (Summary, Vec<u64>) {
    let (stop, mut resumptions) = (AtomicBool::new(false), Resumptions::default());
    let cutting = Cutting { trainer: session.trainer(), stop: &stop, steps: AtomicUsize::new(0), at };
    let summary = session.run(&cutting, &mut resumptions, &stop).unwrap();
    (summary, resumptions.0)
}

/// All rows and models of a session, but for the seconds that they took.
fn stored(session: &Session) -> Vec<u8> {
    let store = session.store();
    let mut trials = store.rows::<store::TrialRow>(|_| true).unwrap();
    trials.iter_mut().for_each(|trial| trial.train_seconds = 0.0);
    let metrics = store.rows::<MetricRow>(|_| true).unwrap();
    let probes = store.rows::<store::ProbeRow>(|_| true).unwrap();
    let chains = store.rows::<Link>(|_| true).unwrap();
    let models: Vec<(String, Option<Vec<u8>>)> = trials
        .iter()
        .map(|trial| trial.trial_id.clone())
        .map(|id| {
            let model = fs::read(session.dir().join(layout::model(&id))).ok();
            (id, model)
        })
        .collect();
    assert_eq!(models.iter().filter(|(_, model)| model.is_some()).count(), 4);
    postcard::to_stdvec(&(trials, metrics, probes, chains, models)).unwrap()
}

#[test]
fn a_run_cut_within_trials_leaves_the_same_tables_and_models() {
    let (all, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut session = open(all.path(), &long());
    run_until(&mut session, usize::MAX);
    let wanted = stored(&session);
    let (mut at, mut resumed) = (70, 0);
    loop {
        let mut session = open(parts.path(), &long());
        at = 60 + (at * 7) % 73;
        let (summary, resumptions) = run_until(&mut session, at);
        resumed += resumptions.len();
        let left = in_flight(session.stages(), session.store());
        if !summary.interrupted {
            assert_eq!(stored(&session), wanted);
            assert_eq!((left, session.dir().join(layout::CHECKPOINTS).exists()), (vec![], false));
            break;
        }
        // One trial at a time is under way.
        assert!(left.len() <= 1, "{left:?}");
        for one in &left {
            assert!(one.update <= one.budget && one.budget == 25 && one.train_seconds > 0.0, "{one:?}");
            let arm = &one.arm;
            let shown = format!(
                "{} ({arm}, replicate {}) at update {} of 25, 2",
                &one.trial_id[..8],
                one.replicate,
                one.update
            );
            assert!(one.to_string().starts_with(&shown) && one.to_string().ends_with(" UTC"), "{one}");
        }
    }
    assert!(resumed >= 4, "{resumed}");
}

/// Whoever asks for all of it again gets all of it, and not the rest of what was left.
#[test]
fn to_train_again_is_to_begin_at_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), &long());
    assert!(run_until(&mut session, 20).0.interrupted);
    assert_eq!(in_flight(session.stages(), session.store()).len(), 1);
    drop(session);
    let mut session = open_with(folder.path(), &long(), |options| options.again = true);
    assert_eq!(run_until(&mut session, usize::MAX).1, Vec::<u64>::new());
}

/// A trial under way goes on where a part of the run left it, when the run has other parts than before, or none: to the bits of one machine.
#[test]
fn a_trial_goes_on_where_another_part_left_it() {
    let suite = lengthened(KEPT);
    let alone = tempfile::tempdir().unwrap();
    let mut session = open(alone.path(), &suite);
    run_until(&mut session, usize::MAX);
    let wanted = stored(&session);
    let part = |folder: &Path, of: Option<(u32, u32)>, again: bool| {
        open_with(folder, &suite, |options| {
            options.shard = of.and_then(|(index, count)| Shard::new(index, count));
            options.again = again;
        })
    };
    let others = [vec![Some((1, 3)), Some((2, 3)), Some((3, 3))], vec![None]];
    for (parts, again) in others.into_iter().flat_map(|parts| [(parts.clone(), false), (parts, true)]) {
        let folder = tempfile::tempdir().unwrap();
        let mut left = 0;
        for index in 1..=2 {
            let mut session = part(folder.path(), Some((index, 2)), false);
            run_until(&mut session, 12);
            left += in_flight(session.stages(), session.store()).len();
        }
        assert_eq!(left, 2);
        let session = part(folder.path(), None, false);
        assert_eq!(in_flight(session.stages(), session.store()).len(), 2);
        drop(session);
        let resumed = |of: &Option<(u32, u32)>| run_until(&mut part(folder.path(), *of, again), usize::MAX).1;
        let resumed: Vec<u64> = parts.iter().flat_map(resumed).collect();
        assert!(resumed.len() == if again { 0 } else { 2 } && resumed.iter().all(|update| *update > 0), "{resumed:?}");
        if parts.len() > 1 {
            assert!(merge(&folder.path().join("results/small"), &[]).unwrap().complete);
        }
        assert_eq!(stored(&open(folder.path(), &suite)), wanted);
    }
}

#[test]
fn without_checkpoints_an_interrupted_trial_starts_over() {
    let folder = tempfile::tempdir().unwrap();
    let none = |options: &mut SessionOptions| options.checkpoints = None;
    let mut session = open_with(folder.path(), &long(), none);
    assert!(run_until(&mut session, 20).0.interrupted);
    assert!(!session.dir().join(layout::CHECKPOINTS).exists());
    drop(session);
    let mut session = open_with(folder.path(), &long(), none);
    assert_eq!(run_until(&mut session, usize::MAX).1, Vec::<u64>::new());
}

/// A trial's time is that over all runs, so that a limit is not met anew by each.
#[test]
fn a_trial_out_of_time_goes_on_where_a_run_allows_more() {
    let (all, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let seconds =
        |seconds| move |options: &mut SessionOptions| options.timeout = Some(std::time::Duration::from_secs(seconds));
    let mut session = open(all.path(), &long());
    run_until(&mut session, usize::MAX);
    let wanted = stored(&session);
    let mut session = open_with(folder.path(), &long(), seconds(500));
    run_until(&mut session, 20);
    let [left] = &in_flight(session.stages(), session.store())[..] else { panic!("one is under way") };
    let (id, update) = (left.trial_id.clone(), left.update);
    assert!(update > 0);
    // As if it had taken long.
    let path = session.dir().join(layout::checkpoint(&id));
    let checkpoints = Checkpoints::of(session.dir());
    let head = checkpoints.head(&id).unwrap();
    let (head, state) = checkpoints.read(&head.origin).unwrap().unwrap();
    checkpoints.write(&store::CheckpointHead { train_seconds: 1000.0, ..head }, &state).unwrap();
    let before = fs::read(&path).unwrap();
    drop(session);
    for _ in 0..2 {
        let mut session = open_with(folder.path(), &long(), seconds(500));
        let (summary, resumptions) = run_until(&mut session, usize::MAX);
        // Its arm cannot choose, and the other does.
        assert_eq!((summary.failed, resumptions), (1, vec![update]));
        let row = &session.store().trials()[&id];
        assert_eq!((row.status, row.updates), (Status::Timeout, update));
        assert!(row.train_seconds >= 1000.0 && session.failures() == BTreeMap::from([(Status::Timeout, 1)]));
        let reason = row.reason.as_deref().unwrap();
        let (took, rest) = reason.split_once(" s for ").unwrap();
        let expected = format!(
            "{update} updates, and --timeout allows 500 s; a run with more, or without --timeout, goes on from there"
        );
        // Looking at the time takes some itself.
        assert!(took.starts_with("it took 1000.") && rest == expected, "{reason}");
        assert_eq!(fs::read(&path).unwrap(), before, "it stays as it was");
    }
    let mut session = open_with(folder.path(), &long(), seconds(2000));
    assert_eq!(run_until(&mut session, usize::MAX).1, [update]);
    assert!(session.store().trials()[&id].train_seconds >= 1000.0);
    assert_eq!(stored(&session), wanted);
}

#[test]
fn no_time_at_all_is_a_timeout_of_each_trial() {
    let folder = tempfile::tempdir().unwrap();
    let mut session =
        open_with(folder.path(), SUITE, |options| options.timeout = Some(std::time::Duration::from_nanos(1)));
    let (summary, _) = run_until(&mut session, usize::MAX);
    assert_eq!(summary, Summary { finished: 4, failed: 4, ..Summary::default() });
    assert_eq!(statuses(&session), [Status::Timeout; 4]);
    drop(session);
    let mut session = open(folder.path(), SUITE);
    assert_eq!(run_until(&mut session, usize::MAX), (Summary { finished: 4, ..Summary::default() }, vec![]));
}

#[test]
fn a_run_out_of_time_ends_as_if_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let limit = |options: &mut SessionOptions| options.max_time = Some(std::time::Duration::from_millis(30));
    let mut session = open_with(folder.path(), TUNED, limit);
    // Trials that never end.
    let summary = train(&mut session, |_, _| None);
    assert_eq!(summary, Summary { interrupted: true, ..Summary::default() });
    drop(session);
    let mut session = open(folder.path(), TUNED);
    assert_eq!(train(&mut session, succeed), Summary { finished: 16, ..Summary::default() });
    drop(session);
    // With nothing to do there is nothing to interrupt.
    let mut session = open_with(folder.path(), TUNED, limit);
    assert_eq!(train(&mut session, succeed), Summary::default());
}
