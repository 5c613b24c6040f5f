//! Pointwise programs over vectors that lie one behind the other.

use super::{KernelCall, Layout, compile};
use crate::{
    compute::{
        ir::{Bindings, Factors, Places, Reference, schedule},
        kernel::{Isa, Number, Program},
    },
    graph::{Binary, Node, NodeId, Op, Unary},
};

/// How many vectors there are, of how many numbers each, and what computes on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub isa: Isa,
    pub count: usize,
    pub length: usize,
}

/// The programs of a transform, compiled for vectors of one shape.
#[derive(Clone, Debug)]
pub(super) struct PointwisePrograms<E> {
    pub shape: Shape,
    /// In order, with where the operands start.
    pub programs: Vec<(Program<E>, Vec<usize>)>,
    /// The numbers of the arena that they ask for.
    pub size: usize,
}

impl<E: Number> PointwisePrograms<E> {
    /// The programs that give vectors of this shape new values: the nodes `before` are the vectors as they are, those
    /// in `after` what some of them become.
    pub fn new(shape: Shape, nodes: &[Node], before: &[NodeId], mut after: Vec<(usize, NodeId)>) -> Self {
        after.retain(|&(index, node)| node != before[index]);
        let (mut places, mut factors) = (Places::default(), Factors::default());
        let before_at: Vec<Reference> =
            (0..before.len()).map(|index| places.rows(format!("x{index}"), shape.length, 1, 0)).collect();
        let mut bindings = Bindings::new(nodes, &[], 0, &mut places, &mut factors);
        for (&node, &place) in before.iter().zip(&before_at) {
            bindings.bind(node, place);
        }
        let mut wanted: Vec<(NodeId, Reference)> = vec![];
        let mut copied = vec![];
        for (position, &(index, node)) in after.iter().enumerate() {
            assert!(after[..position].iter().all(|(other, _)| *other != index), "vector {index} becomes two things");
            // In place, unless the value before is still needed then.
            if last_read(nodes, before[index]) > Some(node) {
                wanted.push((node, bindings.allocate(node, 1)));
                copied.push((node, before_at[index]));
            } else {
                wanted.push((node, before_at[index]));
            }
        }
        wanted.extend(copied);
        let evaluated = evaluated(nodes, after.iter().map(|(_, node)| *node));
        let calls = schedule(&mut bindings, &evaluated, &wanted);
        let layout = Layout::new(&places, 1);
        let programs = compile(shape.isa, &layout, &calls).into_iter().map(|call| {
            let KernelCall::Pointwise { program, operands, .. } = call else { panic!("a transform is pointwise") };
            (program, operands.iter().map(|operand| operand.start(0)).collect())
        });
        Self { shape, programs: programs.collect(), size: layout.size() }
    }
}

/// The nodes that have to be evaluated for `roots`.
fn evaluated(nodes: &[Node], roots: impl Iterator<Item = NodeId>) -> Vec<bool> {
    let mut found = vec![false; nodes.len()];
    roots.for_each(|root| found[root.0] = true);
    for index in (0..nodes.len()).rev() {
        let operands = nodes[index].op.operands();
        if found[index] {
            operands.iter().for_each(|operand| found[operand.0] = true);
        }
        found[index] &= !operands.is_empty();
    }
    found
}

/// The last node at which `source` may be read: a product may be taken where it is added to something.
fn last_read(nodes: &[Node], source: NodeId) -> Option<NodeId> {
    let readers = |of: NodeId| {
        let reads = move |(_, node): &(usize, &Node)| node.op.operands().contains(&of);
        nodes.iter().enumerate().filter(reads).map(|(index, _)| NodeId(index))
    };
    let is_product = |node: NodeId| {
        let op = &nodes[node.0].op;
        matches!(op, Op::Binary { function: Binary::Multiply, .. } | Op::Unary { function: Unary::Square, .. })
    };
    let late = readers(source).filter(|&node| is_product(node)).flat_map(readers);
    readers(source).chain(late).max()
}
