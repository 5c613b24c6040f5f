//! Trials that are left on their way and go on from their checkpoints, to the same bits.

use std::{
    cell::Cell,
    sync::mpsc::{Receiver, Sender, channel},
};

use serde_json::{Value, json};

use super::*;
use crate::{
    component::{
        algorithm::AlgorithmSpec, bptt::BpttSpec, cell::CellSpec, clip::ClipSpec, constraint::ConstraintSpec,
        curriculum::CurriculumSpec, optim::OptimizerSpec, parametrization::ParametrizationSpec,
        regularizer::RegularizerSpec, schedule::ScheduleSpec,
    },
    run::{CheckpointInterval, Keeping, backend::check_backend, in_flight, watch::Watch},
    store::Checkpoints,
    train::{Checkpoint, Progress},
};

const UPDATES: u64 = 7;

/// A small suite of one trial with these settings in place of its own, as JSON, which is YAML.
fn plan(settings: &[(&str, Value)]) -> Plan {
    let mut suite = json!({
        "version": 1,
        "name": "x",
        "replicates": 1,
        "task": {"kind": "adding", "length": 6},
        "model": {"cell": "elman", "hidden": 4, "readout": {"dropout": 0.25}},
        "train": {"batch": 3, "updates": UPDATES, "evaluate-every": 3, "validation-sequences": 4, "test-sequences": 4},
        "probes": [{"kind": "gradient-by-lag", "every": 2, "sequences": 2}],
        "evaluate": {"lengths": [4, 9]},
        "save": ["models"],
    });
    for (path, value) in settings {
        let mut at = &mut suite;
        for key in path.split('.') {
            at = &mut at[key];
        }
        *at = value.clone();
    }
    let suite = Suite::parse(&suite.to_string()).unwrap_or_else(|error| panic!("{settings:?}: {error}"));
    Plan::new(&suite, &PlanOptions::default()).unwrap_or_else(|error| panic!("{settings:?}: {error}"))
}

/// A trial for every registered component that has a part in training, and for those of their settings that keep more.
fn cases() -> Vec<(String, Plan)> {
    let mut cases = vec![("plain".to_owned(), plan(&[]))];
    let mut add = |path: &str, value: Value, further: &[(&str, Value)]| {
        cases.push((format!("{path}: {value}"), plan(&[&[(path, value)], further].concat())));
    };
    for algorithm in AlgorithmSpec::all() {
        add("algorithm", json!(algorithm), &[]);
    }
    for optimizer in OptimizerSpec::all() {
        add("optimizer", json!(optimizer), &[]);
    }
    add("optimizer", json!({"kind": "sgd", "momentum": 0.9, "nesterov": true}), &[]);
    add("optimizer", json!({"kind": "rmsprop", "momentum": 0.9, "centered": true}), &[]);
    add("optimizer", json!({"kind": "adam", "amsgrad": true}), &[]);
    for schedule in ScheduleSpec::all() {
        add("schedule", json!([schedule]), &[]);
    }
    for clip in ClipSpec::all() {
        add("clip", json!([clip]), &[]);
    }
    for regularizer in RegularizerSpec::all() {
        add("regularizers", json!([regularizer]), &[]);
    }
    for rule in BpttSpec::all() {
        add("bptt", json!([rule]), &[]);
    }
    let length = || ("task.length", json!(12));
    for curriculum in CurriculumSpec::all() {
        add("train.curriculum", json!(curriculum), &[length()]);
    }
    add("train.curriculum", json!({"kind": "growing", "from": 3, "over": 5}), &[length()]);
    for parametrization in ParametrizationSpec::all() {
        add("parametrize", json!({"recurrent": parametrization}), &[]);
    }
    let exponential = || ("parametrize", json!({"recurrent": {"kind": "orthogonal-exponential"}}));
    for constraint in ConstraintSpec::all() {
        match constraint.kind() {
            "rebase" => add("constraints", json!([{"kind": "rebase", "every": 2}]), &[exponential()]),
            _ => add("constraints", json!([constraint]), &[]),
        }
    }
    for cell in CellSpec::all() {
        add("model.cell", json!(cell), &[]);
    }
    // Of a finite data set, in a new order in every epoch.
    let data = json!({"kind": "random-data", "sequences": 8});
    let epochs = json!({"batch": 3, "epochs": 3, "validation-sequences": 4, "test-sequences": 4});
    add("task", data, &[("train", epochs), ("evaluate", json!({}))]);
    cases
}

fn backends() -> [Backend; 2] {
    [Backend::Fused { isa: Isa::Portable, threads: 1 }, Backend::Dfdx]
}

