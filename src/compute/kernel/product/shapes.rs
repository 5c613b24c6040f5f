//! The shapes of tiles that suit an instruction set.

#[cfg(target_arch = "x86_64")]
use crate::compute::kernel::lanes::{F32x8, F32x16};
use crate::compute::kernel::{
    PANEL,
    lanes::{Array, Lanes},
};

/// A matrix that is computed tile by tile.
pub(crate) trait Tiled<E> {
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

    /// The most panels of a tile of `rows` rows or one row less: where rows are few, enough that the latency of one product
    /// hides behind others.
    fn panels(rows: usize) -> usize;

    /// Computes a tile.
    ///
    /// # Safety
    ///
    /// The processor has the lanes' instruction set; the tile lies within the matrix.
    unsafe fn tile<M: Tiled<Self::Element>>(matrix: &M, row: usize, rows: usize, panel: usize, panels: usize);
}

/// Computes `rows` rows from `row` on of all panels.
///
/// # Safety
///
/// The processor has the lanes' instruction set; the matrix has these rows and panels.
#[inline(always)]
pub(crate) unsafe fn cover<L: Shapes, M: Tiled<L::Element>>(matrix: &M, row: usize, rows: usize, panels: usize) {
    if rows == 0 || panels == 0 {
        return;
    }
    // Tiles as equal as can be, not whole ones and a small rest.
    let blocks = rows.div_ceil(L::ROWS);
    let strips = panels.div_ceil(L::panels(rows.div_ceil(blocks)));
    let mut panel = 0;
    for strips in (1..=strips).rev() {
        let wide = (panels - panel).div_ceil(strips);
        let mut done = 0;
        for blocks in (1..=blocks).rev() {
            let high = (rows - done).div_ceil(blocks);
            // SAFETY: the tiles divide the rows and the panels.
            unsafe { L::tile(matrix, row + done, high, panel, wide) };
            done += high;
        }
        panel += wide;
    }
}

/// Calls the tile of that many rows and panels, out of those listed as `rows => panels …;`.
#[cfg(target_arch = "x86_64")]
macro_rules! tiles {
    (($matrix:ident, $row:ident, $rows:ident, $panel:ident, $panels:ident): $($r:literal => $($p:literal)*;)*) => {
        match ($rows, $panels) {
            $($(($r, $p) => unsafe { $matrix.tile::<Self, $r, { $p * PANEL / Self::COUNT }>($row, $panel) },)*)*
            (rows, panels) => unreachable!("no tile of {rows} rows and {panels} panels"),
        }
    };
}

// SAFETY (all blocks of the following): the caller answers for the processor and the tile.

#[cfg(target_arch = "x86_64")]
impl Shapes for F32x16 {
    const ROWS: usize = 8;

    #[inline(always)]
    fn panels(rows: usize) -> usize {
        match rows {
            1 => 8,
            2..=6 => 4,
            _ => 3,
        }
    }

    #[inline(always)]
    unsafe fn tile<M: Tiled<f32>>(matrix: &M, row: usize, rows: usize, panel: usize, panels: usize) {
        tiles!((matrix, row, rows, panel, panels):
            8 => 3 2 1; 7 => 3 2 1; 6 => 4 3 2 1; 5 => 4 3 2 1; 4 => 4 3 2 1; 3 => 4 3 2 1; 2 => 4 3 2 1;
            1 => 8 7 6 5 4 3 2 1;
        );
    }
}

#[cfg(target_arch = "x86_64")]
impl Shapes for F32x8 {
    const ROWS: usize = 6;

    #[inline(always)]
    fn panels(rows: usize) -> usize {
        match rows {
            1 => 4,
            2..=3 => 2,
            _ => 1,
        }
    }

    #[inline(always)]
    unsafe fn tile<M: Tiled<f32>>(matrix: &M, row: usize, rows: usize, panel: usize, panels: usize) {
        tiles!((matrix, row, rows, panel, panels): 6 => 1; 5 => 1; 4 => 1; 3 => 2 1; 2 => 2 1; 1 => 4 3 2 1;);
    }
}

/// One row, one panel of `C` vectors, or four rows where the compiler vectorizes arrays.
macro_rules! portable {
    ($element:ty, $count:literal) => {
        impl<const FUSED: bool> Shapes for Array<$element, $count, FUSED> {
            const ROWS: usize = if cfg!(target_arch = "aarch64") { 4 } else { 1 };

            #[inline(always)]
            fn panels(_rows: usize) -> usize {
                1
            }

            #[inline(always)]
            unsafe fn tile<M: Tiled<$element>>(matrix: &M, row: usize, rows: usize, panel: usize, _panels: usize) {
                match rows {
                    #[cfg(target_arch = "aarch64")]
                    4 => unsafe { matrix.tile::<Self, 4, { PANEL / $count }>(row, panel) },
                    _ => {
                        for r in 0..rows {
                            unsafe { matrix.tile::<Self, 1, { PANEL / $count }>(row + r, panel) };
                        }
                    }
                }
            }
        }
    };
}
portable!(f32, 16);
portable!(f64, 8);
