//! A graph on its own, outside of time.

use super::{
    action::{Action, Runner},
    home::{Allocator, Home},
    homes::Homes,
    keep::{is_source, reachable},
    packs::Packs,
    schedule::schedule,
};
use crate::{
    compute::kernel::{Isa, Lines, Number, Packed},
    graph::{Node, NodeId, Op, Parameter},
};

/// Evaluates chosen nodes of a graph, such as a derivative's, for `rows` rows at a time.
#[derive(Debug)]
pub struct Evaluator<E> {
    isa: Isa,
    rows: usize,
    actions: Vec<Action<E>>,
    packed: Vec<Packed<E>>,
    packs: Packs,
    arena: Lines<E>,
    zeros: Home,
    /// Inputs, states and what else is handed in.
    sources: Vec<Source>,
    wanted: Vec<(Home, usize)>,
    shapes: Vec<Vec<usize>>,
}

#[derive(Debug)]
struct Source {
    node: NodeId,
    /// The parameter that it is, if it is one.
    parameter: Option<usize>,
    home: Home,
    width: usize,
}

impl<E: Number> Evaluator<E> {
    /// Compiles `nodes` as far as `wanted` depends on them.
    pub fn new(isa: Isa, nodes: &[Node], parameters: &[Parameter], wanted: &[NodeId], rows: usize) -> Self {
        let (mut allocator, mut packs) = (Allocator::default(), Packs::default());
        let zeros = allocator.zeros();
        let needed = reachable(nodes, wanted.iter().copied(), 0);
        let mut homes = Homes::new(nodes, rows, &mut allocator, &mut packs, 0);
        let mut sources = vec![];
        for (index, node) in nodes.iter().enumerate().filter(|&(index, node)| needed[index] && is_source(node)) {
            let parameter = match node.op {
                Op::Constant(_) => continue,
                Op::Parameter(parameter) => Some(parameter.0),
                _ => None,
            };
            let node = NodeId(index);
            let home = if parameter.is_some() { homes.read(node) } else { homes.allocate(node, 1) };
            homes.settle(node, home);
            sources.push(Source { node, parameter, home, width: homes.width(node) });
        }
        let evaluated: Vec<bool> = needed.iter().zip(nodes).map(|(needed, node)| *needed && !is_source(node)).collect();
        let wanted: Vec<(NodeId, Home)> = wanted.iter().map(|&node| (node, homes.allocate(node, 1))).collect();
        let actions = schedule(isa, &mut homes, &evaluated, &wanted);
        // A product that starts from a parameter vector reads it as one row.
        for (parameter, vector) in homes.vectors.iter().enumerate() {
            let of = |node: &Node| matches!(node.op, Op::Parameter(of) if of.0 == parameter);
            let node = NodeId(nodes.iter().position(of).unwrap_or(0));
            sources.extend(vector.row.map(|home| Source {
                node,
                parameter: Some(parameter),
                home,
                width: homes.width(node),
            }));
        }
        let wanted = wanted.into_iter().map(|(node, home)| (home, nodes[node.0].width)).collect();
        let arena = Lines::new(allocator.size);
        let shapes = parameters.iter().map(|parameter| parameter.shape.clone()).collect();
        Self { isa, rows, actions, packed: vec![], packs, arena, zeros, sources, wanted, shapes }
    }

    /// The values of the wanted nodes, each [rows, width]. `parameters` are the graph's, matrices row-major; `given` says what
    /// the inputs, states, clocks and other nodes from outside hold, each [rows, width].
    pub fn run<'v>(&mut self, parameters: &[Vec<E>], given: impl Fn(NodeId) -> &'v [E]) -> Vec<Vec<E>> {
        self.packs.pack(&mut self.packed, |parameter| {
            let [out, inputs] = self.shapes[parameter][..] else { unreachable!("only matrices are multiplied by") };
            (&parameters[parameter][..], [out, inputs])
        });
        self.arena[self.zeros.range()].fill(E::ZERO);
        for source in &self.sources {
            let place = source.home.place(0);
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
        Runner::new(self.isa, self.rows, &mut self.arena, &self.packed).run(&self.actions, 0);
        let value = |&(home, width): &(Home, usize)| {
            let (place, arena) = (home.place(0), &self.arena);
            (0..self.rows).flat_map(|row| (0..width).map(move |unit| arena[place.index(row, unit)])).collect()
        };
        self.wanted.iter().map(value).collect()
    }
}
