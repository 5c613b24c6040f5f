//! Inverses by blocks.

use super::workspace::{Dense, Workspace};
use crate::compute::kernel::{MatrixKernels, PANEL, Packed};

/// Memory of an inverse beside its matrices: right factors and scratch.
#[derive(Clone, Debug)]
pub(super) struct Inverse<E> {
    /// A block of 16 rows of the matrix, and one of fewer where 16 does not divide the size.
    strips: [Packed<E>; 2],
    /// The inverse of a block on the diagonal, [16, 16] and smaller.
    corners: [Dense; 2],
    /// A block of columns, [size, 16].
    column: Dense,
}

impl<E: MatrixKernels> Inverse<E> {
    pub fn new(workspace: &mut Workspace<E>, size: usize) -> Self {
        let blocks = [PANEL.min(size), (size % PANEL).max(1)];
        let strips = blocks.map(|block| Packed::new(block, size));
        let corners = blocks.map(|block| workspace.allocate(block, block));
        Self { strips, corners, column: workspace.allocate(size, PANEL) }
    }

    /// Turns `matrix` into its inverse: Gauss–Jordan by blocks of 16, without exchanging rows, so for matrices whose leading
    /// blocks are regular: triangular ones, and those whose symmetric part is positive definite.
    pub fn invert(&mut self, workspace: &mut Workspace<E>, matrix: Dense) {
        let size = matrix.rows;
        for first in (0..size).step_by(PANEL) {
            let block = PANEL.min(size - first);
            let which = usize::from(block < PANEL.min(size));
            let (strip, corner) = (&mut self.strips[which], self.corners[which]);
            let mut diagonal = [[0.0f64; PANEL]; PANEL];
            for (i, row) in diagonal.iter_mut().enumerate().take(block) {
                let entries = workspace.piece(matrix, first + i, first, block);
                row.iter_mut().zip(entries).for_each(|(entry, from)| *entry = from.widen());
            }
            invert_small(&mut diagonal, block);
            let diagonal = diagonal.map(|row| row.map(E::narrow));
            for (i, row) in diagonal.iter().enumerate().take(block) {
                workspace.piece_mut(corner, i, 0, block).copy_from_slice(&row[..block]);
            }
            // The block's rows: multiplied by the inverse of the diagonal block, which takes that block's place.
            workspace.pack_rows(matrix, first, strip);
            workspace.multiply_rows(matrix, first..first + block, false, (corner, 0), strip);
            for (i, row) in diagonal.iter().enumerate().take(block) {
                workspace.piece_mut(matrix, first + i, first, block).copy_from_slice(&row[..block]);
            }
            workspace.pack_rows(matrix, first, strip);
            // The other rows: less their part in the block's columns times the block's rows, from zero on in those columns.
            workspace.copy_negated_column_panel(matrix, first, self.column);
            for row in (0..first).chain(first + block..size) {
                workspace.piece_mut(matrix, row, first, block).fill(E::ZERO);
            }
            for rows in [0..first, first + block..size] {
                workspace.multiply_rows(matrix, rows.clone(), true, (self.column, rows.start), strip);
            }
        }
    }
}

/// Gauss–Jordan in f64. The block is padded with zeros, which stay.
fn invert_small(matrix: &mut [[f64; PANEL]; PANEL], size: usize) {
    for pivot in 0..size {
        let reciprocal = 1.0 / matrix[pivot][pivot];
        matrix[pivot][pivot] = 1.0;
        let row = matrix[pivot].map(|entry| entry * reciprocal);
        matrix[pivot] = row;
        for (other, entries) in matrix.iter_mut().enumerate() {
            if other != pivot {
                let factor = entries[pivot];
                entries[pivot] = 0.0;
                entries.iter_mut().zip(&row).for_each(|(entry, from)| *entry -= factor * from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::{
        kernel::Isa,
        matrix::{Side, Workspace},
    };

    /// The largest entry of M·M⁻¹ − I, and the inverse's bits.
    fn residual<E: MatrixKernels>(isa: Isa, size: usize, entry: impl Fn(usize, usize) -> f64) -> (f64, Vec<u64>) {
        let mut workspace: Workspace<E> = Workspace::new(isa);
        let [matrix, inverse, product] = [0; 3].map(|_| workspace.allocate(size, size));
        let numbers: Vec<E> = (0..size * size).map(|k| E::narrow(entry(k / size, k % size))).collect();
        workspace.set(matrix, &numbers);
        workspace.set(inverse, &numbers);
        Inverse::new(&mut workspace, size).invert(&mut workspace, inverse);
        workspace.multiply(product, false, (matrix, Side::Plain), (inverse, Side::Plain));
        workspace.combine(product, true, &[], -1.0);
        let largest = (0..size * size).fold(0.0f64, |largest, k| {
            let error = workspace.entry(product, k / size, k % size).widen().abs();
            if error <= largest { largest } else { error }
        });
        let bits = (0..size * size).map(|k| workspace.entry(inverse, k / size, k % size).widen().to_bits());
        (largest, bits.collect())
    }

    fn noise(i: usize, j: usize) -> f64 {
        libm::sin((i * 131 + j * 17) as f64)
    }

    #[test]
    fn inverses_invert_on_every_instruction_set() {
        let shifted = |i: usize, j: usize| if i == j { 1.0 } else { 0.2 * (noise(i, j) - noise(j, i)) };
        let triangular = |i: usize, j: usize| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.1 * noise(i, j),
            std::cmp::Ordering::Equal => 0.5 + 0.1 * noise(i, i),
            std::cmp::Ordering::Greater => 0.0,
        };
        for size in [1, 2, 15, 16, 17, 33, 100] {
            for entry in [&shifted as &dyn Fn(usize, usize) -> f64, &triangular] {
                let (error, _) = residual::<f64>(Isa::Portable, size, entry);
                assert!(error <= 1e-12, "{size} in f64: {error:e}");
                let (error, wanted) = residual::<f32>(Isa::Portable, size, entry);
                assert!(error <= 1e-4, "{size} in f32: {error:e}");
                for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                    assert_eq!(residual::<f32>(isa, size, entry).1, wanted, "{size} by {isa:?}");
                }
            }
        }
    }

    #[test]
    fn nan_shows() {
        let entry = |i: usize, j: usize| if (i, j) == (3, 5) { f64::NAN } else { f64::from(u8::from(i == j)) };
        assert!(residual::<f32>(Isa::Portable, 20, entry).0.is_nan());
    }
}
