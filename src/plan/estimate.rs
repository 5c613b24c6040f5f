//! The cost of a trial, before it is run.

use std::collections::HashMap;

use super::{memory::Footprint, trials::Plan};
use crate::{
    component::{
        init::Property, parameter::Parameter, parametrization::Parametrized, probe::ProbeSpec, task::TaskSpec,
    },
    engine::{Backend, TILE_ROWS},
    model::Network,
    suite::{Section, Sections},
    train::TrainSpec,
};

/// The most that one trial of an arm costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostEstimate {
    /// The most updates.
    pub budget: u64,
    /// Number of trained numbers.
    pub parameters: usize,
    /// Seconds on the cores that one trial uses, if the whole budget is used.
    pub seconds: f64,
    /// Memory.
    pub bytes: f64,
    /// Rows of metrics, probes and links of its hash chain.
    pub rows: f64,
}

impl CostEstimate {
    /// The cost for a network of this size, trained in this way with an optimizer that keeps `slots` numbers per parameter, and tested
    /// and measured on other lengths.
    fn new(size: &Size, backend: Backend, slots: usize, of: &TrainedBy, others: &OtherSizes) -> Self {
        let TrainedBy { task, train, probes } = of;
        let probes = || probes.iter().zip(others.probes.iter().map(|other| other.as_ref().unwrap_or(size)));
        let budget = train.budget(task.finite());
        let evaluations = budget.div_ceil(train.evaluation_interval(task.finite()).max(1)) as f64 + 1.0;
        let sequences = evaluations * train.validation_of(task) as f64 + train.test_of(task) as f64;
        let measured = |of: &dyn Fn(&ProbeSpec, &Size) -> f64| {
            probes().map(|(probe, size)| probe.times(budget) as f64 * of(probe, size)).sum::<f64>()
        };
        let seconds = |probe: &ProbeSpec, size: &Size| size.seconds_per_sequence(backend) * probe.sequences() as f64;
        let figures = |probe: &ProbeSpec, size: &Size| probe.figures(&size.states, size.steps) as f64;
        let ranked = |probe: &ProbeSpec, size: &Size| figures(probe, size) * probe.sequences() as f64;
        let rows_of_probes = measured(&figures);
        let tests: f64 = others.tests.iter().map(|other| other.seconds_of_test(backend, train.test_sequences)).sum();
        let tested = others.tests.iter().map(|other| other.footprint.bytes_of_test(backend, train.test_sequences));
        let probed = probes().map(|(probe, size)| size.footprint.bytes_of_probe(backend, probe.sequences()));
        Self {
            budget,
            parameters: size.parameters,
            seconds: size.seconds_per_update(backend, train.batch) * budget as f64
                + size.seconds_per_sequence(backend) * FORWARD * sequences
                + measured(&seconds)
                + ROW * rows_of_probes
                + RANKED * measured(&ranked)
                + HASHED * size.parameters as f64 * evaluations
                + tests
                + FACTORED * size.factored
                + SET_UP,
            // A trial's rows are stored when it ends.
            bytes: size.footprint.bytes(backend, slots, train)
                + tested.chain(probed).fold(0.0, f64::max)
                + HELD * rows_of_probes,
            // Loss and accuracy of training and validation data, and a link, at each evaluation; those of test data at the end.
            rows: 5.0 * evaluations + 3.0 * (1 + others.tests.len()) as f64 + rows_of_probes,
        }
    }
}

/// The task, training and probes, which beside the network decide a training's cost.
struct TrainedBy {
    task: TaskSpec,
    train: TrainSpec,
    probes: Vec<ProbeSpec>,
}

