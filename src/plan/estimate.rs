//! What a trial will cost, before it is run.

use super::{Sections, memory};
use crate::{
    engine::{Backend, TILE_ROWS},
    model::Network,
};

/// What one trial of an arm costs at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The most updates.
    pub budget: u64,
    /// Number of trained numbers.
    pub parameters: usize,
    /// Seconds on the cores that one trial uses, if the whole budget is used.
    pub seconds: f64,
    /// Memory.
    pub bytes: f64,
}

impl Estimate {
    pub(super) fn new(sections: &Sections, backend: Backend) -> Self {
        let budget = sections.train.budget(sections.task.finite());
        let network = Network::new(&sections.model, sections.task.dimensions());
        Self {
            budget,
            parameters: network.size(),
            seconds: seconds_per_update(sections, backend) * budget as f64,
            bytes: memory::bytes(sections, backend),
        }
    }
}

/// Seconds of one update, within a factor of about two: each node of each step has a fixed cost, a cost per number, and its
/// matrix products.
pub fn seconds_per_update(sections: &Sections, backend: Backend) -> f64 {
    let network = Network::new(&sections.model, sections.task.dimensions());
    let nodes: usize = network.layers.iter().map(|layer| layer.graph.nodes.len()).sum();
    let numbers: usize = network.layers.iter().map(|layer| layer.graph.activations()).sum();
    let products: usize = network.layers.iter().map(|layer| layer.graph.multiply_adds()).sum();
    let (nodes, numbers, products) = (nodes as f64, numbers as f64, 6.0 * products as f64);
    let batch = sections.train.batch as f64;
    let per_step = match backend {
        Backend::Fused { threads, .. } => {
            // Tiles run side by side as far as there are threads; each has the fixed costs once.
            let tiles = sections.train.batch.div_ceil(TILE_ROWS);
            let tile = FUSED.node * nodes + (FUSED.number * numbers + FUSED.product * products) * batch / tiles as f64;
            tiles.div_ceil(threads.max(1)) as f64 * tile
        }
        _ => DFDX.node * nodes + (DFDX.number * numbers + DFDX.product * products) * batch,
    };
    network.dimensions.steps as f64 * per_step
}

/// Seconds of an engine on one core.
struct Cost {
    /// Of a node at one step, forward and backward.
    node: f64,
    /// Of a number that a node computes, likewise.
    number: f64,
    /// Of a floating-point operation of the matrix products.
    product: f64,
}

/// Fitted to updates of every cell, 8 to 256 units, on a server core with AVX-512.
const FUSED: Cost = Cost { node: 4e-8, number: 1.2e-9, product: 1.0 / 1e11 };
/// Likewise.
const DFDX: Cost = Cost { node: 3e-6, number: 6e-9, product: 1.0 / 3e10 };
