//! One graph at several sizes, whose numbers are told as what they are of these sizes.

use crate::graph::{Clock, Graph, Node, NodeId, Op};

/// A step for given sizes.
#[derive(Clone, Debug)]
pub struct Sized {
    /// The step.
    pub graph: Graph,
    /// Units of the input.
    pub inputs: usize,
    /// Units of a state, unless it says otherwise.
    pub hidden: usize,
}

/// The same step at one or several sizes, the first of which is the one that matters most.
#[derive(Clone, Copy)]
pub(super) struct Family<'a>(pub &'a [Sized]);

/// A number of floating point as text.
pub(super) enum Factor {
    /// The number itself.
    Number(f64),
    /// One over this.
    Inverse(String),
}

impl<'a> Family<'a> {
    /// The first graph.
    pub fn first(self) -> &'a Graph {
        &self.0[0].graph
    }

    /// The node of that number in each graph.
    pub fn nodes(self, node: NodeId) -> impl Iterator<Item = &'a Node> {
        self.0.iter().map(move |sized| &sized.graph.nodes[node.0])
    }

    /// Whether all graphs are the same but for widths, numbers and constant matrices.
    pub fn is_alike(self) -> bool {
        let first = self.first();
        let names = |graph: &Graph| {
            let parameters = graph.parameters.iter().map(|parameter| (parameter.name.clone(), Some(parameter.kind)));
            let states = graph.states.iter().map(|state| (format!("{} {}", state.name, state.next.0), None));
            parameters.chain(states).collect::<Vec<_>>()
        };
        self.0.iter().all(|Sized { graph, .. }| {
            let nodes = graph.nodes.iter().zip(&first.nodes);
            graph.nodes.len() == first.nodes.len()
                && graph.output == first.output
                && names(graph) == names(first)
                && nodes.into_iter().all(|(node, other)| alike(&node.op, &other.op))
        })
    }

    /// A number of units as text: the same at all sizes, or so many times `hidden` and `inputs` and some more.
    pub fn integer(self, of: impl Fn(&Sized) -> usize) -> Option<String> {
        let values: Vec<usize> = self.0.iter().map(of).collect();
        if values.iter().all(|value| *value == values[0]) {
            return Some(values[0].to_string());
        }
        self.fit(|place, units| units == values[place] as i64)
    }

    /// A number as text: the same at all sizes, or one over a number of units.
    pub fn factor(self, of: impl Fn(&Sized) -> f64) -> Option<Factor> {
        let values: Vec<f64> = self.0.iter().map(of).collect();
        if values.iter().all(|value| value.to_bits() == values[0].to_bits()) {
            return Some(Factor::Number(values[0]));
        }
        let inverse = self.fit(|place, units| (1.0 / units as f64).to_bits() == values[place].to_bits());
        inverse.map(Factor::Inverse)
    }

    /// The first simple sum of sizes that `holds` at every place of the family.
    fn fit(self, holds: impl Fn(usize, i64) -> bool) -> Option<String> {
        for hidden in 0..=8i64 {
            for inputs in 0..=4i64 {
                for more in -2..=64i64 {
                    let at = |sized: &Sized| hidden * sized.hidden as i64 + inputs * sized.inputs as i64 + more;
                    if self.0.iter().enumerate().all(|(place, sized)| holds(place, at(sized))) {
                        return Some(sum(hidden, inputs, more));
                    }
                }
            }
        }
        None
    }
}

/// `2 * hidden + inputs - 1`.
fn sum(hidden: i64, inputs: i64, more: i64) -> String {
    let times = |count: i64, name: &str| match count {
        0 => None,
        1 => Some(name.to_owned()),
        _ => Some(format!("{count} * {name}")),
    };
    let mut text =
        [times(hidden, "hidden"), times(inputs, "inputs")].into_iter().flatten().collect::<Vec<_>>().join(" + ");
    match more {
        _ if text.is_empty() => text = more.to_string(),
        0 => {}
        1.. => text.push_str(&format!(" + {more}")),
        _ => text.push_str(&format!(" - {}", -more)),
    }
    text
}

/// Whether two operations are the same but for numbers.
fn alike(one: &Op, other: &Op) -> bool {
    let same = match (one, other) {
        (Op::Fixed { transposed, .. }, Op::Fixed { transposed: other, .. }) => transposed == other,
        (Op::Clock(Clock::Periods(_)), Op::Clock(Clock::Periods(_)))
        | (Op::Constant(_), Op::Constant(_))
        | (Op::Affine { .. }, Op::Affine { .. }) => true,
        _ => return one == other,
    };
    same && one.operands() == other.operands()
}
