//! Sums of outer products: the gradients of weights.

#[cfg(test)]
mod tests;

use super::{
    Isa, MatrixKernels, PANEL, Track,
    lanes::{Lanes, Real},
    product::{
        shapes::{Shapes, Tiled, cover},
        tile::{self, Run},
    },
};

/// `sum[i, n] += Σ over steps t Σ over rows r of left_t[r, i] · right_t[r, n]`.
///
/// Each element is summed from the value it has, over steps from the last to the first and over rows from the first to the last
/// within a step, with one rounding per product: the same bits on every instruction set, and however the steps of a walk back
/// through time are divided into calls. `sum` is in panels of the right value, `[ceil(right.width / 16)][left.width][16]`; see
/// [`unpack`](super::unpack).
///
/// The right value is read in whole panels, and the columns of `sum` from its width on take what comes out. Of the left value,
/// only columns below its width are read.
///
/// # Panics
///
/// When a value is not within the arena; when `sum` has another size; when the processor lacks the instruction set.
#[inline]
pub fn outer<E: MatrixKernels>(
    isa: Isa,
    arena: &[E],
    steps: usize,
    rows: usize,
    left: Track,
    right: Track,
    sum: &mut [E],
) {
    let panels = right.width.next_multiple_of(PANEL);
    assert!(isa.available(), "this processor lacks {}", isa.name());
    assert!(left.end(steps, rows, left.width) <= arena.len(), "the left value lies outside the arena");
    assert!(right.end(steps, rows, panels) <= arena.len(), "the right value lies outside the arena");
    assert_eq!(Some(sum.len()), panels.checked_mul(left.width), "the sum is {} × {}", left.width, panels);
    // SAFETY: the processor has the instruction set, the values lie within the arena, and the sum is as large as they say.
    unsafe { E::outer(isa)(arena.as_ptr(), steps, rows, left, right, sum.as_mut_ptr()) }
}

/// # Safety
///
/// The processor has the lanes' instruction set; the values lie within the arena, and `sum` is as large as they say.
#[inline(always)]
pub(crate) unsafe fn kernel<L: Shapes>(
    arena: *const L::Element,
    steps: usize,
    rows: usize,
    left: Track,
    right: Track,
    sum: *mut L::Element,
) {
    let outer = Outer { arena, steps, rows, left, right, sum };
    for column in (0..left.width).step_by(PANEL) {
        // SAFETY: the sum has these rows and panels.
        unsafe { cover::<L, _>(&outer, column, PANEL.min(left.width - column), right.width.div_ceil(PANEL)) }
    }
}

struct Outer<E> {
    arena: *const E,
    steps: usize,
    rows: usize,
    left: Track,
    right: Track,
    sum: *mut E,
}

/// Rows of the sum are columns of the left value; a tile's are within one panel.
impl<E: Real> Tiled<E> for Outer<E> {
    #[inline(always)]
    unsafe fn tile<L: Lanes<Element = E>, const R: usize, const C: usize>(&self, row: usize, panel: usize) {
        let Self { arena, steps, rows, left, right, sum } = *self;
        // SAFETY: the tile lies within the sum, and the values within the arena.
        unsafe {
            let to = sum.add((panel * left.width + row) * PANEL);
            let mut tile = tile::load::<L, R, C>(to, PANEL, left.width * PANEL);
            for t in (0..steps).rev() {
                let run = Run {
                    left: arena.add(left.place.index(0, row) + t * left.step),
                    left_row: 1,
                    left_next: left.place.line,
                    right: arena.add(right.place.index(0, panel * PANEL) + t * right.step),
                    right_panel: right.place.panel,
                    right_next: right.place.line,
                    count: rows,
                };
                tile::add(&mut tile, run);
            }
            tile::store(&tile, to, PANEL, left.width * PANEL);
        }
    }
}
