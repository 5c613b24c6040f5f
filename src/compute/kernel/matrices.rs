//! The matrix kernels compiled for every precision and instruction set.

use super::{
    Isa, Place, Term, Track,
    lanes::Real,
    outer,
    packed::transpose,
    product, sums,
    versions::{in_f64, versions},
};

/// Numbers that the matrix kernels work on: f32 by every instruction set, f64 by none in particular.
///
/// The kernels it hands out are `unsafe`: call [`product`](super::product()), [`outer`](super::outer()) and
/// [`sum_rows`](super::sum_rows), which check what they ask for.
pub trait MatrixKernels: Real {
    /// # Safety
    ///
    /// `from` points to four lines of four numbers, `to` to as many that are no others' and may be written.
    #[doc(hidden)]
    unsafe fn transpose(from: *const Self, from_line: usize, to: *mut Self, to_line: usize);
    #[doc(hidden)]
    fn product(isa: Isa) -> product::Kernel<Self>;
    #[doc(hidden)]
    fn outer(isa: Isa) -> outer::Kernel<Self>;
    #[doc(hidden)]
    fn sum_rows(isa: Isa) -> sums::Kernel<Self>;
}

impl MatrixKernels for f32 {
    #[inline(always)]
    unsafe fn transpose(from: *const Self, from_line: usize, to: *mut Self, to_line: usize) {
        // SAFETY: as the caller promises.
        unsafe { transpose::square(from, from_line, to, to_line) }
    }

    fn product(isa: Isa) -> product::Kernel<f32> {
        let product = versions!(
            L => |arena: *mut f32, rows: usize, out: Place, initial: Place, terms: &[Term<'_, f32>]|
            product::kernel::<L>(arena, rows, out, initial, terms)
        );
        product.of(isa)
    }

    fn outer(isa: Isa) -> outer::Kernel<f32> {
        let outer = versions!(
            L => |arena: *const f32, steps: usize, rows: usize, left: Track, right: Track, sum: *mut f32|
            outer::kernel::<L>(arena, steps, rows, left, right, sum)
        );
        outer.of(isa)
    }

    fn sum_rows(isa: Isa) -> sums::Kernel<f32> {
        let sum_rows = versions!(
            L => |arena: *const f32, steps: usize, rows: usize, value: Track, sum: *mut f32|
            sums::kernel::<L>(arena, steps, rows, value, sum)
        );
        sum_rows.of(isa)
    }
}

impl MatrixKernels for f64 {
    #[inline(always)]
    unsafe fn transpose(from: *const Self, from_line: usize, to: *mut Self, to_line: usize) {
        // SAFETY: as the caller promises.
        unsafe { transpose::any(from, from_line, to, to_line) }
    }

    fn product(_: Isa) -> product::Kernel<f64> {
        in_f64!(
            L => |arena: *mut f64, rows: usize, out: Place, initial: Place, terms: &[Term<'_, f64>]|
            product::kernel::<L>(arena, rows, out, initial, terms)
        )
    }

    fn outer(_: Isa) -> outer::Kernel<f64> {
        in_f64!(
            L => |arena: *const f64, steps: usize, rows: usize, left: Track, right: Track, sum: *mut f64|
            outer::kernel::<L>(arena, steps, rows, left, right, sum)
        )
    }

    fn sum_rows(_: Isa) -> sums::Kernel<f64> {
        in_f64!(
            L => |arena: *const f64, steps: usize, rows: usize, value: Track, sum: *mut f64|
            sums::kernel::<L>(arena, steps, rows, value, sum)
        )
    }
}
