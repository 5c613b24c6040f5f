//! The shapes of tiles that suit an instruction set.

use crate::kernel::lanes::{Array, Lanes};
#[cfg(target_arch = "x86_64")]
use crate::kernel::lanes::{F32x8, F32x16};

/// A matrix that is computed tile by tile.
pub(crate) trait Matrix<E> {
    /// Computes the tile of `R` rows and `C` vectors at a row and a panel.
    ///
    /// # Safety
    ///
    /// The processor has the lanes' instruction set; the tile lies within the matrix.
    unsafe fn tile<L: Lanes<Element = E>, const R: usize, const C: usize>(&self, row: usize, panel: usize);
}

/// Lanes and the tiles made of them. Shapes change no bits: each element of a tile is computed on its own.
pub(crate) trait Shapes: Lanes {
    /// The most rows of a tile.
    const ROWS: usize;

    /// The number of panels of a tile of `rows` rows or one row less, at most `left`: where rows are few, enough that the
    /// latency of one product hides behind others.
    fn panels(rows: usize, left: usize) -> usize;

    /// Computes a tile.
    ///
    /// # Safety
    ///
    /// The processor has the lanes' instruction set; the tile lies within the matrix.
    unsafe fn tile<M: Matrix<Self::Element>>(matrix: &M, row: usize, rows: usize, panel: usize, panels: usize);
}

/// Computes `rows` rows from `row` on of all panels.
///
/// # Safety
///
/// The processor has the lanes' instruction set; the matrix has these rows and panels.
#[inline(always)]
pub(crate) unsafe fn cover<L: Shapes, M: Matrix<L::Element>>(matrix: &M, row: usize, rows: usize, panels: usize) {
    let blocks = rows.div_ceil(L::ROWS);
    let mut panel = 0;
    while panel < panels && rows > 0 {
        let wide = L::panels(rows.div_ceil(blocks), panels - panel);
        let mut done = 0;
        for left in (1..=blocks).rev() {
            let high = (rows - done).div_ceil(left);
            // SAFETY: the tiles divide the rows and the panels.
            unsafe { L::tile(matrix, row + done, high, panel, wide) };
            done += high;
        }
        panel += wide;
    }
}

/// The largest of `sizes` that is at most `left`.
#[inline(always)]
fn largest(sizes: &[usize], left: usize) -> usize {
    sizes.iter().copied().find(|size| *size <= left).unwrap_or(1)
}

// SAFETY (all blocks of the following): the caller answers for the processor and the tile.

#[cfg(target_arch = "x86_64")]
impl Shapes for F32x16 {
    const ROWS: usize = 8;

    #[inline(always)]
    fn panels(rows: usize, left: usize) -> usize {
        match rows {
            1 => largest(&[8, 4, 2], left),
            2..=6 => largest(&[4, 2], left),
            _ => largest(&[2], left),
        }
    }

    #[inline(always)]
    unsafe fn tile<M: Matrix<f32>>(matrix: &M, row: usize, rows: usize, panel: usize, panels: usize) {
        macro_rules! tiles {
            ($(($rows:literal, $panels:literal)),*) => {
                match (rows, panels) {
                    $(($rows, $panels) => unsafe { matrix.tile::<Self, $rows, $panels>(row, panel) },)*
                    _ => unreachable!("no tile of {rows} rows and {panels} panels"),
                }
            };
        }
        tiles![
            (8, 2),
            (8, 1),
            (7, 2),
            (7, 1),
            (6, 4),
            (6, 2),
            (6, 1),
            (5, 4),
            (5, 2),
            (5, 1),
            (4, 4),
            (4, 2),
            (4, 1),
            (3, 4),
            (3, 2),
            (3, 1),
            (2, 4),
            (2, 2),
            (2, 1),
            (1, 8),
            (1, 4),
            (1, 2),
            (1, 1)
        ]
    }
}

#[cfg(target_arch = "x86_64")]
impl Shapes for F32x8 {
    const ROWS: usize = 6;

    #[inline(always)]
    fn panels(rows: usize, left: usize) -> usize {
        match rows {
            1 => largest(&[4, 2], left),
            2..=3 => largest(&[2], left),
            _ => 1,
        }
    }

    #[inline(always)]
    unsafe fn tile<M: Matrix<f32>>(matrix: &M, row: usize, rows: usize, panel: usize, panels: usize) {
        macro_rules! tiles {
            ($(($rows:literal, $panels:literal)),*) => {
                match (rows, panels) {
                    $(($rows, $panels) => unsafe { matrix.tile::<Self, $rows, { 2 * $panels }>(row, panel) },)*
                    _ => unreachable!("no tile of {rows} rows and {panels} panels"),
                }
            };
        }
        tiles![(6, 1), (5, 1), (4, 1), (3, 2), (3, 1), (2, 2), (2, 1), (1, 4), (1, 2), (1, 1)]
    }
}

/// One row, one panel of `C` vectors, or four rows where the compiler vectorizes arrays.
macro_rules! portable {
    ($element:ty, $count:literal) => {
        impl Shapes for Array<$element, $count> {
            const ROWS: usize = if cfg!(target_arch = "aarch64") { 4 } else { 1 };

            #[inline(always)]
            fn panels(_rows: usize, _left: usize) -> usize {
                1
            }

            #[inline(always)]
            unsafe fn tile<M: Matrix<$element>>(matrix: &M, row: usize, rows: usize, panel: usize, _panels: usize) {
                match rows {
                    #[cfg(target_arch = "aarch64")]
                    4 => unsafe { matrix.tile::<Self, 4, { 16 / $count }>(row, panel) },
                    _ => {
                        for r in 0..rows {
                            unsafe { matrix.tile::<Self, 1, { 16 / $count }>(row + r, panel) };
                        }
                    }
                }
            }
        }
    };
}
portable!(f32, 16);
portable!(f64, 8);
