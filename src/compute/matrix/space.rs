//! Matrices in one arena.

use std::{collections::BTreeMap, ops::Range};

use crate::compute::kernel::{Isa, Lines, MatrixKernels, PANEL, Packed, Place, Term, product, transpose_panels};

/// A matrix of a [`Space`], in panels of 16 columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    start: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Dense {
    pub(super) fn range(self) -> Range<usize> {
        self.start..self.start + self.columns.next_multiple_of(PANEL) * self.rows
    }

    #[inline]
    pub(super) fn place(self) -> Place {
        Place { start: self.start, line: PANEL, panel: PANEL * self.rows }
    }

    /// Where an entry lies in the arena.
    #[inline]
    pub(super) fn index(self, row: usize, column: usize) -> usize {
        self.place().index(row, column)
    }
}

/// How a factor of a product is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// As it is.
    Plain,
    /// Its transpose.
    Transposed,
}

impl Side {
    fn shape(self, matrix: Dense) -> (usize, usize) {
        match self {
            Self::Plain => (matrix.rows, matrix.columns),
            Self::Transposed => (matrix.columns, matrix.rows),
        }
    }
}

/// Matrices in one arena, and the operations on them.
#[derive(Clone, Debug)]
pub struct Space<E> {
    isa: Isa,
    arena: Lines<E>,
    used: usize,
    /// 16 zeros: the initial value of products.
    zeros: usize,
    /// Right factors, by their shape.
    right: BTreeMap<(usize, usize), Packed<E>>,
    /// Transposed left factors, by their shape.
    left: BTreeMap<(usize, usize), Dense>,
    /// Matrices to work in, by their shape.
    scratch: BTreeMap<(usize, usize), Dense>,
}

impl<E: MatrixKernels> Space<E> {
    /// Without matrices.
    pub fn new(isa: Isa) -> Self {
        let arena = Lines::new(PANEL);
        let (right, left, scratch) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { isa, arena, used: PANEL, zeros: 0, right, left, scratch }
    }

    /// A matrix of zeros.
    pub fn allocate(&mut self, rows: usize, columns: usize) -> Dense {
        let matrix = Dense { start: self.used, rows, columns };
        self.used = matrix.range().end;
        if self.used > self.arena.len() {
            let mut arena = Lines::new(self.used.max(self.arena.len() * 3 / 2));
            arena[..self.arena.len()].copy_from_slice(&self.arena);
            self.arena = arena;
        }
        matrix
    }

    /// The numbers of a matrix in panels; columns beyond its last may hold anything.
    pub(super) fn panels_mut(&mut self, matrix: Dense) -> &mut [E] {
        &mut self.arena[matrix.range()]
    }

    /// An entry.
    #[inline]
    pub(super) fn entry(&self, matrix: Dense, row: usize, column: usize) -> E {
        self.arena[matrix.index(row, column)]
    }

    #[inline]
    pub(super) fn entry_mut(&mut self, matrix: Dense, row: usize, column: usize) -> &mut E {
        &mut self.arena[matrix.index(row, column)]
    }

    /// Some entries of a row, all in one panel.
    pub(super) fn piece(&self, matrix: Dense, row: usize, column: usize, count: usize) -> &[E] {
        let start = matrix.index(row, column);
        &self.arena[start..start + count]
    }

    pub(super) fn piece_mut(&mut self, matrix: Dense, row: usize, column: usize, count: usize) -> &mut [E] {
        let start = matrix.index(row, column);
        &mut self.arena[start..start + count]
    }

    /// Takes row-major numbers.
    ///
    /// # Panics
    ///
    /// If there are not as many as the matrix has.
    pub fn set(&mut self, matrix: Dense, numbers: &[E]) {
        let Dense { rows, columns, .. } = matrix;
        assert_eq!(numbers.len(), rows * columns, "a matrix of another shape");
        if numbers.is_empty() {
            return;
        }
        let panels = self.panels_mut(matrix).chunks_exact_mut(rows * PANEL);
        for (panel, first) in panels.zip((0..columns).step_by(PANEL)) {
            let count = PANEL.min(columns - first);
            for (line, row) in panel.as_chunks_mut::<PANEL>().0.iter_mut().zip(numbers.chunks_exact(columns)) {
                match row[first..].first_chunk::<PANEL>() {
                    Some(whole) => *line = *whole,
                    None => line[..count].copy_from_slice(&row[first..]),
                }
            }
        }
    }

