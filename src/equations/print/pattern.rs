//! Registered functions among the nodes of a graph.

use std::collections::BTreeMap;

use crate::{
    equations::functions::Functions,
    graph::{Builder, Graph, NodeId, Op},
};

/// A function and its graph of the input.
pub(super) struct Pattern {
    name: String,
    graph: Graph,
}

/// A function that was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub name: String,
    pub argument: NodeId,
    /// The nodes between its argument and its value.
    pub inner: Vec<NodeId>,
}

/// The functions that are more than one operation, the largest first.
pub(super) fn patterns(functions: &dyn Functions) -> Vec<Pattern> {
    let pattern = |name: String| {
        let builder = Builder::new(3, 3);
        let output = functions.apply(&name, &[], builder.input());
        builder.output(output);
        Pattern { name, graph: builder.finish() }
    };
    let mut patterns: Vec<Pattern> = functions.names().into_iter().map(pattern).collect();
    // The identity is none, and what is one function of the graph has that one's name.
    patterns.retain(|Pattern { graph, .. }| !matches!(graph.nodes[graph.output.0].op, Op::Input | Op::Unary { .. }));
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.graph.nodes.len()));
    patterns
}

/// The function whose value is the node `root`, if there is one; `uses` counts how often each node is read.
pub(super) fn find(patterns: &[Pattern], graph: &Graph, uses: &[usize], root: NodeId) -> Option<Found> {
    patterns.iter().find_map(|pattern| {
        let mut matching = Matching { pattern: &pattern.graph, graph, places: BTreeMap::new() };
        if !matching.matches(pattern.graph.output, root) {
            return None;
        }
        let argument = pattern.graph.nodes.iter().position(|node| node.op == Op::Input).map(NodeId)?;
        let argument = *matching.places.get(&argument)?;
        let inner: Vec<NodeId> =
            matching.places.values().copied().filter(|node| *node != argument && *node != root).collect();
        // Nothing else may read what is left out.
        let reads = |of: NodeId| {
            let of_inner = inner.iter().chain([&root]).flat_map(|node| graph.nodes[node.0].op.operands());
            of_inner.filter(|operand| *operand == of).count()
        };
        let is_parameter = |node: NodeId| matches!(graph.nodes[node.0].op, Op::Parameter(_));
        let apart = inner.iter().all(|node| uses[node.0] == reads(*node) || is_parameter(*node));
        apart.then(|| Found { name: pattern.name.clone(), argument, inner })
    })
}

struct Matching<'a> {
    pattern: &'a Graph,
    graph: &'a Graph,
    /// For each node of the pattern the one that stands for it.
    places: BTreeMap<NodeId, NodeId>,
}

impl Matching<'_> {
    fn matches(&mut self, of: NodeId, node: NodeId) -> bool {
        if let Some(known) = self.places.get(&of) {
            return *known == node;
        }
        if self.places.values().any(|other| *other == node) {
            return false;
        }
        let (own, other) = (&self.pattern.nodes[of.0].op, &self.graph.nodes[node.0].op);
        let plain = |op: &Op| op.clone().with_operands(|_| NodeId(0));
        let same = match (own, other) {
            (Op::Input, _) => true,
            (Op::Parameter(own), Op::Parameter(other)) => {
                self.pattern.parameters[own.0].name == self.graph.parameters[other.0].name
            }
            _ => plain(own) == plain(other),
        };
        if !same {
            return false;
        }
        self.places.insert(of, node);
        if *own == Op::Input {
            return true;
        }
        let operands = own.operands().into_iter().zip(other.operands());
        operands.into_iter().all(|(of, node)| self.matches(of, node))
    }
}
