//! The matrix kernels that a precision has.

use super::{Isa, Packed, Place, Track, lanes::Real};

/// A product that is summed: of a value [rows, depth] and weights [depth, width].
#[derive(Clone, Copy, Debug)]
pub struct Term<'w, E> {
    /// The place of the value.
    pub value: Place,
    /// The right factor.
    pub weight: &'w Packed<E>,
}

/// A product compiled for an instruction set: of the arena, rows, out, initial and terms.
pub(crate) type Product<E> = unsafe fn(*mut E, usize, Place, Place, &[Term<'_, E>]);

/// Outer products compiled for an instruction set: of the arena, steps, rows, left, right and sum.
pub(crate) type Outer<E> = unsafe fn(*const E, usize, usize, Track, Track, *mut E);

/// A sum over rows compiled for an instruction set: of the arena, steps, rows, value and sum.
pub(crate) type SumRows<E> = unsafe fn(*const E, usize, usize, Track, *mut E);

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
    fn product(isa: Isa) -> Product<Self>;
    #[doc(hidden)]
    fn outer(isa: Isa) -> Outer<Self>;
    #[doc(hidden)]
    fn sum_rows(isa: Isa) -> SumRows<Self>;
}
