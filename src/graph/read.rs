//! What can be read off a graph without running it.

use super::{Graph, Op};

impl Graph {
    /// Number of trained numbers.
    pub fn parameter_count(&self) -> usize {
        self.parameters.iter().map(|parameter| parameter.shape.iter().product::<usize>()).sum()
    }

    /// Multiply-adds of the matrix products of one step for one sequence.
    pub fn multiply_adds(&self) -> usize {
        let products = self.nodes.iter().map(|node| match node.op {
            Op::Linear { value, .. } => self.nodes[value.0].width * node.width,
            _ => 0,
        });
        products.sum()
    }

    /// Numbers computed in one step for one sequence: what an engine keeps for the backward pass at most.
    pub fn activations(&self) -> usize {
        self.nodes.iter().map(|node| node.width).sum()
    }

    /// For each node whether it is the same at every step, because it depends on parameters only.
    pub fn once_per_update(&self) -> Vec<bool> {
        let mut once: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let varies = matches!(node.op, Op::Input | Op::Previous(_));
            once.push(!varies && node.op.operands().into_iter().all(|operand| once[operand.0]));
        }
        once
    }
}
