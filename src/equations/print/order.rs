//! Which values have lines of their own, such that parameters and random numbers are met in the order that the graph has them in.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::{Found, Pattern, find};
use crate::graph::{Graph, NodeId, Op};

/// The lines of a graph.
pub(super) struct Order<'a> {
    graph: &'a Graph,
    /// Functions by the node that is their value.
    pub functions: BTreeMap<NodeId, Found>,
    /// The nodes with lines of their own, in their order.
    pub lines: BTreeSet<NodeId>,
    /// How often each node is read.
    uses: Vec<usize>,
}

impl<'a> Order<'a> {
    /// The lines of `graph`; none if there is no such order.
    pub fn new(graph: &'a Graph, patterns: &[Pattern]) -> Option<Self> {
        let mut order = Self { graph, functions: BTreeMap::new(), lines: BTreeSet::new(), uses: vec![] };
        order.count();
        for index in (0..graph.nodes.len()).rev() {
            let node = NodeId(index);
            let hidden = order.functions.values().any(|function: &Found| function.inner.contains(&node));
            if order.uses[index] > 0
                && !hidden
                && let Some(found) = find(patterns, graph, &order.uses, node)
            {
                order.functions.insert(node, found);
            }
        }
        order.count();
        let several = (0..graph.nodes.len()).map(NodeId).filter(|node| order.uses[node.0] > 1);
        let named = several.chain(graph.states.iter().map(|state| state.next)).filter(|node| !order.is_leaf(*node));
        order.lines = named.collect();
        order.lines.extend(order.gates());
        // Each round gives one more node a line.
        for _ in 0..=graph.nodes.len() {
            let Some(late) = order.out_of_order() else { return Some(order) };
            let late = late?;
            order.lines.insert(late);
        }
        None
    }

    /// Functions of sums with several parameters, such as gates, which read best on lines of their own.
    fn gates(&self) -> Vec<NodeId> {
        let mut parameters = vec![0; self.graph.nodes.len()];
        let mut found = vec![];
        for node in (0..self.graph.nodes.len()).map(NodeId).filter(|node| self.uses[node.0] > 0) {
            let inner = self.operands(node).into_iter().filter(|operand| !self.lines.contains(operand));
            parameters[node.0] = inner.map(|operand| parameters[operand.0]).sum::<usize>()
                + usize::from(matches!(self.graph.nodes[node.0].op, Op::Linear { .. } | Op::Parameter(_)));
            let is_function =
                matches!(self.graph.nodes[node.0].op, Op::Unary { .. }) || self.functions.contains_key(&node);
            if is_function && parameters[node.0] > 1 {
                parameters[node.0] = 0;
                found.push(node);
            }
        }
        // The output may stand where it is.
        found.retain(|node| *node != self.graph.output);
        found
    }

    /// The nodes that a node is written of.
    pub fn operands(&self, node: NodeId) -> Vec<NodeId> {
        match self.functions.get(&node) {
            Some(function) => vec![function.argument],
            None => self.graph.nodes[node.0].op.operands(),
        }
    }

    /// Whether a node is named as often as one likes.
    pub fn is_leaf(&self, node: NodeId) -> bool {
        matches!(self.graph.nodes[node.0].op, Op::Input | Op::Previous { .. } | Op::Parameter(_))
    }

    /// The nodes that the line of `root` is written of, in the order in which they are read, itself last.
    pub fn line(&self, root: NodeId) -> Vec<NodeId> {
        let mut found = vec![];
        self.visit(root, &mut found, true);
        found
    }

    fn visit(&self, node: NodeId, found: &mut Vec<NodeId>, is_root: bool) {
        if !is_root && self.lines.contains(&node) {
            return;
        }
        self.operands(node).into_iter().for_each(|operand| self.visit(operand, found, false));
        found.push(node);
    }

    /// The roots of all lines, the output's last if it has none of its own.
    pub fn roots(&self) -> Vec<NodeId> {
        let mut roots: Vec<NodeId> = self.lines.iter().copied().collect();
        if !self.lines.contains(&self.graph.output) {
            roots.push(self.graph.output);
        }
        roots
    }

    fn count(&mut self) {
        let mut uses = vec![0; self.graph.nodes.len()];
        let results = self.graph.states.iter().map(|state| state.next).chain([self.graph.output]);
        let mut open: Vec<NodeId> = results.collect();
        while let Some(node) = open.pop() {
            uses[node.0] += 1;
            if uses[node.0] == 1 {
                open.extend(self.operands(node));
            }
        }
        self.uses = uses;
    }

    /// A parameter, by its number, or random numbers that are met at a node.
    fn event(&self, node: NodeId) -> Option<(Queue, usize)> {
        let op = |node: NodeId| match self.graph.nodes[node.0].op {
            Op::Linear { weight, .. } => Some((Queue::Parameters, weight.0)),
            Op::Parameter(parameter) => Some((Queue::Parameters, parameter.0)),
            Op::Random { .. } => Some((Queue::Random, node.0)),
            _ => None,
        };
        let inner = self.functions.get(&node).into_iter().flat_map(|function| &function.inner);
        op(node).or_else(|| inner.copied().find_map(op))
    }

    /// The node that needs a line of its own to be met early enough, if any is met too late; none in it if there is no help.
    fn out_of_order(&self) -> Option<Option<NodeId>> {
        let mut met: BTreeMap<Queue, Vec<(usize, NodeId, NodeId)>> = BTreeMap::new();
        for root in self.roots() {
            for node in self.line(root) {
                if let Some((queue, number)) = self.event(node) {
                    let queue = met.entry(queue).or_default();
                    if !queue.iter().any(|(known, _, _)| *known == number) {
                        queue.push((number, node, root));
                    }
                }
                // What comes back to a value is added up in the order of its readers.
                for operand in self.operands(node).into_iter().filter(|operand| self.uses[operand.0] > 1) {
                    met.entry(Queue::Readers(operand)).or_default().push((node.0, node, root));
                }
            }
        }
        met.values().find_map(|queue| {
            let late = queue.windows(2).find(|pair| pair[0].0 > pair[1].0)?[1];
            // The first that is met although it comes behind the late one.
            let (_, before, _) = queue.iter().find(|(number, _, _)| *number > late.0)?;
            Some(self.ancestor(late.1, late.2, *before))
        })
    }

    /// The largest part of the line of `root` that holds `node` and is whole before the node `before`.
    fn ancestor(&self, node: NodeId, root: NodeId, before: NodeId) -> Option<NodeId> {
        let line = self.line(root);
        let mut at = node;
        loop {
            let above = line.iter().copied().find(|above| self.operands(*above).contains(&at) && *above > at);
            match above {
                Some(above) if above < before && above != root => at = above,
                _ => break,
            }
        }
        (at < before && !self.lines.contains(&at)).then_some(at)
    }
}

/// Things that are met in an order that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Queue {
    Parameters,
    Random,
    /// The nodes that read this one.
    Readers(NodeId),
}
