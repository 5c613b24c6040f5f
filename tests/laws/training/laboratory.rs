//! A small training to vary, and an engine that keeps notes.

use dfdx::tensor::Cpu;
use longlag::{
    component::{
        algorithm::AlgorithmSpec,
        cell::CellSpec,
        init::InitSpec,
        optim::{Adam, LearningRateFactorsSpec, OptimizerSpec},
        parametrization::{ParametrizeSpec, Parametrized},
        probe::{StateGradient, StateGradients},
        task::{Batch, TaskSpec},
    },
    compute::kernel::Isa,
    engine::{Engine, Forward, dfdx::DfdxEngine},
    model::{ModelSpec, Network},
    seed::Stream,
    train::{Setup, Split, Splits, Trained, Training, train},
};
use serde_json::{Value, json};

/// The reference engine, noting every batch that it differentiates.
pub struct Noting {
    engine: DfdxEngine<f32, Cpu>,
    /// The addresses of each.
    pub batches: Vec<Vec<u64>>,
}

impl Engine for Noting {
    fn gradient(&mut self, parameters: &[f32], batch: &Batch, dropout: &Stream, gradient: &mut [f32]) -> Forward {
        self.batches.push(batch.addresses.clone());
        self.engine.gradient(parameters, batch, dropout, gradient)
    }

    fn outputs(&mut self, parameters: &[f32], batch: &Batch) -> Vec<f32> {
        self.engine.outputs(parameters, batch)
    }
}

impl StateGradients for Noting {
    fn state_gradients(&mut self, parameters: &[f32], batch: &Batch) -> Vec<StateGradient> {
        self.engine.state_gradients(parameters, batch)
    }
}

/// A training before it is run; its parts may be changed.
pub struct Laboratory {
    pub engine: Noting,
    pub setup: Setup,
}

impl Laboratory {
    /// `cell` with `hidden` units on `task`, trained by Adam: 20 updates of 8 sequences, evaluated every 10.
    pub fn new(task: &TaskSpec, cell: CellSpec, hidden: usize, init: &InitSpec) -> Self {
        let model = ModelSpec { cell, hidden, ..ModelSpec::default() };
        let network = Network::new(&model, task.dimensions());
        let setup = Setup {
            splits: Splits::new(task, task.kind(), 0, 0),
            isa: Isa::choose().expect("a known instruction set"),
            parameters: network.initialize(init, 0, 0),
            layout: network.parameters.clone(),
            parametrized: Parametrized::new(&ParametrizeSpec::default(), &network.parameters),
            algorithm: AlgorithmSpec::default(),
            regularizers: vec![],
            constraints: vec![],
            optimizer: OptimizerSpec::Adam(Adam { learning_rate: 0.01, ..Adam::default() }),
            schedule: vec![],
            learning_rate_factors: LearningRateFactorsSpec::default(),
            clip: vec![],
            probes: vec![],
            batch: 8,
            budget: 20,
            evaluate_every: 10,
            validation: 64,
            test: 64,
            tolerance: task.tolerance(),
            target: None,
        };
        Self { engine: engine(network), setup }
    }

    /// Makes weights of raw parameters, which start by `init`.
    pub fn parametrize(&mut self, spec: &ParametrizeSpec, init: &InitSpec) {
        let weights = self.setup.layout.clone();
        let parametrized = Parametrized::new(spec, &weights);
        let start = std::mem::take(&mut self.setup.parameters);
        self.setup.parameters = parametrized.initialize(init, start, 0, 0);
        self.setup.layout = parametrized.raw().to_vec();
        self.setup.parametrized = parametrized;
    }

    pub fn run(&mut self) -> Trained {
        train(&self.setup, &mut self.engine, |_| true).expect("nobody stops it")
    }

    pub fn training(&mut self) -> Training<'_> {
        Training::new(&self.setup, &mut self.engine)
    }
}

pub fn engine(network: Network) -> Noting {
    Noting { engine: DfdxEngine::new(network, Cpu::default()), batches: vec![] }
}

/// Initializers as a suite writes them in full.
pub fn init(settings: Value) -> InitSpec {
    serde_json::from_value(settings).expect("known initializers")
}

/// An Elman network whose activation is the identity.
pub fn linear_cell() -> CellSpec {
    let activation = json!({"kind": "leaky-relu", "slope": 1.0});
    serde_json::from_value(json!({"kind": "elman", "activation": activation})).expect("a known cell")
}

/// The values of one metric of one split, by update.
pub fn metric(trained: &Trained, split: Split, name: &str) -> Vec<(u64, f64)> {
    let rows = trained.metrics.iter().filter(|row| row.split == split && row.metric.name() == name);
    rows.map(|row| (row.update, row.value)).collect()
}
