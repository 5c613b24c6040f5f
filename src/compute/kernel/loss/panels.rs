//! Rows of 16-column panels, as the losses walk them.

use crate::compute::kernel::{function::Elementary, lanes::Real};

/// Columns per panel: also the lanes that sums and maxima run in, on every instruction set.
pub(super) const LANES: usize = 16;

/// The first `columns` of 16 numbers, and `fill` for the others.
///
/// # Safety
///
/// `from` is to `columns` numbers, to 16 if `padded`; the processor has what the lanes need.
#[inline(always)]
pub(super) unsafe fn read<L: Elementary>(
    from: *const L::Element,
    columns: usize,
    padded: bool,
    fill: L::Element,
) -> [L::Element; LANES] {
    let mut values = [fill; LANES];
    // SAFETY: the caller's.
    unsafe {
        if padded || columns == LANES {
            // Whole vectors and a choice: a copy of a few numbers would have to leave the store buffer before it can be read.
            for k in (0..LANES).step_by(L::COUNT) {
                let chosen = L::load(from.add(k)).select(first::<L>(k, columns), L::splat(fill));
                chosen.store(values.as_mut_ptr().add(k));
            }
        } else {
            std::ptr::copy_nonoverlapping(from, values.as_mut_ptr(), columns);
        }
    }
    values
}

/// Writes the first `columns` of the values; what is behind them stays.
///
/// # Safety
///
/// The contract of [`read`].
#[inline(always)]
pub(super) unsafe fn write<L: Elementary>(
    to: *mut L::Element,
    values: &[L::Element; LANES],
    columns: usize,
    padded: bool,
) {
    // SAFETY: the caller's.
    unsafe {
        if padded || columns == LANES {
            for k in (0..LANES).step_by(L::COUNT) {
                let value = L::load(values.as_ptr().add(k));
                value.select(first::<L>(k, columns), L::load(to.add(k))).store(to.add(k));
            }
        } else {
            std::ptr::copy_nonoverlapping(values.as_ptr(), to, columns);
        }
    }
}

/// The mask of the lanes k, k + 1, … that are below `columns`.
///
/// # Safety
///
/// The contract of [`Lanes`](crate::compute::kernel::lanes::Lanes).
#[inline(always)]
unsafe fn first<L: Elementary>(k: usize, columns: usize) -> L::Mask {
    let numbers: [L::Element; LANES] = std::array::from_fn(|lane| L::Element::narrow(lane as f64));
    // SAFETY: the caller's; k + COUNT ≤ 16.
    unsafe { L::load(numbers.as_ptr().add(k)).lt(L::splat(L::Element::narrow(columns as f64))) }
}

/// Lane i with lane i + 8, then i with i + 4, i + 2, i + 1.
#[inline(always)]
pub(super) fn tree<E: Real>(mut lanes: [E; LANES], f: impl Fn(E, E) -> E) -> E {
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] = f(lanes[i], lanes[i + half]);
        }
    }
    lanes[0]
}