/// All of a result but the time that it took, bit by bit.
fn bits(finished: Finished) -> (Vec<u8>, Option<Vec<u8>>) {
    let Finished { mut record, model } = finished;
    record.trial.train_seconds = 0.0;
    (postcard::to_stdvec(&record).unwrap(), model)
}

/// A course that passes through another and is left for good before some step, as by a killed process: nothing more is kept.
struct Killed<'a, 'w> {
    watch: &'a mut Watch<'w>,
    steps: u64,
    /// The step at which the process dies.
    at: u64,
    /// Steps between two checkpoints.
    every: u64,
}

impl Course for Killed<'_, '_> {
    fn begin(&mut self) -> Option<(Checkpoint, f64)> {
        self.watch.begin()
    }

    fn next(&mut self, progress: Progress) -> Next {
        let next = self.watch.next(progress);
        if self.steps == self.at {
            return Next::Leave;
        }
        self.steps += 1;
        match next {
            Next::Keep if !self.steps.is_multiple_of(self.every) => Next::GoOn,
            next => next,
        }
    }

    fn keep(&mut self, state: Checkpoint) {
        self.watch.keep(state);
    }
}

/// A run's folder with the news of its trials.
struct Bench {
    folder: tempfile::TempDir,
    sender: Sender<PoolEvent>,
    receiver: Receiver<PoolEvent>,
}

impl Bench {
    fn new() -> Self {
        let (sender, receiver) = channel();
        Self { folder: tempfile::tempdir().unwrap(), sender, receiver }
    }

    fn checkpoints(&self) -> Checkpoints {
        Checkpoints::of(self.folder.path())
    }

    /// Trains the first trial of `plan` until it is left before step `after` of this run.
    fn left(&self, plan: &Plan, backend: Backend, after: u64) -> Option<Finished> {
        let steps = Cell::new(0);
        let halted = || steps.replace(steps.get() + 1) == after;
        let trainer = EngineTrainer { backend, keep_models: true };
        let checkpoints = self.checkpoints();
        // Only those of who leaves.
        let interval = CheckpointInterval::of(std::time::Duration::from_secs(3600));
        let keeping = Some(Keeping { checkpoints: &checkpoints, interval });
        let trial = plan.trials().next().unwrap();
        let mut watch = Watch::new((plan, trial), trainer.names(), keeping, None, &halted, &self.sender);
        trainer.train(plan, trial, &mut watch)
    }

    /// Trains as [`left`](Self::left) does, until the process is killed before step `at`; gives the steps done, too.
    fn killed(&self, plan: &Plan, backend: Backend, at: u64, every: u64) -> (Option<Finished>, u64) {
        let trainer = EngineTrainer { backend, keep_models: true };
        let checkpoints = self.checkpoints();
        let interval = CheckpointInterval::of(std::time::Duration::ZERO);
        let keeping = Some(Keeping { checkpoints: &checkpoints, interval });
        let trial = plan.trials().next().unwrap();
        let mut watch = Watch::new((plan, trial), trainer.names(), keeping, None, &|| false, &self.sender);
        let mut course = Killed { watch: &mut watch, steps: 0, at, every };
        let finished = trainer.train(plan, trial, &mut course);
        (finished, course.steps)
    }

    /// The news so far: where trials went on, and what was said.
    fn news(&self) -> (Vec<u64>, Vec<String>) {
        let (mut resumed, mut said) = (vec![], vec![]);
        for event in self.receiver.try_iter() {
            match event {
                PoolEvent::Resumed(_, update) => resumed.push(update),
                PoolEvent::Notice(text) => said.push(text),
                _ => {}
            }
        }
        (resumed, said)
    }
}

fn whole(plan: &Plan, backend: Backend) -> (Vec<u8>, Option<Vec<u8>>) {
    let trainer = EngineTrainer { backend, keep_models: true };
    bits(trainer.train(plan, plan.trials().next().unwrap(), &mut |_: Progress| true).unwrap())
}

/// Cut at every step, and in the middle of the updates between two evaluations, by both engines.
#[test]
fn a_trial_cut_anywhere_ends_as_one_that_is_not() {
    let cases = cases();
    assert!(cases.len() > 90, "{}", cases.len());
    let mut cuts = 0;
    for (name, plan) in &cases {
        for backend in backends() {
            if check_backend(backend, plan).is_err() {
                continue;
            }
            let wanted = whole(plan, backend);
            // One step at a time is the hardest of all cuts; the plain one is cut in all other ways, too.
            let steps: &[u64] = if name == "plain" { &[1, 2, 3, 4, 5, 7, 11] } else { &[1, 5] };
            for &after in steps {
                let bench = Bench::new();
                let mut parts = 1;
                let found = loop {
                    if let Some(finished) = bench.left(plan, backend, after) {
                        break bits(finished);
                    }
                    parts += 1;
                    assert!(parts < 100, "`{name}` by {backend:?} never ends, left after {after} steps");
                };
                assert!(found == wanted, "`{name}` by {backend:?}, left after {after} steps each time");
                let (resumed, said) = bench.news();
                assert_eq!((resumed.len(), said), (parts - 1, vec![]), "{name}");
                assert!(resumed.is_sorted() && parts > 1, "`{name}`: {resumed:?}");
                cuts += parts - 1;
            }
        }
    }
    assert!(cuts > 2000, "{cuts}");
}

