//! Properties of a graph that can be read off without running it.

use super::{Clock, Graph, Law, Node, NodeId, Op, Renewal, StateId};

impl Graph {
    /// Number of trained numbers.
    pub fn parameter_count(&self) -> usize {
        self.parameters.iter().map(|parameter| parameter.shape.iter().product::<usize>()).sum()
    }

    /// Multiply-adds of the matrix products of one step for one sequence.
    pub fn multiply_adds(&self) -> usize {
        let products = self.nodes.iter().map(|node| match node.op {
            Op::Linear { value, .. } => self.nodes[value.0].width * node.width,
            Op::Fixed { value, ref matrix, transposed } if matrix.moves(transposed).is_none() => {
                self.nodes[value.0].width * node.width
            }
            _ => 0,
        });
        products.sum()
    }

    /// Numbers computed in one step for one sequence: what an engine keeps for the backward pass at most.
    pub fn activations(&self) -> usize {
        self.nodes.iter().map(|node| node.width).sum()
    }

    /// The random vectors in order: the node, its law, when it is drawn anew, its value at evaluation.
    pub fn random_vectors(&self) -> impl Iterator<Item = (NodeId, Law, Renewal, f64)> {
        self.nodes.iter().enumerate().filter_map(|(index, node)| match node.op {
            Op::Random { law, renewal, evaluation } => Some((NodeId(index), law, renewal, evaluation)),
            _ => None,
        })
    }

    /// The vectors that the step's number decides, in order.
    pub fn clocks(&self) -> impl Iterator<Item = (NodeId, &Clock)> {
        self.nodes.iter().enumerate().filter_map(|(index, node)| match &node.op {
            Op::Clock(clock) => Some((NodeId(index), clock)),
            _ => None,
        })
    }

    /// The longest delay of any state: how many past values of it a step can read.
    pub fn longest_delay(&self) -> usize {
        (0..self.states.len()).map(|state| self.delay_of(StateId(state))).max().unwrap_or(0)
    }

    /// The longest delay at which a state is read: how many of its values are carried from step to step.
    pub fn delay_of(&self, state: StateId) -> usize {
        let delays = self.nodes.iter().map(|node| match node.op {
            Op::Previous { state: read, delay } if read == state => delay,
            _ => 0,
        });
        delays.max().unwrap_or(0)
    }

    /// For each node whether it is the same at every step, because it depends on parameters only.
    pub fn once_per_update(&self) -> Vec<bool> {
        once_per_update(&self.nodes)
    }
}

/// For each of `nodes` whether it is the same at every step.
pub fn once_per_update(nodes: &[Node]) -> Vec<bool> {
    let mut once: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let varies =
            matches!(node.op, Op::Input | Op::Previous { .. } | Op::Given(_) | Op::Random { .. } | Op::Clock(_));
        once.push(!varies && node.op.operands().into_iter().all(|operand| once[operand.0]));
    }
    once
}
