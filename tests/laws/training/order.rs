//! The order of an update's steps, and what each of them is given.

use longlag::{
    component::{
        cell::{CellSpec, Elman},
        init::InitSpec,
        optim::{Adam, Factor, OptimizerSpec, Sgd},
        probe::{StateGradient, StateGradients},
        schedule::{self, ScheduleSpec},
        task::{Adding, Batch, TaskSpec},
    },
    engine::{Engine, Forward},
    model::{ModelSpec, Network},
    seed::Stream,
    train::{GradientDescent, Setup, Split, Trained, Training, UpdateObserver, UpdateView, Updater as _},
};
use serde_json::json;

use super::laboratory::{Laboratory, Noting, engine, metric};

fn task() -> TaskSpec {
    TaskSpec::Adding(Adding { length: 4.into() })
}

fn laboratory() -> Laboratory {
    Laboratory::new(&task(), CellSpec::Elman(Elman::default()), 3, &InitSpec::default())
}

/// An engine whose gradient is 1 everywhere, or not a number at some batches, and that keeps what it is given.
struct Constant {
    engine: Noting,
    /// First addresses of the batches whose gradient is not a number.
    faulty: Vec<u64>,
    /// The weights of each gradient, and a number that its masks are made of.
    given: Vec<(Vec<f32>, u64)>,
}

impl Constant {
    fn new(faulty: &[u64]) -> Self {
        let model = ModelSpec { cell: CellSpec::Elman(Elman::default()), hidden: 3, ..ModelSpec::default() };
        let engine = engine(Network::new(&model, task().dimensions()));
        Self { engine, faulty: faulty.to_vec(), given: vec![] }
    }
}

impl Engine for Constant {
    fn gradient(&mut self, parameters: &[f32], batch: &Batch, dropout: &Stream, gradient: &mut [f32]) -> Forward {
        self.given.push((parameters.to_vec(), dropout.at(0).bits()));
        let forward = self.engine.gradient(parameters, batch, dropout, gradient);
        gradient.fill(if self.faulty.contains(&batch.addresses[0]) { f32::NAN } else { 1.0 });
        forward
    }

    fn outputs(&mut self, parameters: &[f32], batch: &Batch) -> Vec<f32> {
        self.engine.outputs(parameters, batch)
    }
}

impl StateGradients for Constant {
    fn state_gradients(&mut self, parameters: &[f32], batch: &Batch) -> Vec<StateGradient> {
        self.engine.state_gradients(parameters, batch)
    }
}

fn run(setup: &Setup, engine: &mut dyn Engine) -> Trained {
    longlag::train::train(setup, engine, |_| true).expect("nobody stops it")
}

/// θ changes by −η times the product of all factors, of the schedules at the update's number from 0 on.
#[test]
fn the_step_of_an_update_is_at_its_own_learning_rate() {
    let mut laboratory = laboratory();
    let setup = &mut laboratory.setup;
    setup.optimizer = OptimizerSpec::Sgd(Sgd { learning_rate: 0.5, ..Sgd::default() });
    setup.learning_rate_factors.recurrent = Factor(0.25);
    let schedules: Vec<ScheduleSpec> = serde_json::from_value(json!([
        {"kind": "warm-up", "first": 0.125, "updates": 4}, {"kind": "step", "every": 3, "factor": 0.5}
    ]))
    .expect("known schedules");
    setup.schedule.clone_from(&schedules);
    let mut engine = Constant::new(&[]);
    let setup = &laboratory.setup;
    let mut training = Training::new(setup, &mut engine);
    let mut before = setup.parameters.clone();
    while training.updates() < setup.budget {
        let update = training.updates();
        training.advance();
        if training.updates() == update {
            continue;
        }
        let rate = 0.5 * schedule::factor(&schedules, update, setup.budget);
        for parameter in &setup.layout {
            let factor = if parameter.local_name() == "w_hh" { 0.25 } else { 1.0 };
            for k in parameter.range() {
                let (moved, wanted) = (f64::from(before[k]) - f64::from(training.weights()[k]), rate * factor);
                assert!((moved - wanted).abs() <= 1e-6, "{} at update {update}: {moved}", parameter.name);
            }
        }
        before = training.weights().to_vec();
    }
}

/// An update that is left out is as if it had not been: for the parameters, and for what the optimizer knows.
#[test]
fn a_skipped_update_leaves_everything_as_it_was() {
    let mut laboratory = laboratory();
    let setup = &mut laboratory.setup;
    setup.optimizer = OptimizerSpec::Adam(Adam { learning_rate: 0.1, ..Adam::default() });
    setup.clip = serde_json::from_value(json!([{"kind": "skip-nonfinite"}])).expect("known clips");
    (setup.budget, setup.evaluate_every) = (6, 2);
    // The second, third and fifth of six.
    let faulty: Vec<u64> = [1, 2, 4].map(|update| update * setup.batch as u64).into();
    let skipped = run(&laboratory.setup, &mut Constant::new(&faulty));
    laboratory.setup.budget = 3;
    let taken = run(&laboratory.setup, &mut Constant::new(&[]));
    assert_eq!(skipped.parameters, taken.parameters);
    assert_eq!(metric(&skipped, Split::Train, "skipped"), [(2, 1.0), (4, 2.0), (6, 3.0)]);
    assert_eq!(metric(&taken, Split::Train, "skipped"), [(2, 0.0), (3, 0.0)]);
    laboratory.setup.clip.clear();
    let plain = run(&laboratory.setup, &mut Constant::new(&[]));
    assert_eq!(metric(&plain, Split::Train, "skipped"), []);
    assert_eq!(plain.parameters, taken.parameters);
}

