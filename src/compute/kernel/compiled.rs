//! The matrix kernels compiled for every precision and instruction set.

use super::{
    Isa, Place, Term, Track,
    matrices::{MatrixKernels, Outer, Product, SumRows},
    outer,
    packed::transpose,
    product, sums,
    versions::{in_f64, versions},
};

impl MatrixKernels for f32 {
    #[inline(always)]
    unsafe fn transpose(from: *const Self, from_line: usize, to: *mut Self, to_line: usize) {
        // SAFETY: as the caller promises.
        unsafe { transpose::square(from, from_line, to, to_line) }
    }

    fn product(isa: Isa) -> Product<f32> {
        let product = versions!(
            L => |arena: *mut f32, rows: usize, out: Place, initial: Place, terms: &[Term<'_, f32>]|
            product::kernel::<L>(arena, rows, out, initial, terms)
        );
        product.of(isa)
    }

    fn outer(isa: Isa) -> Outer<f32> {
        let outer = versions!(
            L => |arena: *const f32, steps: usize, rows: usize, left: Track, right: Track, sum: *mut f32|
            outer::kernel::<L>(arena, steps, rows, left, right, sum)
        );
        outer.of(isa)
    }

    fn sum_rows(isa: Isa) -> SumRows<f32> {
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

    fn product(_: Isa) -> Product<f64> {
        in_f64!(
            L => |arena: *mut f64, rows: usize, out: Place, initial: Place, terms: &[Term<'_, f64>]|
            product::kernel::<L>(arena, rows, out, initial, terms)
        )
    }

    fn outer(_: Isa) -> Outer<f64> {
        in_f64!(
            L => |arena: *const f64, steps: usize, rows: usize, left: Track, right: Track, sum: *mut f64|
            outer::kernel::<L>(arena, steps, rows, left, right, sum)
        )
    }

    fn sum_rows(_: Isa) -> SumRows<f64> {
        in_f64!(
            L => |arena: *const f64, steps: usize, rows: usize, value: Track, sum: *mut f64|
            sums::kernel::<L>(arena, steps, rows, value, sum)
        )
    }
}
