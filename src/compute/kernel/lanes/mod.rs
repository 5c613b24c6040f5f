//! Vectors of numbers that one instruction works on: the only difference between instruction sets.
//!
//! A kernel is written once, generic over [`Lanes`], and compiled for each instruction set. Every operation here rounds once, as
//! IEEE 754 says, so that each lane gets the same bits whatever the number of lanes. Nothing else may be used in a kernel:
//! no estimates (`rcp`, `rsqrt`), no contraction, no flushing of subnormals.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

pub use self::portable::Array;
#[cfg(target_arch = "x86_64")]
pub use self::{avx2::F32x8, avx512::F32x16};

/// A number kernels compute with: f32 to train, f64 to test derivatives.
pub trait Real:
    Copy
    + PartialEq
    + PartialOrd
    + Default
    + Send
    + Sync
    + std::fmt::Debug
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
    + 'static
{
    /// +0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// The nearest number of this precision.
    fn narrow(value: f64) -> Self;
    /// This number in f64.
    fn widen(self) -> f64;
    /// self · factor + term, rounded once.
    fn multiply_add(self, factor: Self, term: Self) -> Self;
    /// self · factor + term, rounded once, in code that is compiled for a processor with the instruction.
    fn multiply_add_in_hardware(self, factor: Self, term: Self) -> Self;
    /// The square root, correctly rounded; NaN below 0.
    fn square_root(self) -> Self;
    /// The magnitude: the sign bit cleared.
    fn magnitude(self) -> Self;
    /// The magnitude of this with the sign bit of `sign`.
    fn signed_like(self, sign: Self) -> Self;
}

/// `COUNT` numbers side by side. Comparisons with NaN are false.
///
/// # Safety
///
/// The methods of the x86 types compile to instructions of their set: they may be called only where the processor has it. That
/// is why [`Isa`](super::Isa) chooses once, and why kernels reach them only through its tables. `load` and `store` are given
/// pointers to `COUNT` numbers, of any alignment.
pub trait Lanes: Copy {
    type Element: Real;
    type Mask: Copy;
    const COUNT: usize;

    unsafe fn splat(value: Self::Element) -> Self;
    unsafe fn load(from: *const Self::Element) -> Self;
    unsafe fn store(self, to: *mut Self::Element);

    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    unsafe fn sqrt(self) -> Self;
    /// self · factor + term, rounded once.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// term − self · factor, rounded once.
    unsafe fn neg_mul_add(self, factor: Self, term: Self) -> Self;
    /// The sign bit cleared.
    unsafe fn abs(self) -> Self;
    /// The magnitude of this with the sign bit of `sign`.
    unsafe fn copy_sign(self, sign: Self) -> Self;

    unsafe fn lt(self, other: Self) -> Self::Mask;
    unsafe fn le(self, other: Self) -> Self::Mask;
    unsafe fn eq(self, other: Self) -> Self::Mask;
    /// `self` where the mask holds, else `other`.
    unsafe fn select(self, mask: Self::Mask, other: Self) -> Self;
    /// Whether the mask holds in any lane.
    unsafe fn any(mask: Self::Mask) -> bool;
    /// `self` where `self > other`, else `other`: a NaN in `other` stays, one in `self` is dropped.
    unsafe fn larger(self, other: Self) -> Self;
    /// `self` where `self < other`, else `other`: a NaN in `other` stays, one in `self` is dropped.
    unsafe fn smaller(self, other: Self) -> Self;
}

/// Single-precision numbers taken apart, which the elementary functions need beyond arithmetic.
pub trait Bits: Lanes<Element = f32> {
    /// 2^k for lanes that hold whole numbers k from −126 to 127.
    unsafe fn exp2_whole(self) -> Self;
    /// self · 2^k, rounded once, for lanes of `self` between 1/4 and 4 and whole numbers k from −200 to 200.
    unsafe fn scale(self, k: Self) -> Self;
    /// (m, e) with x = m · 2^e and 2/3 ≤ m < 4/3, for lanes that hold positive normal numbers; e is a whole number.
    unsafe fn mantissa_exponent(self) -> (Self, Self);
}
