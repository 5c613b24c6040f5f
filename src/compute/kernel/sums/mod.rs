//! Sums over rows and over all numbers.

#[cfg(test)]
mod tests;

use super::{
    Isa, MatrixKernels, PANEL, Track,
    lanes::{Lanes, Real},
    unroll::unroll,
    versions::versions,
};

/// `sum[n] += Σ over steps t Σ over rows r of value_t[r, n]`: the gradient of a bias.
///
/// Each element is summed from the value it has, over steps from the last to the first and over rows from the first to the last
/// within a step, as in [`outer`](super::outer()): the same bits on every instruction set.
///
/// # Panics
///
/// When the value is not within the arena; when `sum` is not as long as it is wide; when the processor lacks the instruction
/// set.
#[inline]
pub fn sum_rows<E: MatrixKernels>(isa: Isa, arena: &[E], steps: usize, rows: usize, value: Track, sum: &mut [E]) {
    assert!(isa.available(), "this processor lacks {}", isa.name());
    assert!(value.end(steps, rows, value.width) <= arena.len(), "the value lies outside the arena");
    assert_eq!(sum.len(), value.width, "the sum has to be as long as the value is wide");
    // SAFETY: the processor has the instruction set, the value lies within the arena, and the sum is as long as it is wide.
    unsafe { E::sum_rows(isa)(arena.as_ptr(), steps, rows, value, sum.as_mut_ptr()) }
}

/// # Safety
///
/// The processor has the lanes' instruction set; the value lies within the arena, and `sum` is as long as it is wide.
#[inline(always)]
pub(crate) unsafe fn kernel<L: Lanes>(
    arena: *const L::Element,
    steps: usize,
    rows: usize,
    value: Track,
    sum: *mut L::Element,
) {
    let mut column = 0;
    let whole = value.width / L::COUNT * L::COUNT;
    // SAFETY: all columns are below the width.
    unsafe {
        while column + 8 * L::COUNT <= whole {
            vectors::<L, 8>(arena, steps, rows, value, sum, column);
            column += 8 * L::COUNT;
        }
        while column + L::COUNT <= whole {
            vectors::<L, 1>(arena, steps, rows, value, sum, column);
            column += L::COUNT;
        }
        for n in whole..value.width {
            let mut total = *sum.add(n);
            for t in (0..steps).rev() {
                for r in 0..rows {
                    total = total + *arena.add(value.place.index(r, n) + t * value.step);
                }
            }
            *sum.add(n) = total;
        }
    }
}

/// Sums `C` vectors of columns.
///
/// # Safety
///
/// The contract of [`kernel`]; all the columns are below the width.
#[inline(always)]
unsafe fn vectors<L: Lanes, const C: usize>(
    arena: *const L::Element,
    steps: usize,
    rows: usize,
    value: Track,
    sum: *mut L::Element,
    column: usize,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let mut totals = [L::splat(L::Element::ZERO); C];
        unroll!(c in 0..C { totals[c] = L::load(sum.add(column + c * L::COUNT)); });
        let first = arena.add(value.place.index(0, column));
        // Vectors do not cross panels: a panel is a whole number of them.
        let next = |c: usize| (column % PANEL + c * L::COUNT) / PANEL * value.place.panel + c * L::COUNT % PANEL;
        for t in (0..steps).rev() {
            for r in 0..rows {
                let row = first.wrapping_add(t.wrapping_mul(value.step).wrapping_add(r.wrapping_mul(value.place.line)));
                unroll!(c in 0..C { totals[c] = totals[c].add(L::load(row.wrapping_add(next(c)))); });
            }
        }
        unroll!(c in 0..C { totals[c].store(sum.add(column + c * L::COUNT)); });
    }
}

/// Σ of squares, in f64, where the square of an f32 is exact and neither overflows nor underflows.
///
/// Numbers are summed in chunks of 4096, and the chunks' sums added in order. In a chunk element i is added to lane i mod 16; at
/// the end lane j takes lane j + 8, then j + 4, j + 2, j + 1. The same bits on every instruction set, and no chain of additions
/// that depend on each other is as long as a network has parameters: where thousands of threads work, each can take a chunk.
///
/// # Panics
///
/// When the processor lacks the instruction set.
pub fn sum_of_squares(isa: Isa, values: &[f32]) -> f64 {
    assert!(isa.available(), "this processor lacks {}", isa.name());
    let kernel = versions!(L => |values: &[f32], lanes: &mut [f64; PANEL]| squares::<L>(values, lanes)).of(isa);
    let of_chunk = |values: &[f32]| {
        let mut lanes = [0.0; PANEL];
        // SAFETY: the processor has the instruction set.
        unsafe { kernel(values, &mut lanes) };
        for half in [8, 4, 2, 1] {
            for j in 0..half {
                lanes[j] += lanes[j + half];
            }
        }
        lanes[0]
    };
    values.chunks(CHUNK).map(of_chunk).fold(0.0, |sum, of_chunk| sum + of_chunk)
}

/// Numbers whose squares are summed at a time.
const CHUNK: usize = 4096;

/// Plain numbers, which the compiler vectorizes for the instruction set of `L`.
///
/// # Safety
///
/// The processor has the lanes' instruction set.
#[inline(always)]
unsafe fn squares<L: Lanes>(values: &[f32], lanes: &mut [f64; PANEL]) {
    let (whole, rest) = values.as_chunks::<PANEL>();
    let mut sums = [0.0; PANEL];
    for chunk in whole {
        add_squares(&mut sums, chunk);
    }
    if !rest.is_empty() {
        // Zeros change no sum of squares, which is not negative.
        let mut chunk = [0.0; PANEL];
        chunk[..rest.len()].copy_from_slice(rest);
        add_squares(&mut sums, &chunk);
    }
    *lanes = sums;
}

#[inline(always)]
fn add_squares(sums: &mut [f64; PANEL], values: &[f32; PANEL]) {
    unroll!(half in 0..2 {
        unroll!(lane in 0..8 {
            let value = f64::from(values[8 * half + lane]);
            sums[8 * half + lane] += value * value;
        });
    });
}

/// Whether no number is infinite or NaN.
pub fn all_finite(values: &[f32]) -> bool {
    let (whole, rest) = values.as_chunks::<64>();
    whole.iter().all(|chunk| chunk.iter().fold(true, |all, value| all & value.is_finite()))
        && rest.iter().all(|value| value.is_finite())
}