    /// Gives row-major numbers.
    ///
    /// # Panics
    ///
    /// If there are not as many as the matrix has.
    pub fn get(&self, matrix: Dense, numbers: &mut [E]) {
        let Dense { rows, columns, .. } = matrix;
        assert_eq!(numbers.len(), rows * columns, "a matrix of another shape");
        if numbers.is_empty() {
            return;
        }
        let panels = self.arena[matrix.range()].chunks_exact(rows * PANEL);
        for (panel, first) in panels.zip((0..columns).step_by(PANEL)) {
            let count = PANEL.min(columns - first);
            for (line, row) in panel.as_chunks::<PANEL>().0.iter().zip(numbers.chunks_exact_mut(columns)) {
                match row[first..].first_chunk_mut::<PANEL>() {
                    Some(whole) => *whole = *line,
                    None => row[first..].copy_from_slice(&line[..count]),
                }
            }
        }
    }

    /// The matrix of that shape of a map, allocated when first asked for.
    fn kept(
        &mut self,
        shape: (usize, usize),
        map: impl Fn(&mut Self) -> &mut BTreeMap<(usize, usize), Dense>,
    ) -> Dense {
        if let Some(&matrix) = map(self).get(&shape) {
            return matrix;
        }
        let matrix = self.allocate(shape.0, shape.1);
        map(self).insert(shape, matrix);
        matrix
    }

    /// A matrix to work in, the same at every call.
    pub(super) fn scratch(&mut self, shape: (usize, usize)) -> Dense {
        self.kept(shape, |space| &mut space.scratch)
    }

    /// `out = left · right`, or `out += left · right`.
    ///
    /// # Panics
    ///
    /// If the shapes do not fit, or `out` is a factor.
    pub fn multiply(&mut self, out: Dense, sum: bool, left: (Dense, Side), right: (Dense, Side)) {
        let ((rows, depth), (deep, columns)) = (left.1.shape(left.0), right.1.shape(right.0));
        assert_eq!((rows, depth, columns), (out.rows, deep, out.columns), "shapes of a product");
        let left = match left {
            (matrix, Side::Plain) => matrix,
            (matrix, Side::Transposed) => {
                let transposed = self.kept((rows, depth), |space| &mut space.left);
                self.transpose(transposed, matrix);
                transposed
            }
        };
        let packed = self.right.entry((depth, columns)).or_insert_with(|| Packed::new(depth, columns));
        let panels = &self.arena[right.0.range()];
        match right.1 {
            Side::Plain => packed.copy(panels),
            Side::Transposed => packed.copy_transposed(panels),
        }
        let initial = if sum { out.place() } else { Place { start: self.zeros, line: 0, panel: 0 } };
        let term = Term { value: left.place(), weight: packed };
        product(self.isa, &mut self.arena, rows, out.place(), initial, &[term]);
    }

    /// `out[rows] = left · right`, or the same added, of the rows of `left` from the given one on.
    pub(super) fn multiply_rows(
        &mut self,
        out: Dense,
        rows: Range<usize>,
        sum: bool,
        (left, first): (Dense, usize),
        right: &Packed<E>,
    ) {
        let out = out.place().moved(rows.start * PANEL);
        let initial = if sum { out } else { Place { start: self.zeros, line: 0, panel: 0 } };
        let term = Term { value: left.place().moved(first * PANEL), weight: right };
        product(self.isa, &mut self.arena, rows.len(), out, initial, &[term]);
    }

    /// Takes 16 columns from `first` on, negated, as a matrix of their own.
    pub(super) fn copy_negated_column_panel(&mut self, matrix: Dense, first: usize, to: Dense) {
        let start = matrix.index(0, first);
        let ranges = [start..start + matrix.rows * PANEL, to.range()];
        let [from, to] = self.arena.get_disjoint_mut(ranges).expect("two matrices");
        to.iter_mut().zip(&*from).for_each(|(to, &from)| *to = -from);
    }

    /// `out = from`ᵀ.
    ///
    /// # Panics
    ///
    /// If the shapes do not fit, or both are one matrix.
    pub fn transpose(&mut self, out: Dense, from: Dense) {
        assert_eq!((out.rows, out.columns), (from.columns, from.rows), "shapes of a transpose");
        let [to, panels] = self.arena.get_disjoint_mut([out.range(), from.range()]).expect("two matrices");
        transpose_panels(panels, from.rows, from.columns, to);
    }

