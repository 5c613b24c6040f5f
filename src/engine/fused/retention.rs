//! The values of the forward pass that the backward pass needs: those that are kept, and those that are computed again.

use crate::graph::{Node, NodeId, Op, Unary};

/// The values that a backward program evaluates, and those that it finds.
pub(super) struct BackwardNeeds {
    /// Nodes that it evaluates: cotangents, and values that are cheaper to compute again than to keep.
    pub evaluated: Vec<bool>,
    /// Values of the forward pass that are kept for it.
    pub kept: Vec<bool>,
}

/// The nodes that `roots` depend on, themselves included; what is below `stop` is not looked into.
pub(super) fn reachable(nodes: &[Node], roots: impl IntoIterator<Item = NodeId>, stop: usize) -> Vec<bool> {
    let mut found = vec![false; nodes.len()];
    roots.into_iter().for_each(|root| found[root.0] = true);
    for index in (stop..nodes.len()).rev() {
        if found[index] {
            nodes[index].op.operands().into_iter().for_each(|operand| found[operand.0] = true);
        }
    }
    found
}

/// Whether a node's value comes from outside or is a constant.
pub(super) fn is_source(node: &Node) -> bool {
    node.op.operands().is_empty()
}

impl BackwardNeeds {
    /// The backward program for the cotangents `roots`, where the first `own` of `nodes` are the step's own. Values that are
    /// `once` per update, or are `carried` on anyway, are there for free.
    pub fn new(nodes: &[Node], own: usize, roots: &[NodeId], once: &[bool], carried: &[NodeId]) -> Self {
        let needed = reachable(nodes, roots.iter().copied(), own);
        let there = |index: usize| is_source(&nodes[index]) || once[index];
        let mut kept: Vec<bool> = (0..own).map(|index| needed[index] && !there(index)).collect();
        carried.iter().filter(|node| !there(node.0)).for_each(|node| kept[node.0] = true);
        let mut evaluated: Vec<bool> =
            (0..nodes.len()).map(|index| index >= own && needed[index] && !there(index)).collect();
        for index in (0..own).rev().filter(|&index| !carried.contains(&NodeId(index))) {
            let free = |operand: NodeId| there(operand.0) || kept[operand.0];
            if kept[index] && is_cheap(&nodes[index].op) && nodes[index].op.operands().into_iter().all(free) {
                (kept[index], evaluated[index]) = (false, true);
            }
        }
        kept.resize(nodes.len(), false);
        Self { evaluated, kept }
    }
}

/// Whether computing a value costs no more than writing it and reading it again.
fn is_cheap(op: &Op) -> bool {
    match op {
        Op::Affine { .. } | Op::Binary { .. } | Op::Select { .. } => true,
        Op::Unary { function, .. } => matches!(function, Unary::Square | Unary::Abs),
        _ => false,
    }
}
