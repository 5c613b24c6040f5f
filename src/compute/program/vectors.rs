//! Vectors of one length, which pointwise transforms change.

use std::ops::Range;

use super::{
    action::Action,
    home::{Allocator, Home},
    homes::Homes,
    packs::Packs,
    schedule::schedule,
    transform::Transform,
};
use crate::{
    compute::kernel::{Isa, Lines, Number, PANEL, Program, Scratch},
    graph::{Binary, Node, NodeId, Op, Unary},
};

/// Vectors of one length, each from the start of a cache line on, such as parameters, their gradient and what an optimizer
/// remembers.
///
/// They are changed by [`Transform`]s, which give the same bits on every instruction set:
///
/// ```
/// use longlag::compute::{kernel::Isa, program::{Transform, Vectors}};
///
/// let mut vectors = Vectors::new(Isa::Portable, 2, 100);
/// vectors.get_mut(1).fill(2.0f32);
/// // The first becomes itself less so much of the second, which doubles.
/// let mut step = Transform::new(|inputs, v| {
///     let rate = inputs.scalar(|rate| rate);
///     vec![(0, v[0] - rate * v[1]), (1, v[1] * 2.0)]
/// });
/// vectors.apply(&mut step, &[0..100], 0.5);
/// vectors.apply(&mut step, &[0..100], 0.25);
/// assert_eq!((vectors.get(0)[99], vectors.get(1)[99]), (-2.0, 8.0));
/// ```
#[derive(Clone, Debug)]
pub struct Vectors<E> {
    isa: Isa,
    count: usize,
    length: usize,
    arena: Lines<E>,
    scratch: Scratch<E>,
    /// The scalars and the places of the run at hand, kept so that running allocates nothing.
    scalars: Vec<E>,
    starts: Vec<usize>,
}

impl<E: Number> Vectors<E> {
    /// `count` vectors of `length` zeros.
    pub fn new(isa: Isa, count: usize, length: usize) -> Self {
        let arena = Lines::new(count * length.next_multiple_of(PANEL));
        Self { isa, count, length, arena, scratch: Scratch::default(), scalars: vec![], starts: vec![] }
    }

    /// The instruction set that transforms run on.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// How many vectors there are.
    pub fn count(&self) -> usize {
        self.count
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

    /// Changes the vectors by a transform with these inputs, number by number in `ranges`.
    ///
    /// # Panics
    ///
    /// If the transform gives one vector two values, or multiplies by a matrix; if a range is beyond the vectors.
    pub fn apply<I: Copy>(&mut self, transform: &mut Transform<E, I>, ranges: &[Range<usize>], inputs: I) {
        let (Compiled { programs, size, .. }, scalars) = transform.prepare(self, inputs);
        self.scalars.clear();
        self.scalars.extend(scalars.iter().map(|&scalar| E::narrow(scalar)));
        if self.arena.len() < *size {
            let mut arena = Lines::new(*size);
            arena[..self.arena.len()].copy_from_slice(&self.arena);
            self.arena = arena;
        }
        for (program, operands) in programs {
            for range in ranges {
                assert!(range.start <= range.end && range.end <= self.length, "{range:?} of {}", self.length);
                self.starts.clear();
                self.starts.extend(operands.iter().map(|start| start + range.start));
                program.run_with(&mut self.scratch, &mut self.arena, range.len(), &self.starts, &self.scalars);
            }
        }
    }
}

/// A transform compiled for vectors of one shape.
#[derive(Clone, Debug)]
pub(super) struct Compiled<E> {
    /// What the vectors are: instruction set, count, length.
    shape: (Isa, usize, usize),
    /// In order, with where the operands start.
    programs: Vec<(Program<E>, Vec<usize>)>,
    /// The numbers of the arena that they ask for.
    size: usize,
}

impl<E: Number> Compiled<E> {
    /// The programs that give vectors of the shape of `vectors` new values: the nodes `before` are the vectors as they are, those
    /// in `after` what some of them become.
    pub fn new(vectors: &Vectors<E>, nodes: &[Node], before: &[NodeId], mut after: Vec<(usize, NodeId)>) -> Self {
        after.retain(|&(index, node)| node != before[index]);
        let (mut allocator, mut packs) = (Allocator::default(), Packs::default());
        let places: Vec<Home> = before.iter().map(|_| allocator.home(1, vectors.length, 1, 0)).collect();
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
        let actions = schedule(vectors.isa, &mut homes, &evaluated, &wanted);
        let programs = actions.into_iter().map(|action| {
            let Action::Pointwise { program, operands, .. } = action else { panic!("a transform is pointwise") };
            (program, operands.iter().map(|home| home.start(0)).collect())
        });
        let programs = programs.collect();
        Self { shape: (vectors.isa, vectors.count, vectors.length), programs, size: allocator.size }
    }

    /// Whether they are of the shape it was compiled for.
    pub fn is_for(&self, vectors: &Vectors<E>) -> bool {
        self.shape == (vectors.isa, vectors.count, vectors.length)
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
    use crate::graph::{Expr, Relation, select};

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
                    after.apply(&mut Transform::new(move |_, v| rule(v)), &ranges, ());
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

    /// As if the numbers of each run were constants of a transform of its own, to the bit.
    #[test]
    fn inputs_are_those_of_each_run() {
        let mut step = Transform::new(|inputs, v: &[Expr<'_>]| {
            let [rate, shift] = inputs.scalars(|x: f64| [x / 3.0, x * x]);
            let moved = v[0] - rate * v[1] + v[0].scalar(shift) * v[2];
            vec![(0, if inputs.choose(|x| x < 0.0) { moved * 2.0 } else { moved })]
        });
        let mut vectors = counting(Isa::Portable, 100);
        let mut wanted = vectors.clone();
        for x in [0.1, -0.7, 3.0, 1e-30, -0.7] {
            vectors.apply(&mut step, &[3..90], x);
            let mut baked = Transform::new(move |_, v: &[Expr<'_>]| {
                let moved = v[0] - (x / 3.0) * v[1] + v[0].constant(x * x) * v[2];
                vec![(0, if x < 0.0 { moved * 2.0 } else { moved })]
            });
            wanted.apply(&mut baked, &[3..90], ());
            let bits = |vectors: &Vectors<f32>| vectors.get(0).iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&vectors), bits(&wanted), "{x}");
        }
    }

    /// The same transform serves vectors of several shapes.
    #[test]
    fn a_transform_is_compiled_anew_for_vectors_of_another_shape() {
        let mut double = Transform::new(|_, v: &[Expr<'_>]| vec![(1, v[1] * 2.0)]);
        for length in [5, 40, 5] {
            let mut vectors = counting(Isa::Portable, length);
            vectors.apply(&mut double, std::slice::from_ref(&(0..length)), ());
            assert!(vectors.get(1).iter().enumerate().all(|(k, x)| *x == (k * 4) as f32 - 80.0), "{length}");
        }
    }

    #[test]
    fn vectors_start_at_cache_lines() {
        let vectors = counting(Isa::Portable, 17);
        assert!((0..3).all(|index| vectors.get(index).as_ptr().addr().is_multiple_of(64)));
    }
}
