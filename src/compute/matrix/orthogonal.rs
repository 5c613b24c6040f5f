//! The nearest orthogonal matrix, from one near it or from any.

use super::workspace::{Dense, Side, Workspace};
use crate::compute::kernel::MatrixKernels;

impl<E: MatrixKernels> Workspace<E> {
    /// One step of Newton and Schulz to the nearest orthogonal matrix: `out = from · (3I − fromᵀ·from) / 2`. A singular value
    /// 1 + e of `from` becomes 1 − 3/2·e² − 1/2·e³.
    ///
    /// # Panics
    ///
    /// If the matrices are not three of the same shape.
    pub fn newton_schulz(&mut self, out: Dense, from: Dense, scratch: Dense) {
        self.multiply(scratch, false, (from, Side::Transposed), (from, Side::Plain));
        self.scale(scratch, -0.5, 1.5);
        self.multiply(out, false, (from, Side::Plain), (scratch, Side::Plain));
    }

    /// The polar factor: the nearest matrix with orthonormal rows or columns, whichever are fewer. Exact to rounding where the least
    /// singular value is above 5e-4 of the root of the sum of all squares; smaller ones are lifted as far as it goes.
    ///
    /// NaN gives NaN, and zero gives zero.
    pub fn polar(&mut self, from: Dense) -> Dense {
        let size = from.rows.min(from.columns);
        let [gram, square, factor] = [0; 3].map(|_| self.allocate(size, size));
        let [mut x, mut next] = [0; 2].map(|_| self.allocate(from.rows, from.columns));
        let norm = self.frobenius_norm(from);
        self.combine(x, false, &[(if norm == 0.0 { 1.0 } else { 1.0 / norm }, from)], 0.0);
        // Of the shorter side.
        let wide = from.rows < from.columns;
        for [linear, cubic, quintic] in [LIFT; 6].into_iter().chain([NEWTON_SCHULZ; 6]) {
            let (left, right) = if wide { (Side::Plain, Side::Transposed) } else { (Side::Transposed, Side::Plain) };
            self.multiply(gram, false, (x, left), (x, right));
            if quintic == 0.0 {
                self.combine(factor, false, &[(cubic, gram)], linear);
            } else {
                self.multiply(square, false, (gram, Side::Plain), (gram, Side::Plain));
                self.combine(factor, false, &[(cubic, gram), (quintic, square)], linear);
            }
            if wide {
                self.multiply(next, false, (factor, Side::Plain), (x, Side::Plain));
            } else {
                self.multiply(next, false, (x, Side::Plain), (factor, Side::Plain));
            }
            (x, next) = (next, x);
        }
        x
    }
}

/// Coefficients of s, s³ and s⁵: small singular values grow by the first at each turn, and all from 0 to 1 end between 0.68 and 1.21
/// (Jordan 2024, the optimizer Muon).
const LIFT: [f64; 3] = [3.4445, -4.775, 2.0315];
/// Coefficients of s, s³ and s⁵ that bring singular values near 1 to 1, the distance about squared at each turn.
const NEWTON_SCHULZ: [f64; 3] = [1.5, -0.5, 0.0];
