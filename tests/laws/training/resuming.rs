//! A training that was left and entered again ends with the same bits, whatever it is made of.

use longlag::{
    component::{
        algorithm::AlgorithmSpec,
        clip::ClipSpec,
        constraint::ConstraintSpec,
        curriculum::CurriculumSpec,
        init::InitSpec,
        optim::OptimizerSpec,
        parametrization::ParametrizationSpec,
        probe::{ProbeSpec, StateGradient, StateGradients},
        regularizer::RegularizerSpec,
        schedule::ScheduleSpec,
        task::{Batch, TaskSpec},
    },
    compute::kernel::Isa,
    engine::{Backend, Engine, Forward},
    model::{ModelSpec, Network},
    seed::Stream,
    train::{Checkpoint, Event, Outcome, Pending, Progress, Setup, StateError, Trained, Training},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::laboratory::{Laboratory, init};

const BUDGET: u64 = 7;

/// A training to be left and entered.
struct Case {
    name: String,
    setup: Setup,
    network: Network,
    /// The update whose gradient is not a number.
    faulty: Option<u64>,
}

/// An engine with a gradient that is not a number at one batch.
struct Faulty {
    engine: Box<dyn Engine>,
    address: Option<u64>,
}

impl Engine for Faulty {
    fn gradient(&mut self, parameters: &[f32], batch: &Batch, dropout: &Stream, gradient: &mut [f32]) -> Forward {
        let forward = self.engine.gradient(parameters, batch, dropout, gradient);
        if self.address.is_some_and(|address| batch.addresses[0] == address) {
            gradient.fill(f32::NAN);
        }
        forward
    }

    fn outputs(&mut self, parameters: &[f32], batch: &Batch) -> Vec<f32> {
        self.engine.outputs(parameters, batch)
    }
}

impl StateGradients for Faulty {
    fn state_gradients(&mut self, parameters: &[f32], batch: &Batch) -> Vec<StateGradient> {
        self.engine.state_gradients(parameters, batch)
    }
}

impl Case {
    /// A small network with dropout, evaluated every 3 updates and probed every 2.
    fn new(name: &str, task: Value, change: impl FnOnce(&mut Laboratory)) -> Self {
        let task: TaskSpec = known(task);
        let model: ModelSpec = known(json!({"cell": {"kind": "elman"}, "hidden": 4, "readout": {"dropout": 0.25}}));
        let network = Network::new(&model, task.dimensions());
        let mut laboratory = Laboratory::new(&task, model.cell, 4, &InitSpec::default());
        laboratory.setup.layout.clone_from(&network.parameters);
        laboratory.setup.probes = ProbeSpec::all();
        for probe in &mut laboratory.setup.probes {
            match probe {
                ProbeSpec::GradientByLag(probe) => (probe.every, probe.sequences) = (Some(2), 2),
            }
        }
        let setup = &mut laboratory.setup;
        (setup.batch, setup.budget, setup.evaluate_every) = (3, BUDGET, 3);
        (setup.validation, setup.test) = (4, 4);
        change(&mut laboratory);
        Self { name: name.to_owned(), setup: laboratory.setup, network, faulty: None }
    }

    fn adding(name: &str, change: impl FnOnce(&mut Laboratory)) -> Self {
        Self::new(name, json!({"kind": "adding", "length": 12}), change)
    }

    fn engine(&self) -> Faulty {
        let backend = Backend::Fused { isa: Isa::choose().expect("a known instruction set"), threads: 1 };
        let engine = backend.engine(self.network.clone(), vec![], self.setup.regularizers.clone());
        Faulty { engine, address: self.faulty.map(|update| (update - 1) * self.setup.batch as u64) }
    }
}

fn known<T: DeserializeOwned>(settings: Value) -> T {
    serde_json::from_value(settings).expect("known settings")
}

/// A training for every registered component that has a part in training, and for those of their settings that keep more.
fn cases() -> Vec<Case> {
    let mut cases = vec![Case::adding("plain", |_| {})];
    for algorithm in AlgorithmSpec::all() {
        cases.push(Case::adding(algorithm.kind(), |laboratory| laboratory.setup.algorithm = algorithm.clone()));
    }
    let keeping_more = [
        json!({"kind": "sgd", "momentum": 0.9, "nesterov": true}),
        json!({"kind": "rmsprop", "momentum": 0.9, "centered": true}),
        json!({"kind": "adam", "amsgrad": true}),
    ];
    for optimizer in OptimizerSpec::all().into_iter().chain(keeping_more.map(known)) {
        cases.push(Case::adding(optimizer.kind(), |laboratory| laboratory.setup.optimizer = optimizer.clone()));
    }
    for schedule in ScheduleSpec::all() {
        cases.push(Case::adding(schedule.kind(), |laboratory| laboratory.setup.schedule = vec![schedule.clone()]));
    }
    for clip in ClipSpec::all() {
        for faulty in [None, Some(4)] {
            let case = Case::adding(clip.kind(), |laboratory| laboratory.setup.clip = vec![clip.clone()]);
            cases.push(Case { faulty, ..case });
        }
    }
    for regularizer in RegularizerSpec::all() {
        let set = |laboratory: &mut Laboratory| laboratory.setup.regularizers = vec![regularizer.clone()];
        cases.push(Case::adding(regularizer.kind(), set));
    }
    for curriculum in CurriculumSpec::all() {
        cases.push(Case::adding(curriculum.kind(), |laboratory| {
            let splits = laboratory.setup.splits.clone();
            laboratory.setup.splits = splits.with_curriculum(Some(curriculum.clone()));
        }));
    }
    for parametrization in ParametrizationSpec::all() {
        cases.push(Case::adding(parametrization.kind(), |laboratory| parametrize(laboratory, &parametrization)));
    }
    for mut constraint in ConstraintSpec::all() {
        cases.push(Case::adding(constraint.kind(), |laboratory| {
            if let ConstraintSpec::Rebase(rebase) = &mut constraint {
                rebase.every = 2;
                parametrize(laboratory, &known(json!({"kind": "orthogonal-exponential"})));
            }
            laboratory.setup.constraints = vec![constraint.clone()];
        }));
    }
    // Of a finite data set, in a new order in every epoch.
    cases.push(Case::new("epochs", json!({"kind": "random-data", "sequences": 8}), |_| {}));
    cases
}

fn parametrize(laboratory: &mut Laboratory, parametrization: &ParametrizationSpec) {
    let spec = known(json!({"recurrent": parametrization}));
    laboratory.parametrize(&spec, &init(json!({})));
}

/// All that can be seen of a training from some moment on.
#[derive(Debug, PartialEq)]
struct Seen {
    progress: (u64, Option<[u64; 2]>),
    events: Vec<String>,
    /// Bit by bit, since NaN is no number's equal.
    trained: Vec<u8>,
}

fn run(mut training: Training) -> Seen {
    let Progress { update, validation } = training.progress();
    let validation = validation.map(|score| [score.loss.to_bits(), score.accuracy.to_bits()]);
    let mut events = vec![];
    // A forgotten count of updates may go past the budget.
    while !matches!(training.pending(), Pending::Nothing(_)) && events.len() < 100 {
        events.push(format!("{:?}", training.advance()));
    }
    let trained = training.into_trained().map(|Trained { outcome, updates, metrics, probes, chain, parameters }| {
        postcard::to_stdvec(&(outcome, updates, metrics, probes, chain, parameters)).expect("plain data")
    });
    Seen { progress: (update, validation), events, trained: trained.unwrap_or_default() }
}

/// A checkpoint as bytes, and what follows it in a training that is never left.
type Left = (Vec<u8>, Seen);

/// The checkpoint before each step of a training, and that after the last.
fn left(case: &Case) -> Vec<Left> {
    let mut engine = case.engine();
    let mut training = Training::new(&case.setup, &mut engine);
    let mut bytes = vec![];
    loop {
        bytes.push(postcard::to_stdvec(&training.checkpoint()).expect("plain data"));
        if let Event::Ended(_) = training.advance() {
            break;
        }
    }
    bytes.push(postcard::to_stdvec(&training.checkpoint()).expect("plain data"));
    // What follows each of them in a training that is never left.
    let follows = (0..bytes.len()).map(|done| {
        let mut engine = case.engine();
        let mut training = Training::new(&case.setup, &mut engine);
        for _ in 0..done {
            training.advance();
        }
        run(training)
    });
    let follows: Vec<Seen> = follows.collect();
    bytes.into_iter().zip(follows).collect()
}

fn resumed(case: &Case, checkpoint: Checkpoint) -> Result<Seen, StateError> {
    let mut engine = case.engine();
    Ok(run(Training::resume(&case.setup, &mut engine, checkpoint)?))
}

#[test]
fn a_training_resumed_from_its_serialized_checkpoint_ends_with_the_same_bits() {
    for case in cases() {
        let left = left(&case);
        // Each update and evaluation of the whole budget, unless a fault ends it.
        assert!(left.len() >= if case.faulty.is_some() { 8 } else { 15 }, "{}: {} checkpoints", case.name, left.len());
        for (moment, (bytes, wanted)) in left.iter().enumerate() {
            let checkpoint = postcard::from_bytes(bytes).expect("a checkpoint");
            let seen = resumed(&case, checkpoint).expect("its own checkpoint");
            assert_eq!(seen, *wanted, "`{}`, left after {moment} steps", case.name);
        }
    }
}

/// For each piece of state there is a training that ends otherwise without it.
#[test]
fn no_piece_of_a_checkpoint_can_be_forgotten() {
    type Forget = fn(&mut Checkpoint, &Checkpoint);
    let pieces: [(&str, Forget); 12] = [
        ("pending", |left, fresh| left.pending = fresh.pending),
        ("updates", |left, fresh| left.updater.updates = fresh.updater.updates),
        ("steps", |left, fresh| left.updater.steps = fresh.updater.steps),
        ("parameters", |left, fresh| left.updater.parameters.clone_from(&fresh.updater.parameters)),
        ("bases", |left, fresh| left.updater.bases.clone_from(&fresh.updater.bases)),
        ("slots", |left, fresh| left.updater.slots.clone_from(&fresh.updater.slots)),
        ("clip means", |left, fresh| left.updater.clip_means.clone_from(&fresh.updater.clip_means)),
        ("running", |left, fresh| left.running = fresh.running),
        ("validation", |left, fresh| left.validation = fresh.validation),
        ("metrics", |left, fresh| left.history.metrics.clone_from(&fresh.history.metrics)),
        ("probes", |left, fresh| left.history.probes.clone_from(&fresh.history.probes)),
        ("chain", |left, fresh| left.history.chain.clone_from(&fresh.history.chain)),
    ];
    let cases: Vec<(Case, Vec<Left>)> = cases()
        .into_iter()
        .map(|case| {
            let left = left(&case);
            (case, left)
        })
        .collect();
    for (piece, forget) in pieces {
        let missed =
            cases.iter().any(|(case, left)| {
                let fresh: Checkpoint = postcard::from_bytes(&left[0].0).expect("a checkpoint");
                // In the middle, where everything has been used.
                let (bytes, wanted) = &left[left.len() / 2];
                let mut checkpoint: Checkpoint = postcard::from_bytes(bytes).expect("a checkpoint");
                // No piece is left out of the list.
                let Checkpoint { pending: _, updater, running: _, validation: _, history } = &checkpoint;
                let longlag::train::UpdaterState {
                    updates: _,
                    steps: _,
                    parameters: _,
                    bases: _,
                    slots: _,
                    clip_means: _,
                } = updater;
                let longlag::train::History { metrics: _, probes: _, chain: _ } = history;
                forget(&mut checkpoint, &fresh);
                // One that contradicts itself is missed by a refusal.
                resumed(case, checkpoint).as_ref() != Ok(wanted)
            });
        assert!(missed, "nobody misses `{piece}`");
    }
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let plain = Case::adding("plain", |_| {});
    let checkpoint: Checkpoint = postcard::from_bytes(&left(&plain)[3].0).expect("a checkpoint");
    let others = [
        ("parameters", Case::new("wider input", json!({"kind": "copy", "length": 3}), |_| {})),
        ("state vectors", Case::adding("sgd", |laboratory| laboratory.setup.optimizer = known(json!({"kind": "sgd"})))),
        ("clips", Case::adding("clipped", |laboratory| laboratory.setup.clip = known(json!([{"kind": "value"}])))),
    ];
    for (part, other) in others {
        let error = resumed(&other, checkpoint.clone()).expect_err(part);
        assert_eq!(error.part, part);
        assert!(error.to_string().contains("of another training"), "{error}");
    }
}

/// Counts that no training of this budget can have would never come to an end.
#[test]
fn a_checkpoint_with_impossible_counts_is_refused() {
    type Change = fn(&mut Checkpoint);
    let case = Case::adding("plain", |_| {});
    let checkpoint: Checkpoint = postcard::from_bytes(&left(&case)[3].0).expect("a checkpoint");
    let changes: [(&str, Change); 3] = [
        ("updates", |left| (left.pending, left.updater.updates) = (Pending::Update, BUDGET)),
        ("updates", |left| left.updater.updates = BUDGET + 1),
        ("steps", |left| left.updater.steps = left.updater.updates + 1),
    ];
    for (part, change) in changes {
        let mut checkpoint = checkpoint.clone();
        change(&mut checkpoint);
        let error = resumed(&case, checkpoint).expect_err(part);
        assert_eq!(error.part, part);
        assert!(error.to_string().contains("at most"), "{error}");
    }
}

/// The end is an end in every copy.
#[test]
fn a_finished_training_stays_finished() {
    let case = Case::adding("plain", |_| {});
    let (bytes, _) = left(&case).pop().expect("an end");
    let mut engine = case.engine();
    let checkpoint = postcard::from_bytes(&bytes).expect("a checkpoint");
    let mut training = Training::resume(&case.setup, &mut engine, checkpoint).expect("its own checkpoint");
    assert_eq!(training.advance(), Event::Ended(Outcome::Spent));
    assert_eq!(training.updates(), BUDGET);
}