impl Plan {
    /// The cost of a trial of each arm, computed by `backend`.
    pub fn estimates(&self, backend: Backend) -> Vec<CostEstimate> {
        let mut sizes: HashMap<[u32; 4], Size> = HashMap::new();
        let mut trainings: HashMap<[u32; 3], TrainedBy> = HashMap::new();
        let mut tests: HashMap<[u32; 5], OtherSizes> = HashMap::new();
        let estimates = self.arms.iter().map(|arm| {
            let size = sizes
                .entry(arm.key.of([Section::Task, Section::Model, Section::Parametrize, Section::Init]))
                .or_insert_with(|| Size::new(&self.versions.sections(&arm.key)));
            let key = arm.key.of([Section::Task, Section::Train, Section::Probes]);
            let of = trainings.entry(key).or_insert_with(|| {
                let Sections { task, train, probes, .. } = self.versions.sections(&arm.key);
                TrainedBy { task, train, probes }
            });
            let sections = [Section::Task, Section::Model, Section::Parametrize, Section::Evaluate, Section::Probes];
            let others =
                tests.entry(arm.key.of(sections)).or_insert_with(|| OtherSizes::new(&self.versions.sections(&arm.key)));
            CostEstimate::new(size, backend, self.versions.optimizer_slots(&arm.key), of, others)
        });
        estimates.collect()
    }
}

/// The size of a network for a task, whatever its training.
#[derive(Clone, Debug)]
pub(super) struct Size {
    parameters: usize,
    /// Of all layers, at one step: nodes, numbers they make of a sequence, and multiplications in matrix products.
    nodes: usize,
    numbers: usize,
    products: usize,
    /// Of the matrices whose initializer factors them or asks for their eigenvalues: rows times columns times the fewer of both.
    factored: f64,
    /// The states of each layer.
    states: Vec<usize>,
    /// Numbers of a sequence of data at one step.
    data: usize,
    steps: usize,
    footprint: Footprint,
}

/// The sizes of a network at the lengths of the task that it is not trained on.
struct OtherSizes {
    /// Of each length that trained networks are tested on.
    tests: Vec<Size>,
    /// Of each probe, where it does not measure on the length that is trained on.
    probes: Vec<Option<Size>>,
}

impl OtherSizes {
    fn new(sections: &Sections) -> Self {
        let lengths = sections.evaluate.lengths.iter();
        let probes = sections.probes.iter();
        Self {
            tests: lengths.filter_map(|&length| Size::at_length(sections, length as usize)).collect(),
            probes: probes.map(|probe| Size::at_length(sections, probe.length()?)).collect(),
        }
    }
}

impl Size {
    pub fn new(Sections { task, model, parametrize, init, .. }: &Sections) -> Self {
        let network = Network::new(model, task.dimensions());
        let factored = |parameter: &Parameter| {
            let shape = parameter.init_shape();
            match init.initializer(parameter).property(shape) {
                Property::Orthogonal { .. } | Property::Radius { .. } => {
                    (shape.rows * shape.columns) as f64 * shape.rows.min(shape.columns) as f64
                }
                _ => 0.0,
            }
        };
        let dimensions = network.dimensions;
        Self {
            parameters: Parametrized::new(parametrize, &network.parameters).size(),
            nodes: network.layers.iter().map(|layer| layer.graph.nodes.len()).sum(),
            numbers: network.layers.iter().map(|layer| layer.graph.activations()).sum(),
            // The readout as if it were at every step.
            products: network.layers.iter().chain(&network.readout).map(|layer| layer.graph.multiply_adds()).sum(),
            factored: network.parameters.iter().map(factored).sum(),
            states: network.layers.iter().map(|layer| layer.graph.states.len()).collect(),
            data: dimensions.inputs + dimensions.goal.width(),
            steps: dimensions.steps,
            footprint: Footprint::new(task, model),
        }
    }

    /// The size at another length of the task.
    fn at_length(sections: &Sections, length: usize) -> Option<Self> {
        let task = sections.task.with_length(length)?;
        Some(Self::new(&Sections { task, ..sections.clone() }))
    }

    /// A test of a trained network, which is made anew for it.
    fn seconds_of_test(&self, backend: Backend, sequences: usize) -> f64 {
        SET_UP + FORWARD * self.seconds_per_sequence(backend) * sequences as f64
    }