    /// `out = Σ factor · matrix + identity · I`, or the same added to `out`.
    ///
    /// # Panics
    ///
    /// If shapes differ, or `out` is a term.
    pub fn combine(&mut self, out: Dense, sum: bool, terms: &[(f64, Dense)], identity: f64) {
        for (_, term) in terms {
            assert_eq!((term.rows, term.columns), (out.rows, out.columns), "shapes of a sum");
        }
        let mut sum = sum;
        if terms.is_empty() && !sum {
            self.panels_mut(out).fill(E::ZERO);
        }
        for terms in terms.chunks(TERMS) {
            // One pass for some terms: the matrices are read from beyond the first cache.
            match *terms {
                [a] => self.combine_some(out, sum, [a]),
                [a, b] => self.combine_some(out, sum, [a, b]),
                [a, b, c] => self.combine_some(out, sum, [a, b, c]),
                [a, b, c, d] => self.combine_some(out, sum, [a, b, c, d]),
                [a, b, c, d, e] => self.combine_some(out, sum, [a, b, c, d, e]),
                _ => unreachable!("chunks of at most five"),
            }
            sum = true;
        }
        if identity != 0.0 {
            for k in 0..out.rows.min(out.columns) {
                let entry = self.entry_mut(out, k, k);
                *entry = *entry + E::narrow(identity);
            }
        }
    }

    fn combine_some<const N: usize>(&mut self, out: Dense, sum: bool, terms: [(f64, Dense); N]) {
        let factors = terms.map(|(factor, _)| E::narrow(factor));
        // No two mutable borrows of one matrix: terms that are one matrix are read through the same slice.
        let (before, rest) = self.arena.split_at_mut(out.start);
        let (to, after) = rest.split_at_mut(out.range().len());
        let (before, after, end) = (&*before, &*after, out.range().end);
        let from = terms.map(|(_, term)| {
            assert!(term.start != out.start, "a sum into one of its terms");
            if term.start < out.start {
                &before[term.range()]
            } else {
                &after[term.start - end..term.range().end - end]
            }
        });
        let from = from.map(|from| &from[..to.len()]);
        for (k, to) in to.iter_mut().enumerate() {
            let mut value = factors[0] * from[0][k];
            for n in 1..N {
                value = value + factors[n] * from[n][k];
            }
            *to = if sum { *to + value } else { value };
        }
    }

    /// `to += from`ᵀ.
    pub(super) fn add_transposed(&mut self, to: Dense, from: Dense) {
        let scratch = self.scratch((to.rows, to.columns));
        self.transpose(scratch, from);
        self.combine(to, true, &[(1.0, scratch)], 0.0);
    }

    /// `out = a · b` number by number, or the same added.
    pub(super) fn times(&mut self, out: Dense, sum: bool, a: Dense, b: Dense) {
        for ((k, a), b) in (out.range()).zip(a.range()).zip(b.range()) {
            let product = self.arena[a] * self.arena[b];
            self.arena[k] = if sum { self.arena[k] + product } else { product };
        }
    }

    /// `out[r, c] = from[r, c] · by[c]`, or the same added.
    pub(super) fn scale_columns(&mut self, out: Dense, sum: bool, from: Dense, by: Dense) {
        for column in (0..out.columns).step_by(PANEL) {
            let line = |matrix: Dense, rows: usize| {
                let start = matrix.index(0, column);
                start..start + rows * PANEL
            };
            let ranges = [line(out, out.rows), line(from, out.rows), line(by, 1)];
            let [to, from, by] = self.arena.get_disjoint_mut(ranges).expect("three matrices");
            for (to, from) in to.as_chunks_mut::<PANEL>().0.iter_mut().zip(from.as_chunks::<PANEL>().0) {
                for ((to, from), by) in to.iter_mut().zip(from).zip(&*by) {
                    *to = if sum { *to + *from * *by } else { *from * *by };
                }
            }
        }
    }