/// The gradient of each step of an update, and the parameters.
#[derive(Default)]
struct Steps(Vec<(&'static str, Vec<f32>, Vec<f32>)>);

impl Steps {
    fn note(&mut self, step: &'static str, view: &UpdateView) {
        assert_eq!(view.weights, view.parameters);
        self.0.push((step, view.gradient.to_vec(), view.parameters.to_vec()));
    }
}

impl UpdateObserver for Steps {
    fn after_gradient(&mut self, view: &UpdateView) {
        self.note("gradient", view);
    }

    fn after_regularizers(&mut self, view: &UpdateView) {
        self.note("regularizers", view);
    }

    fn after_clip(&mut self, view: &UpdateView) {
        self.note("clip", view);
    }

    fn after_step(&mut self, view: &UpdateView) {
        self.note("step", view);
    }
}

/// Clipping sees the gradient with the penalties' added; a projection comes after the step.
#[test]
fn regularizers_come_before_the_clip_and_constraints_after_the_step() {
    let mut laboratory = laboratory();
    let setup = &mut laboratory.setup;
    setup.regularizers = serde_json::from_value(json!([{"kind": "l2", "weight": 1000.0}])).expect("known regularizers");
    setup.clip = serde_json::from_value(json!([{"kind": "value", "max": 5.0}])).expect("known clips");
    setup.optimizer = OptimizerSpec::Sgd(Sgd { learning_rate: 1.0, ..Sgd::default() });
    setup.constraints = serde_json::from_value(json!([{"kind": "max-magnitude", "bound": 0.5}])).expect("known ones");
    let start = setup.parameters.clone();
    let (mut engine, mut steps) = (Constant::new(&[]), Steps::default());
    let mut descent = GradientDescent::new(&laboratory.setup);
    let batch = laboratory.setup.splits.training_batch(0, laboratory.setup.batch);
    descent.update(&mut engine, &batch, &mut steps);
    let names: Vec<&str> = steps.0.iter().map(|step| step.0).collect();
    assert_eq!(names, ["gradient", "regularizers", "clip", "step"]);
    let [gradient, regularized, clipped, stepped] = &steps.0[..] else { panic!("four steps") };
    for parameter in &laboratory.setup.layout {
        let penalized = parameter.shape.len() == 2;
        let bounded = parameter.local_name() == "w_hh";
        for k in parameter.range() {
            assert_eq!(gradient.1[k], 1.0);
            let wanted = if penalized { 1.0 + 1000.0 * start[k] } else { 1.0 };
            assert!((regularized.1[k] - wanted).abs() <= 1e-3, "{}: {}", parameter.name, regularized.1[k]);
            assert_eq!(clipped.1[k], regularized.1[k].clamp(-5.0, 5.0));
            let free = start[k] - clipped.1[k];
            assert_eq!(stepped.2[k], if bounded { free.clamp(-0.5, 0.5) } else { free }, "{}", parameter.name);
        }
    }
    // Parameters move in the last step only.
    assert!([gradient, regularized, clipped].iter().all(|step| step.2 == start));
}

/// The loss of each gradient is at the weights of its update, with that update's noise and masks.
#[test]
fn every_update_has_its_own_noise_and_masks() {
    let mut laboratory = laboratory();
    let noise = json!([{"kind": "weight-noise", "deviation": 0.5}]);
    laboratory.setup.regularizers = serde_json::from_value(noise).expect("known regularizers");
    let rates = &mut laboratory.setup.learning_rate_factors;
    (rates.input, rates.recurrent, rates.bias, rates.readout) = (Factor(0.0), Factor(0.0), Factor(0.0), Factor(0.0));
    laboratory.setup.budget = 3;
    let mut engine = Constant::new(&[]);
    let trained = run(&laboratory.setup, &mut engine);
    assert_eq!(trained.parameters, laboratory.setup.parameters, "nothing moves");
    let splits = &laboratory.setup.splits;
    for (update, (weights, masks)) in (0..).zip(&engine.given) {
        assert_eq!(*masks, splits.dropout(update).at(0).bits());
        let mut draws = splits.weight_noise(update);
        let first = f64::from(laboratory.setup.parameters[0]) + 0.5 * draws.normal();
        assert_eq!(weights[0], first as f32, "the noise of update {update}");
    }
    assert_eq!(engine.given.len(), 3);
}