/// Steps: those of a killed process since its last checkpoint are trained again, and no others.
#[test]
fn a_killed_trial_trains_no_more_again_than_since_its_checkpoint() {
    let plan = plan(&[("train.updates", json!(40))]);
    let [fused, _] = backends();
    let wanted = whole(&plan, fused);
    let (finished, all) = Bench::new().killed(&plan, fused, u64::MAX, 1);
    assert!(bits(finished.unwrap()) == wanted);
    let mut draws = crate::seed::stream(3, crate::seed::Purpose::Guess, &[("test", "kills")]).at(0);
    for every in [1, 3, 8] {
        let bench = Bench::new();
        let (mut kills, mut steps) = (0, 0);
        let found = loop {
            let at = 5 + draws.below(20) as u64;
            let (finished, done) = bench.killed(&plan, fused, at, every);
            steps += done;
            match finished {
                Some(finished) => break bits(finished),
                None => kills += 1,
            }
        };
        assert!(found == wanted, "killed {kills} times");
        let again = steps - all;
        assert!(
            kills >= 2 && again <= kills * every,
            "{again} steps again after {kills} kills, one kept every {every}"
        );
        assert_eq!(bench.news().1, Vec::<String>::new());
    }
}

#[test]
fn a_useless_checkpoint_is_told_and_its_trial_starts_over() {
    let (plain, [fused, dfdx]) = (plan(&[]), backends());
    let wanted = whole(&plain, fused);
    let id = plain.trial_id(plain.trials().next().unwrap());
    let file = |bench: &Bench| bench.folder.path().join(layout::checkpoint(&id));
    let cases: [(&str, &dyn Fn(&Bench)); 4] = [
        ("is damaged", &|bench| {
            let mut bytes = fs::read(file(bench)).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            fs::write(file(bench), bytes).unwrap();
        }),
        ("is damaged", &|bench| {
            let bytes = fs::read(file(bench)).unwrap();
            fs::write(file(bench), &bytes[..bytes.len() / 3]).unwrap();
        }),
        ("is no checkpoint of longlag", &|bench| fs::write(file(bench), "something else").unwrap()),
        ("was computed by another engine", &|bench| {
            bench.checkpoints().remove(&id);
            assert!(bench.left(&plain, dfdx, 3).is_none());
        }),
    ];
    for (why, damage) in cases {
        let bench = Bench::new();
        assert!(bench.left(&plain, fused, 5).is_none());
        damage(&bench);
        bench.news();
        let found = bits(bench.left(&plain, fused, u64::MAX).unwrap());
        let (resumed, said) = bench.news();
        assert!(found == wanted && resumed.is_empty(), "{why}");
        let ending = format!("{why}: trial {id} starts over");
        assert!(said.len() == 1 && said[0].ends_with(&ending), "{said:?}");
    }
}

/// A full disk costs no trial: it is told once, and the trial goes on.
#[test]
fn a_checkpoint_that_cannot_be_written_is_told_once() {
    let (plain, [fused, _]) = (plan(&[]), backends());
    let bench = Bench::new();
    fs::write(bench.folder.path().join(layout::CHECKPOINTS), "in the way").unwrap();
    let (finished, _) = bench.killed(&plain, fused, u64::MAX, 1);
    assert!(bits(finished.unwrap()) == whole(&plain, fused));
    let (_, said) = bench.news();
    assert!(said.len() == 1 && said[0].starts_with("cannot create the folder"), "{said:?}");
    assert!(said[0].ends_with("all that it did since its last checkpoint"), "{said:?}");
}

/// A tuning with kept models and tests on other lengths, long enough to be cut within a trial.
fn long() -> String {
    let train = "train: {batch: 2, updates: 25, evaluate-every: 4, validation-sequences: 4, test-sequences: 4}";
    let short = "train: {batch: 2, updates: 2, evaluate-every: 1, validation-sequences: 4, test-sequences: 4}";
    let long = TUNED.replace(short, train).replace("figures: []", "evaluate: {lengths: [3, 9]}\nfigures: []");
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
        let reason = format!(
            "it took 1000.00 s for {update} updates, and --timeout allows 500 s; a run with more, or without --timeout, goes \
                              on from there"
        );
        assert_eq!(row.reason.as_deref(), Some(&reason[..]));
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
