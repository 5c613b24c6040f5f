//! Vectors of one length, which pointwise transforms change.

use std::ops::Range;

use super::{
    Transform,
    pointwise::{PointwisePrograms, Shape},
};
use crate::compute::kernel::{Isa, Lines, Number, PANEL, Scratch};

/// Vectors of one length, each from the start of a cache line on, such as parameters, their gradient and what an optimizer
/// remembers.
///
/// They are changed by [`Transform`]s, which give the same bits on every instruction set:
///
/// ```
/// use longlag::compute::{kernel::Isa, lower::{Transform, Vectors}};
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
    shape: Shape,
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
        Self {
            shape: Shape { isa, count, length },
            arena,
            scratch: Scratch::default(),
            scalars: vec![],
            starts: vec![],
        }
    }

    /// The instruction set that transforms run on.
    pub fn isa(&self) -> Isa {
        self.shape.isa
    }

    /// How many vectors there are.
    pub fn count(&self) -> usize {
        self.shape.count
    }

    /// The numbers of a vector.
    pub fn length(&self) -> usize {
        self.shape.length
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
        let Shape { count, length, .. } = self.shape;
        assert!(index < count, "there are {count} vectors");
        let start = index * length.next_multiple_of(PANEL);
        start..start + length
    }

    /// Changes the vectors by a transform with these inputs, number by number in `ranges`.
    ///
    /// # Panics
    ///
    /// If the transform gives one vector two values, or multiplies by a matrix; if a range is beyond the vectors.
    pub fn apply<I: Copy>(&mut self, transform: &mut Transform<E, I>, ranges: &[Range<usize>], inputs: I) {
        let (PointwisePrograms { programs, size, .. }, scalars) = transform.prepare(self.shape, inputs);
        let length = self.shape.length;
        self.scalars.clear();
        self.scalars.extend(scalars.iter().map(|&scalar| E::narrow(scalar)));
        if self.arena.len() < *size {
            let mut arena = Lines::new(*size);
            arena[..self.arena.len()].copy_from_slice(&self.arena);
            self.arena = arena;
        }
        for (program, operands) in programs {
            for range in ranges {
                assert!(range.start <= range.end && range.end <= length, "{range:?} of {length}");
                self.starts.clear();
                self.starts.extend(operands.iter().map(|start| start + range.start));
                program.run_with(&mut self.scratch, &mut self.arena, range.len(), &self.starts, &self.scalars);
            }
        }
    }
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
        let ranges = [3..60, 61..90];
        for x in [0.1, -0.7, 3.0, 1e-30, -0.7] {
            vectors.apply(&mut step, &ranges, x);
            let mut baked = Transform::new(move |_, v: &[Expr<'_>]| {
                let moved = v[0] - (x / 3.0) * v[1] + v[0].constant(x * x) * v[2];
                vec![(0, if x < 0.0 { moved * 2.0 } else { moved })]
            });
            wanted.apply(&mut baked, &ranges, ());
            let bits = |vectors: &Vectors<f32>| vectors.get(0).iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&vectors), bits(&wanted), "{x}");
        }
    }

    /// One transform serves vectors of several shapes.
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
