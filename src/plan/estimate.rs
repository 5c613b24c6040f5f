//! What a trial will cost, before it is run.

use super::{Sections, memory};
use crate::model::Network;

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
    pub(super) fn new(sections: &Sections) -> Self {
        let budget = sections.train.budget(sections.task.finite());
        let network = Network::new(&sections.model, sections.task.dimensions());
        Self {
            budget,
            parameters: network.size(),
            seconds: seconds_per_update(sections) * budget as f64,
            bytes: memory::bytes(sections),
        }
    }
}

/// Seconds of one update on one core with the reference engine, within a factor of about two: each node of each step has a
/// fixed cost, a cost per number, and its matrix products.
pub fn seconds_per_update(sections: &Sections) -> f64 {
    let network = Network::new(&sections.model, sections.task.dimensions());
    let batch = sections.train.batch as f64;
    let nodes: usize = network.layers.iter().map(|layer| layer.graph.nodes.len()).sum();
    let numbers: usize = network.layers.iter().map(|layer| layer.graph.activations()).sum();
    let products: usize = network.layers.iter().map(|layer| layer.graph.multiply_adds()).sum();
    let per_step = 3e-6 * nodes as f64 + 6e-9 * numbers as f64 * batch + 6.0 * products as f64 * batch / 3e10;
    network.dimensions.steps as f64 * per_step
}