    /// `to[c] += Σ over r of a[r, c] · b[r, c]`.
    pub(super) fn add_column_products(&mut self, to: Dense, a: Dense, b: Dense) {
        for column in (0..a.columns).step_by(PANEL) {
            let count = PANEL.min(a.columns - column);
            let mut sums = [E::ZERO; PANEL];
            sums[..count].copy_from_slice(self.piece(to, 0, column, count));
            let lines = |matrix: Dense| self.piece(matrix, 0, column, matrix.rows * PANEL).as_chunks::<PANEL>().0;
            for (a, b) in lines(a).iter().zip(lines(b)) {
                for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                    *sum = *sum + *a * *b;
                }
            }
            self.piece_mut(to, 0, column, count).copy_from_slice(&sums[..count]);
        }
    }

    /// `out` = the entries of `from` above the diagonal, on it and below it, times a number each, or the same added.
    pub(super) fn triangles(&mut self, out: Dense, sum: bool, from: Dense, factors: [f64; 3]) {
        let [above, on, below] = factors.map(E::narrow);
        for column in (0..out.columns).step_by(PANEL) {
            let lines = |matrix: Dense| {
                let start = matrix.index(0, column);
                start..start + matrix.rows * PANEL
            };
            let [to, from] = self.arena.get_disjoint_mut([lines(out), lines(from)]).expect("two matrices");
            let lines = to.as_chunks_mut::<PANEL>().0.iter_mut().zip(from.as_chunks::<PANEL>().0);
            for (row, (to, from)) in lines.enumerate() {
                let mut factors = [if row < column { above } else { below }; PANEL];
                if let Some(diagonal) = row.checked_sub(column).filter(|diagonal| *diagonal < PANEL) {
                    factors[diagonal] = on;
                    factors[diagonal + 1..].fill(above);
                }
                for ((to, from), factor) in to.iter_mut().zip(from).zip(factors) {
                    *to = if sum { *to + factor * *from } else { factor * *from };
                }
            }
        }
    }

    /// The numbers of the vector `from`, row by row, as the entries of `out` from the `first`-th right of the diagonal on. The
    /// others stay as they are.
    pub(super) fn upper(&mut self, out: Dense, from: Dense, first: usize) {
        for (from, to, count) in upper_pieces(from, out, first) {
            self.arena.copy_within(from..from + count, to);
        }
    }

    /// The way back: adds those entries of `from` to the vector `to`.
    pub(super) fn add_upper(&mut self, to: Dense, from: Dense, first: usize) {
        for (to, from, count) in upper_pieces(to, from, first) {
            for k in 0..count {
                self.arena[to + k] = self.arena[to + k] + self.arena[from + k];
            }
        }
    }

    /// `matrix = factor · matrix + identity · I`.
    pub fn scale(&mut self, matrix: Dense, factor: f64, identity: f64) {
        let factor = E::narrow(factor);
        self.panels_mut(matrix).iter_mut().for_each(|number| *number = factor * *number);
        self.combine(matrix, true, &[], identity);
    }

    /// The largest sum of magnitudes of a column, in f64.
    pub(super) fn column_norm(&self, matrix: Dense) -> f64 {
        let mut largest = 0.0f64;
        for column in (0..matrix.columns).step_by(PANEL) {
            let start = matrix.index(0, column);
            let mut sums = [0.0f64; PANEL];
            for row in self.arena[start..start + matrix.rows * PANEL].as_chunks::<PANEL>().0 {
                sums.iter_mut().zip(row).for_each(|(sum, number)| *sum += number.widen().abs());
            }
            // NaN wins.
            for sum in &sums[..PANEL.min(matrix.columns - column)] {
                largest = if *sum <= largest { largest } else { *sum };
                if sum.is_nan() {
                    return f64::NAN;
                }
            }
        }
        largest
    }

    /// The root of the sum of all squares, in f64.
    pub(super) fn frobenius_norm(&self, matrix: Dense) -> f64 {
        let mut total = 0.0;
        for column in (0..matrix.columns).step_by(PANEL) {
            let start = matrix.index(0, column);
            let mut sums = [0.0f64; PANEL];
            for row in self.arena[start..start + matrix.rows * PANEL].as_chunks::<PANEL>().0 {
                for (sum, number) in sums.iter_mut().zip(row) {
                    let number = number.widen();
                    *sum += number * number;
                }
            }
            total += sums[..PANEL.min(matrix.columns - column)].iter().sum::<f64>();
        }
        libm::sqrt(total)
    }

    /// Takes the rows of a matrix from `first` on into a right factor of as many rows.
    pub(super) fn pack_rows(&self, matrix: Dense, first: usize, packed: &mut Packed<E>) {
        packed.copy_rows(&self.arena[matrix.range()], matrix.rows, first);
    }
}

/// Numbers side by side, in a vector and among the entries right of a diagonal: where they start, and how many.
fn upper_pieces(vector: Dense, matrix: Dense, first: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let mut start = vector.start;
    (0..matrix.rows).flat_map(move |row| {
        let left = (row + first).min(matrix.columns);
        let from = start;
        start += matrix.columns - left;
        let columns = (left..matrix.columns).step_by(1).filter(move |&c| c == left || c.is_multiple_of(PANEL));
        columns.map(move |column| {
            let end = (column / PANEL + 1) * PANEL;
            (from + column - left, matrix.index(row, column), end.min(matrix.columns) - column)
        })
    })
}

