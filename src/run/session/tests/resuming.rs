//! Trials that are left anywhere and go on from their checkpoints, to the same bits, whatever they are made of.

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
    run::{CheckpointInterval, Keeping, backend::check_backend, watch::Watch},
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

/// A trial that goes on tells the last score of its validation data as one that was never left does.
#[test]
fn a_trial_that_goes_on_tells_its_last_score() {
    struct Told<'a> {
        from: Option<Checkpoint>,
        left_at: usize,
        steps: usize,
        told: &'a mut Vec<Progress>,
        kept: Option<Checkpoint>,
    }
    impl Course for Told<'_> {
        fn begin(&mut self) -> Option<(Checkpoint, f64)> {
            Some((self.from.take()?, 0.0))
        }

        fn next(&mut self, progress: Progress) -> Next {
            if self.steps == self.left_at && self.kept.is_none() {
                return Next::KeepAndLeave;
            }
            self.steps += 1;
            self.told.push(progress);
            Next::GoOn
        }

        fn keep(&mut self, state: Checkpoint) {
            self.kept = Some(state);
        }
    }
    let (plan, [fused, _]) = (plan(&[]), backends());
    let trainer = EngineTrainer { backend: fused, keep_models: false };
    let train = |from: Option<Checkpoint>, left_at: usize, told: &mut Vec<Progress>| {
        let mut course = Told { from, left_at, steps: 0, told, kept: None };
        let finished = trainer.train(&plan, plan.trials().next().unwrap(), &mut course);
        (finished, course.kept)
    };
    let mut wanted = vec![];
    assert!(train(None, usize::MAX, &mut wanted).0.is_some());
    assert!(wanted.iter().any(|progress| progress.validation.is_some()));
    for cut in 1..wanted.len() {
        let mut told = vec![];
        let (finished, kept) = train(None, cut, &mut told);
        assert!(finished.is_none() && kept.is_some(), "left after {cut} steps");
        assert!(train(kept, usize::MAX, &mut told).0.is_some());
        assert_eq!(told, wanted, "left after {cut} steps");
    }
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
    type Spoil<'a> = &'a dyn Fn(&Bench);
    let cases: [(&str, Spoil); 4] = [
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
