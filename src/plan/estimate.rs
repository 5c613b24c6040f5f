//! The cost of a trial, before it is run.

use std::collections::HashMap;

use super::{memory::Footprint, trials::Plan};
use crate::{
    component::{parametrization::Parametrized, task::TaskSpec},
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
}

impl CostEstimate {
    /// The cost for a network of this size, trained in this way with an optimizer that keeps `slots` numbers per parameter.
    pub(super) fn new(size: &Size, backend: Backend, slots: usize, train: &TrainSpec, task: &TaskSpec) -> Self {
        let budget = train.budget(task.finite());
        Self {
            budget,
            parameters: size.parameters,
            seconds: size.seconds_per_update(backend, train.batch) * budget as f64,
            bytes: size.footprint.bytes(backend, slots, train),
        }
    }
}

impl Plan {
    /// The cost of a trial of each arm, computed by `backend`.
    pub fn estimates(&self, backend: Backend) -> Vec<CostEstimate> {
        let mut sizes: HashMap<[u32; 3], Size> = HashMap::new();
        let mut trainings: HashMap<[u32; 2], (TaskSpec, TrainSpec)> = HashMap::new();
        let estimates = self.arms.iter().map(|arm| {
            let size = sizes
                .entry(arm.key.of([Section::Task, Section::Model, Section::Parametrize]))
                .or_insert_with(|| Size::new(&self.versions.sections(&arm.key)));
            let (task, train) = trainings.entry(arm.key.of([Section::Task, Section::Train])).or_insert_with(|| {
                let Sections { task, train, .. } = self.versions.sections(&arm.key);
                (task, train)
            });
            CostEstimate::new(size, backend, self.versions.optimizer_slots(&arm.key), train, task)
        });
        estimates.collect()
    }
}

/// The size of a network for a task, whatever its training.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    parameters: usize,
    /// Of all layers, at one step: nodes, numbers they make of a sequence, and multiplications in matrix products.
    nodes: usize,
    numbers: usize,
    products: usize,
    steps: usize,
    footprint: Footprint,
}

impl Size {
    pub fn new(Sections { task, model, parametrize, .. }: &Sections) -> Self {
        let network = Network::new(model, task.dimensions());
        Self {
            parameters: Parametrized::new(parametrize, &network.parameters).size(),
            nodes: network.layers.iter().map(|layer| layer.graph.nodes.len()).sum(),
            numbers: network.layers.iter().map(|layer| layer.graph.activations()).sum(),
            products: network.layers.iter().map(|layer| layer.graph.multiply_adds()).sum(),
            steps: network.dimensions.steps,
            footprint: Footprint::new(task, model),
        }
    }

    /// Each node of each step has a fixed cost, a cost per number, and its matrix products.
    fn seconds_per_update(&self, backend: Backend, batch: usize) -> f64 {
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

/// Seconds of one update by `backend`, within a factor of about two.
pub fn seconds_per_update(sections: &Sections, backend: Backend) -> f64 {
    Size::new(sections).seconds_per_update(backend, sections.train.batch)
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