/// The most terms of one pass of a sum.
const TERMS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::kernel::Real;

    fn numbers<E: Real>(count: usize, seed: f64) -> Vec<E> {
        (0..count).map(|k| E::narrow(libm::sin(k as f64 * 1.7 + seed))).collect()
    }

    fn products<E: MatrixKernels>(isa: Isa) -> Vec<f64> {
        let mut found = vec![];
        for (rows, depth, columns) in [(1, 1, 1), (5, 17, 33), (16, 32, 16), (40, 3, 70)] {
            for (left_side, right_side) in [
                (Side::Plain, Side::Plain),
                (Side::Plain, Side::Transposed),
                (Side::Transposed, Side::Plain),
                (Side::Transposed, Side::Transposed),
            ] {
                let mut space: Space<E> = Space::new(isa);
                let shape = |side: Side, (rows, columns): (usize, usize)| match side {
                    Side::Plain => (rows, columns),
                    Side::Transposed => (columns, rows),
                };
                let (l, r) = (shape(left_side, (rows, depth)), shape(right_side, (depth, columns)));
                let (left, right) = (space.allocate(l.0, l.1), space.allocate(r.0, r.1));
                let out = space.allocate(rows, columns);
                let (a, b): (Vec<E>, Vec<E>) = (numbers(rows * depth, 0.0), numbers(depth * columns, 9.0));
                space.set(left, &a);
                space.set(right, &b);
                for sum in [false, true] {
                    space.multiply(out, sum, (left, left_side), (right, right_side));
                }
                let mut got = vec![E::ZERO; rows * columns];
                space.get(out, &mut got);
                for (k, got) in got.iter().enumerate() {
                    let (i, j) = (k / columns, k % columns);
                    let at = |side: Side, numbers: &[E], columns: usize, i: usize, j: usize| match side {
                        Side::Plain => numbers[i * columns + j].widen(),
                        Side::Transposed => numbers[j * columns + i].widen(),
                    };
                    let dot: f64 =
                        (0..depth).map(|k| at(left_side, &a, l.1, i, k) * at(right_side, &b, r.1, k, j)).sum();
                    let error = (got.widen() - 2.0 * dot).abs();
                    assert!(error <= 1e-5, "{left_side:?} {right_side:?} ({i}, {j}) of {rows} × {columns}: {error:e}");
                }
                found.extend(got.iter().map(|number| number.widen()));
            }
        }
        found
    }

    #[test]
    fn products_are_right_on_every_instruction_set() {
        let wanted = products::<f32>(Isa::Portable);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
            assert_eq!(products::<f32>(isa), wanted, "{isa:?}");
        }
        products::<f64>(Isa::Portable);
    }

    #[test]
    fn sums_take_any_number_of_terms() {
        for count in 0..8 {
            let mut space: Space<f64> = Space::new(Isa::Portable);
            let out = space.allocate(3, 19);
            let terms: Vec<(f64, Dense)> = (0..count)
                .map(|k| {
                    let term = space.allocate(3, 19);
                    space.set(term, &numbers(57, k as f64));
                    (k as f64 - 1.5, term)
                })
                .collect();
            space.combine(out, false, &terms, 0.25);
            space.combine(out, true, &terms, 0.0);
            let mut got = vec![0.0; 57];
            space.get(out, &mut got);
            for (k, got) in got.into_iter().enumerate() {
                let sum: f64 = (0..count).map(|n| (n as f64 - 1.5) * numbers::<f64>(57, n as f64)[k]).sum();
                let wanted = 2.0 * sum + if k % 20 == 0 { 0.25 } else { 0.0 };
                assert!((got - wanted).abs() <= 1e-12, "{count} terms, number {k}: {got} for {wanted}");
            }
        }
    }

    #[test]
    fn norms() {
        let mut space: Space<f32> = Space::new(Isa::Portable);
        let matrix = space.allocate(2, 17);
        let mut numbers = vec![0.0; 34];
        (numbers[16], numbers[33], numbers[3]) = (-3.0, 4.0, 5.0);
        space.set(matrix, &numbers);
        assert_eq!((space.column_norm(matrix), space.frobenius_norm(matrix)), (7.0, libm::sqrt(50.0)));
        *space.entry_mut(matrix, 1, 2) = f32::NAN;
        assert!(space.column_norm(matrix).is_nan() && space.frobenius_norm(matrix).is_nan());
    }
}
