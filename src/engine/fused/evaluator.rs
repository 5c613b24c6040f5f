//! A graph on its own, outside of time.

use super::retention::{is_source, reachable};
use crate::{
    compute::{
        ir::{Bindings, Factors, Places, Reference, schedule},
        kernel::{Isa, Lines, Number, Packed},
        lower::{Executor, KernelCall, Layout, Storage, WorkingMemory, compile, pack},
    },
    graph::{GraphParameter, Node, NodeId, Op},
};

/// Evaluates chosen nodes of a graph, such as a derivative's, for `rows` rows at a time.
#[derive(Debug)]
pub struct GraphEvaluator<E> {
    isa: Isa,
    rows: usize,
    calls: Vec<KernelCall<E>>,
    packed: Vec<Packed<E>>,
    factors: Factors,
    arena: Lines<E>,
    zeros: Storage,
    /// Inputs, states and what else is handed in.
    sources: Vec<Source>,
    wanted: Vec<(Storage, usize)>,
    shapes: Vec<Vec<usize>>,
}

#[derive(Debug)]
struct Source {
    node: NodeId,
    /// The parameter that it is, if it is one.
    parameter: Option<usize>,
    storage: Storage,
    width: usize,
}

impl<E: Number> GraphEvaluator<E> {
    /// Compiles `nodes` as far as `wanted` depends on them.
    pub fn new(isa: Isa, nodes: &[Node], parameters: &[GraphParameter], wanted: &[NodeId], rows: usize) -> Self {
        let (mut places, mut factors) = (Places::default(), Factors::default());
        let zeros = places.zeros();
        let needed = reachable(nodes, wanted.iter().copied(), 0);
        let mut bindings = Bindings::new(nodes, parameters, 0, &mut places, &mut factors);
        let mut sources: Vec<(NodeId, Option<usize>, Reference)> = vec![];
        for (index, node) in nodes.iter().enumerate().filter(|&(index, node)| needed[index] && is_source(node)) {
            let parameter = match node.op {
                Op::Constant(_) => continue,
                Op::Parameter(parameter) => Some(parameter.0),
                _ => None,
            };
            let node = NodeId(index);
            let place = if parameter.is_some() { bindings.read(node) } else { bindings.allocate(node, 1) };
            bindings.bind(node, place);
            sources.push((node, parameter, place));
        }
        let evaluated: Vec<bool> = needed.iter().zip(nodes).map(|(needed, node)| *needed && !is_source(node)).collect();
        let wanted: Vec<(NodeId, Reference)> = wanted.iter().map(|&node| (node, bindings.allocate(node, 1))).collect();
        let calls = schedule(&mut bindings, &evaluated, &wanted);
        // A product that starts from a parameter vector reads it as one row.
        for (parameter, vector) in bindings.vectors.iter().enumerate() {
            let of = |node: &Node| matches!(node.op, Op::Parameter(of) if of.0 == parameter);
            let node = NodeId(nodes.iter().position(of).unwrap_or(0));
            sources.extend(vector.row.map(|place| (node, Some(parameter), place)));
        }
        let layout = Layout::new(&places, rows);
        let source = |(node, parameter, place): (NodeId, Option<usize>, Reference)| Source {
            node,
            parameter,
            storage: layout.storage(place),
            width: nodes[node.0].width,
        };
        Self {
            isa,
            rows,
            calls: compile(isa, &layout, &calls),
            packed: vec![],
            factors,
            arena: Lines::new(layout.size()),
            zeros: layout.storage(zeros),
            sources: sources.into_iter().map(source).collect(),
            wanted: wanted.iter().map(|&(node, place)| (layout.storage(place), nodes[node.0].width)).collect(),
            shapes: parameters.iter().map(|parameter| parameter.shape.clone()).collect(),
        }
    }

    /// The values of the wanted nodes, each [rows, width]. `parameters` are the graph's, matrices row-major; `given` says what
    /// the inputs, states, clocks and other nodes from outside hold, each [rows, width].
    pub fn run<'v>(&mut self, parameters: &[Vec<E>], given: impl Fn(NodeId) -> &'v [E]) -> Vec<Vec<E>> {
        pack(&self.factors, &mut self.packed, |parameter| {
            let [out, inputs] = self.shapes[parameter][..] else { unreachable!("only matrices are multiplied by") };
            (&parameters[parameter][..], [out, inputs])
        });
        self.arena[self.zeros.range()].fill(E::ZERO);
        for source in &self.sources {
            let place = source.storage.place(0);
            for row in 0..self.rows {
                let values = match source.parameter {
                    Some(parameter) => &parameters[parameter][..],
                    None => &given(source.node)[row * source.width..][..source.width],
                };
                for (unit, value) in values.iter().enumerate() {
                    self.arena[place.index(row, unit)] = *value;
                }
            }
        }
        let mut memory = WorkingMemory::default();
        Executor::new(self.isa, self.rows, &mut self.arena, &self.packed, &mut memory).run(&self.calls, 0);
        let value = |&(storage, width): &(Storage, usize)| {
            let (place, arena) = (storage.place(0), &self.arena);
            (0..self.rows).flat_map(|row| (0..width).map(move |unit| arena[place.index(row, unit)])).collect()
        };
        self.wanted.iter().map(value).collect()
    }
}
