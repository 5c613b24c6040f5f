//! Products and transposes.

use std::ops::Range;

use super::arena::{Dense, Side, Workspace};
use crate::compute::kernel::{MatrixKernels, PANEL, Packed, Place, Term, product, transpose_panels};

impl<E: MatrixKernels> Workspace<E> {
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
                let transposed = self.kept((rows, depth), |workspace| &mut workspace.left);
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
    pub(in crate::compute::matrix) fn multiply_rows(
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

    /// Packs the rows of a matrix from `first` on into a right factor of as many rows.
    pub(in crate::compute::matrix) fn pack_rows(&self, matrix: Dense, first: usize, packed: &mut Packed<E>) {
        packed.copy_rows(&self.arena[matrix.range()], matrix.rows, first);
    }

    /// Copies 16 columns from `first` on, negated, to a matrix of their own.
    pub(in crate::compute::matrix) fn copy_negated_column_panel(&mut self, matrix: Dense, first: usize, to: Dense) {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::kernel::{Isa, Real};

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
                let mut workspace: Workspace<E> = Workspace::new(isa);
                let shape = |side: Side, (rows, columns): (usize, usize)| match side {
                    Side::Plain => (rows, columns),
                    Side::Transposed => (columns, rows),
                };
                let (l, r) = (shape(left_side, (rows, depth)), shape(right_side, (depth, columns)));
                let (left, right) = (workspace.allocate(l.0, l.1), workspace.allocate(r.0, r.1));
                let out = workspace.allocate(rows, columns);
                let (a, b): (Vec<E>, Vec<E>) = (numbers(rows * depth, 0.0), numbers(depth * columns, 9.0));
                workspace.set(left, &a);
                workspace.set(right, &b);
                for sum in [false, true] {
                    workspace.multiply(out, sum, (left, left_side), (right, right_side));
                }
                let mut got = vec![E::ZERO; rows * columns];
                workspace.get(out, &mut got);
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
}
