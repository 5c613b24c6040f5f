//! Back to the orthogonal matrices, from near them or from afar.

use super::space::{Dense, Side, Space};
use crate::kernel::MatrixKernels;

impl<E: MatrixKernels> Space<E> {
    /// One step of Newton and Schulz to the nearest orthogonal matrix: `out = from · (3I − fromᵀ·from) / 2`. A singular value
    /// 1 + e of `from` becomes 1 − 3/2·e² − 1/2·e³.
    ///
    /// # Panics
    ///
    /// If the matrices are not three of the same shape.
    pub fn polish(&mut self, out: Dense, from: Dense, scratch: Dense) {
        self.multiply(scratch, false, (from, Side::Transposed), (from, Side::Plain));
        self.scale(scratch, -0.5, 1.5);
        self.multiply(out, false, (from, Side::Plain), (scratch, Side::Plain));
    }
}
