//! Vectors of one length and the pointwise rules that change them.

use std::ops::Range;

use super::{
    action::Action,
    home::{Allocator, Home},
    homes::Homes,
    packs::Packs,
    schedule::schedule,
};
use crate::{
    compute::kernel::{Isa, Lines, Number, PANEL, Scratch},
    graph::{Binary, Builder, Expr, Node, NodeId, Op, Unary},
};

/// Vectors of one length, each from the start of a cache line on, such as parameters, their gradient and what an optimizer
/// remembers.
///
/// They are changed by rules in the notation of graphs, which run on every instruction set with the same bits:
///
/// ```
/// use longlag::compute::{kernel::Isa, program::Vectors};
///
/// let mut vectors = Vectors::new(Isa::Portable, 2, 100);
/// vectors.get_mut(1).fill(2.0f32);
/// // The first becomes itself less a tenth of the second, which doubles.
/// vectors.apply(&[0..100], |v| vec![(0, v[0] - v[1] * 0.1), (1, v[1] * 2.0)]);
/// assert_eq!((vectors.get(0)[99], vectors.get(1)[99]), (-0.2, 4.0));
/// ```
#[derive(Clone, Debug)]
pub struct Vectors<E> {
    isa: Isa,
    count: usize,
    length: usize,
    arena: Lines<E>,
    scratch: Scratch<E>,
}

impl<E: Number> Vectors<E> {
    /// `count` vectors of `length` zeros.
    pub fn new(isa: Isa, count: usize, length: usize) -> Self {
        let arena = Lines::new(count * length.next_multiple_of(PANEL));
        Self { isa, count, length, arena, scratch: Scratch::default() }
    }

    /// The instruction set that rules run on.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The numbers of a vector.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The vector number `index`.
    pub fn get(&self, index: usize) -> &[E] {
        &self.arena[self.range(index)]
    }

    /// The vector number `index`, to write to.
    pub fn get_mut(&mut self, index: usize) -> &mut [E] {
        let range = self.range(index);
        &mut self.arena[range]
    }

    /// One vector to read and another to write to.
    ///
    /// # Panics
    ///
    /// If they are the same.
    pub fn read_and_write(&mut self, read: usize, write: usize) -> (&[E], &mut [E]) {
        let ranges = [self.range(read), self.range(write)];
        let [read, write] = self.arena.get_disjoint_mut(ranges).expect("two different vectors");
        (read, write)
    }

    fn range(&self, index: usize) -> Range<usize> {
        assert!(index < self.count, "there are {} vectors", self.count);
        let start = index * self.length.next_multiple_of(PANEL);
        start..start + self.length
    }

