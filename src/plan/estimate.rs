//! What a trial will cost, before it is run.

use super::{Sections, memory::Footprint};
use crate::{
    model::{ModelSpec, Network},
    task::TaskSpec,
    train::TrainSpec,
};

/// What one trial of an arm costs at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The most updates.
    pub budget: u64,
    /// Number of trained numbers.
    pub parameters: usize,
    /// Seconds on one core, if the whole budget is used.
    pub seconds: f64,
    /// Memory.
    pub bytes: f64,
}

impl Estimate {
    /// The cost for a network of this size, trained in this way with an optimizer that keeps `slots` numbers per parameter.
    pub(super) fn new(size: &Size, slots: usize, train: &TrainSpec, task: &TaskSpec) -> Self {
        let budget = train.budget(task.finite());
        Self {
            budget,
            parameters: size.parameters,
            seconds: size.seconds_per_update(train.batch) * budget as f64,
            bytes: size.footprint.bytes(slots, train),
        }
    }
}

/// What a network for a task costs, whatever its training.
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
    pub fn new(task: &TaskSpec, model: &ModelSpec) -> Self {
        let network = Network::new(model, task.dimensions());
        Self {
            parameters: network.size(),
            nodes: network.layers.iter().map(|layer| layer.graph.nodes.len()).sum(),
            numbers: network.layers.iter().map(|layer| layer.graph.activations()).sum(),
            products: network.layers.iter().map(|layer| layer.graph.multiply_adds()).sum(),
            steps: network.dimensions.steps,
            footprint: Footprint::new(task, model),
        }
    }

    /// Each node of each step has a fixed cost, a cost per number, and its matrix products.
    fn seconds_per_update(&self, batch: usize) -> f64 {
        let batch = batch as f64;
        let numbers = 6e-9 * self.numbers as f64 * batch;
        let per_step = 3e-6 * self.nodes as f64 + numbers + 6.0 * self.products as f64 * batch / 3e10;
        self.steps as f64 * per_step
    }
}

/// Seconds of one update on one core with the reference engine, within a factor of about two.
pub fn seconds_per_update(sections: &Sections) -> f64 {
    Size::new(&sections.task, &sections.model).seconds_per_update(sections.train.batch)
}
