//! Products with packed weights.

#[cfg(test)]
pub(crate) mod scene;
pub(crate) mod shapes;
#[cfg(test)]
mod tests;
pub(crate) mod tile;

use self::{
    shapes::{Shapes, Tiled, cover},
    tile::Run,
};
use super::{
    Isa, MatrixKernels, PANEL, Place, Term,
    lanes::{Lanes, Real},
};

/// `out[r, n] = initial[r, n] + Σ over terms Σ over k of value[r, k] · weight[k, n]`.
///
/// Each element is summed in this order, terms as they come and k increasing, from the initial value on, with one rounding per
/// product: the same bits on every instruction set. `initial` may be `out` itself, or a row for all rows.
///
/// `initial` is read and `out` written in whole panels: the columns from the width on take what comes out. Of values, only
/// columns below the depth are read.
///
/// # Panics
///
/// When there is no term; when widths of terms differ; when a place is not within the arena, or `out` overlaps itself, a value,
/// or an initial value other than itself; when the processor lacks the instruction set.
#[inline]
pub fn product<E: MatrixKernels>(
    isa: Isa,
    arena: &mut [E],
    rows: usize,
    out: Place,
    initial: Place,
    terms: &[Term<'_, E>],
) {
    let width = terms.first().expect("a product has at least one term").weight.width();
    let panels = width.next_multiple_of(PANEL);
    assert!(isa.available(), "this processor lacks {}", isa.name());
    assert!(out.end(rows, panels) <= arena.len(), "the result lies outside the arena");
    assert!(initial.end(rows, panels) <= arena.len(), "the initial value lies outside the arena");
    assert!(out.is_injective(rows, panels), "rows of the result overlap");
    assert!(out == initial || out.is_apart(panels, initial, panels, rows), "the result overlaps the initial value");
    for Term { value, weight } in terms {
        assert!(weight.width() == width, "terms are {width} and {} wide", weight.width());
        assert!(value.end(rows, weight.depth()) <= arena.len(), "a value lies outside the arena");
        assert!(out.is_apart(panels, *value, weight.depth(), rows), "the result overlaps a value");
    }
    // SAFETY: the processor has the instruction set, and all places lie within the arena.
    unsafe { E::product(isa)(arena.as_mut_ptr(), rows, out, initial, terms) }
}

/// # Safety
///
/// The processor has the lanes' instruction set; the places lie within the arena.
#[inline(always)]
pub(crate) unsafe fn kernel<L: Shapes>(
    arena: *mut L::Element,
    rows: usize,
    out: Place,
    initial: Place,
    terms: &[Term<'_, L::Element>],
) {
    let panels = terms[0].weight.width().div_ceil(PANEL);
    // SAFETY: the matrix has these rows and panels.
    unsafe { cover::<L, _>(&Product { arena, out, initial, terms }, 0, rows, panels) }
}

struct Product<'t, 'w, E> {
    arena: *mut E,
    out: Place,
    initial: Place,
    terms: &'t [Term<'w, E>],
}

impl<E: Real> Tiled<E> for Product<'_, '_, E> {
    #[inline(always)]
    unsafe fn tile<L: Lanes<Element = E>, const R: usize, const C: usize>(&self, row: usize, panel: usize) {
        let Self { arena, out, initial, terms } = *self;
        let start = |place: Place| place.start + row * place.line + panel * place.panel;
        // SAFETY: the tile lies within the matrix, and its places within the arena.
        unsafe {
            let mut sum = tile::load::<L, R, C>(arena.add(start(initial)), initial.line, initial.panel);
            for Term { value, weight } in terms {
                let depth = weight.depth();
                let right = weight.panels().as_ptr().add(panel * depth * PANEL);
                for k in (0..depth).step_by(PANEL) {
                    let run = Run {
                        left: arena.add(value.index(row, k)),
                        left_row: value.line,
                        left_next: 1,
                        right: right.add(k * PANEL),
                        right_panel: depth * PANEL,
                        right_next: PANEL,
                        count: PANEL.min(depth - k),
                    };
                    tile::add(&mut sum, run);
                }
            }
            tile::store(&sum, arena.add(start(out)), out.line, out.panel);
        }
    }
}