    /// Changes the vectors by a rule, number by number in `ranges`: it gets all of them as they are and says what some of them
    /// become.
    ///
    /// # Panics
    ///
    /// If the rule gives one vector two values, or multiplies by a matrix; if a range is beyond the vectors.
    pub fn apply(&mut self, ranges: &[Range<usize>], rule: impl for<'g> FnOnce(&[Expr<'g>]) -> Vec<(usize, Expr<'g>)>) {
        let builder = Builder::new(self.length, self.length);
        let given: Vec<Expr<'_>> = (0..self.count).map(|_| builder.given(self.length)).collect();
        let before: Vec<NodeId> = given.iter().map(|expr| expr.id()).collect();
        let mut after: Vec<(usize, NodeId)> =
            rule(&given).into_iter().map(|(index, expr)| (index, expr.id())).collect();
        after.retain(|&(index, node)| node != before[index]);
        let nodes = builder.into_nodes();
        let (actions, size) = self.compile(&nodes, &before, &after);
        if self.arena.len() < size {
            let mut arena = Lines::new(size);
            arena[..self.arena.len()].copy_from_slice(&self.arena);
            self.arena = arena;
        }
        for action in &actions {
            let Action::Pointwise { program, operands, .. } = action else { panic!("a rule is pointwise") };
            for range in ranges {
                assert!(range.start <= range.end && range.end <= self.length, "{range:?} of {}", self.length);
                let starts: Vec<usize> = operands.iter().map(|home| home.start(0) + range.start).collect();
                program.run(&mut self.scratch, &mut self.arena, range.len(), &starts);
            }
        }
    }

    /// The programs that make nodes of vectors, and the size of the arena that they ask for.
    fn compile(&self, nodes: &[Node], before: &[NodeId], after: &[(usize, NodeId)]) -> (Vec<Action<E>>, usize) {
        let (mut allocator, mut packs) = (Allocator::default(), Packs::default());
        let places: Vec<Home> = before.iter().map(|_| allocator.home(1, self.length, 1, 0)).collect();
        let mut homes = Homes::new(nodes, 1, &mut allocator, &mut packs, 0);
        for (&node, &place) in before.iter().zip(&places) {
            homes.settle(node, place);
        }
        let mut wanted: Vec<(NodeId, Home)> = vec![];
        let mut copied = vec![];
        for (position, &(index, node)) in after.iter().enumerate() {
            assert!(after[..position].iter().all(|(other, _)| *other != index), "vector {index} becomes two things");
            // In place, unless the value before is still needed then.
            if last_read(nodes, before[index]) > Some(node) {
                wanted.push((node, homes.allocate(node, 1)));
                copied.push((node, places[index]));
            } else {
                wanted.push((node, places[index]));
            }
        }
        wanted.extend(copied);
        let evaluated = evaluated(nodes, after.iter().map(|(_, node)| *node));
        let actions = schedule(self.isa, &mut homes, &evaluated, &wanted);
        (actions, allocator.size)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Relation, select};

    fn counting(isa: Isa, length: usize) -> Vectors<f32> {
        let mut vectors = Vectors::new(isa, 3, length);
        for index in 0..3 {
            let values = vectors.get_mut(index).iter_mut().enumerate();
            values.for_each(|(k, value)| *value = (k * (index + 1)) as f32 - 40.0);
        }
        vectors
    }

    type Rule = for<'g> fn(&[Expr<'g>]) -> Vec<(usize, Expr<'g>)>;
    type Numbers = fn([f32; 3]) -> [f32; 3];

    /// Each rule beside what it does to three numbers.
    const RULES: [(Rule, Numbers); 6] = [
        (|v| vec![(0, v[0] + v[1])], |[a, b, c]| [a + b, b, c]),
        // The old value is needed after the new one is there.
        (
            |v| {
                let sum = v[0] + v[1];
                vec![(0, sum), (2, v[0] * 2.0)]
            },
            |[a, b, _]| [a + b, b, a * 2.0],
        ),
        // The same, where a product waits for its sum.
        (
            |v| {
                let (product, next) = (v[0] * v[1], v[0] + 1.0);
                vec![(0, next), (2, v[2] + product)]
            },
            |[a, b, c]| [a + 1.0, b, a.mul_add(b, c)],
        ),
        (|v| vec![(2, v[0]), (0, v[0])], |[a, b, _]| [a, b, a]),
        (|v| vec![(1, v[1])], |[a, b, c]| [a, b, c]),
        (|v| vec![(0, select(v[0], Relation::Less, 0.0, v[1], v[2]))], |[a, b, c]| [if a < 0.0 { b } else { c }, b, c]),
    ];

    #[test]
    fn rules_change_numbers_within_their_ranges_only() {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
            for length in [1, 15, 16, 17, 100, 1000] {
                let ranges = [0..length / 3, length / 2..length];
                for (number, (rule, wanted)) in RULES.into_iter().enumerate() {
                    let before = counting(isa, length);
                    let mut after = before.clone();
                    after.apply(&ranges, rule);
                    for k in 0..length {
                        let numbers = |vectors: &Vectors<f32>| [0, 1, 2].map(|index| vectors.get(index)[k]);
                        let inside = ranges.iter().any(|range| range.contains(&k));
                        let wanted = if inside { wanted(numbers(&before)) } else { numbers(&before) };
                        assert_eq!(numbers(&after), wanted, "rule {number}, {isa:?}, number {k} of {length}");
                    }
                }
            }
        }
    }

    #[test]
    fn vectors_start_at_cache_lines() {
        let vectors = counting(Isa::Portable, 17);
        assert!((0..3).all(|index| vectors.get(index).as_ptr().addr().is_multiple_of(64)));
    }
}
