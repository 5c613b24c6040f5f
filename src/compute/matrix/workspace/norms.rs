//! Norms.

use super::arena::{Dense, Workspace};
use crate::compute::kernel::{MatrixKernels, PANEL};

impl<E: MatrixKernels> Workspace<E> {
    /// The largest sum of magnitudes of a column, in f64.
    pub(in crate::compute::matrix) fn column_norm(&self, matrix: Dense) -> f64 {
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
    pub(in crate::compute::matrix) fn frobenius_norm(&self, matrix: Dense) -> f64 {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::kernel::Isa;

    #[test]
    fn norms() {
        let mut workspace: Workspace<f32> = Workspace::new(Isa::Portable);
        let matrix = workspace.allocate(2, 17);
        let mut numbers = vec![0.0; 34];
        (numbers[16], numbers[33], numbers[3]) = (-3.0, 4.0, 5.0);
        workspace.set(matrix, &numbers);
        assert_eq!((workspace.column_norm(matrix), workspace.frobenius_norm(matrix)), (7.0, libm::sqrt(50.0)));
        *workspace.entry_mut(matrix, 1, 2) = f32::NAN;
        assert!(workspace.column_norm(matrix).is_nan() && workspace.frobenius_norm(matrix).is_nan());
    }
}
