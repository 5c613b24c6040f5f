//! A transpose, block by block.

use crate::compute::kernel::MatrixKernels;

/// The side of the squares that go through registers.
const SIDE: usize = 4;
/// The side of the blocks that are finished before the next: a cache line of f32, which is then read once.
const BLOCK: usize = 16;

/// `to[column · to_line + row] = from[row · from_line + column]` for all rows and columns.
pub(super) fn transpose<E: MatrixKernels>(
    (rows, columns): (usize, usize),
    from: &[E],
    from_line: usize,
    to: &mut [E],
    to_line: usize,
) {
    if rows == 0 || columns == 0 {
        return;
    }
    assert!(from_line >= columns && to_line >= rows, "lines overlap");
    let end = |lines: usize, line: usize, last: usize| (lines - 1).saturating_mul(line).saturating_add(last);
    assert!(end(rows, from_line, columns) <= from.len() && end(columns, to_line, rows) <= to.len(), "out of bounds");
    let (whole_rows, whole_columns) = (rows / SIDE * SIDE, columns / SIDE * SIDE);
    for row in (0..whole_rows).step_by(BLOCK) {
        for column in (0..whole_columns).step_by(BLOCK) {
            for r in (row..whole_rows.min(row + BLOCK)).step_by(SIDE) {
                for c in (column..whole_columns.min(column + BLOCK)).step_by(SIDE) {
                    let (from, to) = (from[r * from_line + c..].as_ptr(), to[c * to_line + r..].as_mut_ptr());
                    // SAFETY: four rows from r on and four columns from c on are within both, as just asserted.
                    unsafe { E::transpose(from, from_line, to, to_line) };
                }
            }
        }
    }
    for row in 0..rows {
        for column in if row < whole_rows { whole_columns } else { 0 }..columns {
            to[column * to_line + row] = from[row * from_line + column];
        }
    }
}

/// The transpose of four rows of four, by the instructions that every x86-64 has.
///
/// # Safety
///
/// `from` points to four lines of four numbers, `to` to as many that are no others' and may be written.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) unsafe fn square(from: *const f32, from_line: usize, to: *mut f32, to_line: usize) {
    use std::arch::x86_64::*;
    // SAFETY: SSE is part of x86-64; the caller answers for the pointers.
    unsafe {
        let line = |i| _mm_loadu_ps(from.add(i * from_line));
        let (a, b, c, d) = (line(0), line(1), line(2), line(3));
        let (low, low_next) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
        let (high, high_next) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
        _mm_storeu_ps(to, _mm_movelh_ps(low, low_next));
        _mm_storeu_ps(to.add(to_line), _mm_movehl_ps(low_next, low));
        _mm_storeu_ps(to.add(2 * to_line), _mm_movelh_ps(high, high_next));
        _mm_storeu_ps(to.add(3 * to_line), _mm_movehl_ps(high_next, high));
    }
}

/// The transpose of four rows of four, one number after another.
///
/// # Safety
///
/// `from` points to four lines of four numbers, `to` to as many that are no others' and may be written.
#[inline(always)]
pub(crate) unsafe fn any<E: Copy>(from: *const E, from_line: usize, to: *mut E, to_line: usize) {
    for r in 0..SIDE {
        for c in 0..SIDE {
            // SAFETY: as the caller promises.
            unsafe { *to.add(c * to_line + r) = *from.add(r * from_line + c) };
        }
    }
}
#[cfg(not(target_arch = "x86_64"))]
pub(crate) use any as square;
