//! Back to the orthogonal matrices, from near them or from afar.

use super::space::{Dense, Side, Space};
use crate::kernel::MatrixKernels;

/// One step of Newton and Schulz to the nearest orthogonal matrix: `out = from · (3I − fromᵀ·from) / 2`. Where the singular values
/// of `from` are 1 + e, those of `out` are 1 − 3/2·e² or nearer.
pub(super) fn polish<E: MatrixKernels>(space: &mut Space<E>, out: Dense, from: Dense, scratch: Dense) {
    space.multiply(scratch, false, (from, Side::Transposed), (from, Side::Plain));
    space.scale(scratch, -0.5, 1.5);
    space.multiply(out, false, (from, Side::Plain), (scratch, Side::Plain));
}