    /// Each node of each step has a fixed cost, a cost per number, and its matrix products; each sequence is drawn; and what
    /// surrounds the steps, down to the optimizer, has a fixed cost and one per parameter.
    fn seconds_per_update(&self, backend: Backend, batch: usize) -> f64 {
        let around = UPDATE + OPTIMIZED * self.parameters as f64 + self.drawn() * batch as f64;
        around + self.seconds_of_passes(backend, batch)
    }

    /// The passes over a sequence, one of very many.
    fn seconds_per_sequence(&self, backend: Backend) -> f64 {
        let many = 16 * TILE_ROWS;
        self.drawn() + self.seconds_of_passes(backend, many) / many as f64
    }

    fn drawn(&self) -> f64 {
        DRAWN * (self.steps * self.data) as f64
    }

    fn seconds_of_passes(&self, backend: Backend, batch: usize) -> f64 {
        let (nodes, numbers, products) = (self.nodes as f64, self.numbers as f64, 6.0 * self.products as f64);
        let per_step = match backend {
            Backend::Fused { threads, .. } => {
                // Tiles run side by side as far as there are threads; each has the fixed costs once.
                let tiles = batch.div_ceil(TILE_ROWS);
                let rows = batch as f64 / tiles as f64;
                let tile = FUSED.node * nodes + (FUSED.number * numbers + FUSED.product * products) * rows;
                tiles.div_ceil(threads.max(1)) as f64 * tile
            }
            _ => DFDX.node * nodes + (DFDX.number * numbers + DFDX.product * products) * batch as f64,
        };
        self.steps as f64 * per_step
    }
}

/// Seconds of one update by `backend`, within a factor of about two, its share of the evaluations included.
pub fn seconds_per_update(sections: &Sections, backend: Backend) -> f64 {
    let Sections { task, train, probes, .. } = sections;
    let of = TrainedBy { task: task.clone(), train: train.clone(), probes: probes.clone() };
    let others = OtherSizes { tests: vec![], ..OtherSizes::new(sections) };
    let estimate = CostEstimate::new(&Size::new(sections), backend, 0, &of, &others);
    estimate.seconds / estimate.budget.max(1) as f64
}

/// Seconds of an engine on one core of a server with AVX-512.
struct Cost {
    /// Of a node at one step, forward and backward.
    node: f64,
    /// Of a number that a node computes, likewise.
    number: f64,
    /// Of a floating-point operation of the matrix products.
    product: f64,
}

/// Fitted to elman, gru and lstm of 8, 32 and 128 units with batches of 8 and 32; with AVX2 products take twice as long.
const FUSED: Cost = Cost { node: 6e-8, number: 1.5e-10, product: 1.0 / 2.2e11 };
const DFDX: Cost = Cost { node: 3e-6, number: 6e-9, product: 1.0 / 3e10 };
/// The share of the forward pass in both passes.
const FORWARD: f64 = 0.5;
/// Seconds of an update outside the steps.
const UPDATE: f64 = 8e-6;
/// Seconds to clip the gradient of a parameter and move it.
const OPTIMIZED: f64 = 2e-9;
/// Seconds to draw a number of a sequence.
const DRAWN: f64 = 5e-9;
/// Seconds to hash a parameter.
const HASHED: f64 = 4e-9;
/// Seconds of an orthogonal matrix, per rows times columns times the fewer of both.
const FACTORED: f64 = 6e-9;
/// Seconds of a row of a probe from its value to the file, and of each sequence that it is a quantile over.
const ROW: f64 = 8e-6;
const RANKED: f64 = 2.3e-7;
/// Bytes of a row of a probe: the measurement, the row, and both columns and journal in the making.
const HELD: f64 = 600.0;
/// Seconds to compile and initialize a network otherwise.
const SET_UP: f64 = 1e-3;
