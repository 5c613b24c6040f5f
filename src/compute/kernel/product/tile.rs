//! A tile of a result, held in registers while products are added to it.

use crate::compute::kernel::{
    PANEL,
    lanes::{Lanes, Real},
    unroll::unroll,
};

/// `R` rows of `C` vectors, at most eight of each: as far as [`unroll`] counts.
pub(crate) type Tile<L, const R: usize, const C: usize> = [[L; C]; R];

/// The tile at `from`.
///
/// # Safety
///
/// The processor has the lanes' instruction set; all elements of the tile may be read.
#[inline(always)]
pub(crate) unsafe fn load<L: Lanes, const R: usize, const C: usize>(
    from: *const L::Element,
    line: usize,
    panel: usize,
) -> Tile<L, R, C> {
    // SAFETY: as the caller promises.
    unsafe {
        let mut tile = [[L::splat(L::Element::ZERO); C]; R];
        unroll!(r in 0..R {
            let row = row_at(from, r, line);
            unroll!(c in 0..C { tile[r][c] = L::load(at::<L>(row, c, panel)); });
        });
        tile
    }
}

/// Writes a tile.
///
/// # Safety
///
/// The processor has the lanes' instruction set; all elements of the tile may be written.
#[inline(always)]
pub(crate) unsafe fn store<L: Lanes, const R: usize, const C: usize>(
    tile: &Tile<L, R, C>,
    to: *mut L::Element,
    line: usize,
    panel: usize,
) {
    unroll!(r in 0..R {
        let row = row_at(to, r, line);
        // SAFETY: as the caller promises.
        unroll!(c in 0..C { unsafe { tile[r][c].store(at::<L>(row, c, panel).cast_mut()) } });
    });
}

/// `count` products in a row: of a column of `R` numbers on the left and a row of `C` vectors on the right.
#[derive(Clone, Copy)]
pub(crate) struct Run<E> {
    pub left: *const E,
    /// The distance from a number of the column to the next.
    pub left_row: usize,
    /// The distance from a column to the next.
    pub left_next: usize,
    pub right: *const E,
    /// The distance from a panel of the row to the next.
    pub right_panel: usize,
    /// The distance from a row to the next.
    pub right_next: usize,
    pub count: usize,
}

/// Adds the products to the tile, one after another, each with one rounding.
///
/// # Safety
///
/// The processor has the lanes' instruction set; all numbers of the run may be read.
#[inline(always)]
pub(crate) unsafe fn add<L: Lanes, const R: usize, const C: usize>(tile: &mut Tile<L, R, C>, run: Run<L::Element>) {
    for k in 0..run.count {
        // SAFETY: as the caller promises.
        unsafe {
            let (left, right) = (row_at(run.left, k, run.left_next), row_at(run.right, k, run.right_next));
            if R > C {
                let mut factors = [L::splat(L::Element::ZERO); C];
                unroll!(c in 0..C { factors[c] = L::load(at::<L>(right, c, run.right_panel)); });
                unroll!(r in 0..R {
                    let value = L::splat(*row_at(left, r, run.left_row));
                    unroll!(c in 0..C { tile[r][c] = value.mul_add(factors[c], tile[r][c]); });
                });
            } else {
                let mut values = [L::splat(L::Element::ZERO); R];
                unroll!(r in 0..R { values[r] = L::splat(*row_at(left, r, run.left_row)); });
                unroll!(c in 0..C {
                    let factor = L::load(at::<L>(right, c, run.right_panel));
                    unroll!(r in 0..R { tile[r][c] = values[r].mul_add(factor, tile[r][c]); });
                });
            }
        }
    }
}

// Arithmetic that wraps, though nothing here does: where a profile checks for overflow, it would be checked in the innermost
// loop.

/// The start of a row.
#[inline(always)]
fn row_at<E>(start: *const E, row: usize, line: usize) -> *const E {
    start.wrapping_add(row.wrapping_mul(line))
}

/// Vector `c` of a row.
#[inline(always)]
fn at<L: Lanes>(row: *const L::Element, c: usize, panel: usize) -> *const L::Element {
    let column = c.wrapping_mul(L::COUNT);
    row.wrapping_add((column / PANEL).wrapping_mul(panel)).wrapping_add(column % PANEL)
}
