//! No instruction set in particular: arrays, which the compiler vectorizes as far as the target has vectors.

use super::{Bits, Lanes, Real};

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value as f32
    }
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn multiply_add(self, factor: Self, term: Self) -> Self {
        // One instruction where the target has it; elsewhere the pinned software version rather than the system's.
        if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
            self.mul_add(factor, term)
        } else {
            libm::fmaf(self, factor, term)
        }
    }
    #[inline(always)]
    fn multiply_add_in_hardware(self, factor: Self, term: Self) -> Self {
        self.mul_add(factor, term)
    }
    #[inline(always)]
    fn square_root(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn magnitude(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn signed_like(self, sign: Self) -> Self {
        self.copysign(sign)
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }
    #[inline(always)]
    fn multiply_add(self, factor: Self, term: Self) -> Self {
        if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
            self.mul_add(factor, term)
        } else {
            libm::fma(self, factor, term)
        }
    }
    #[inline(always)]
    fn multiply_add_in_hardware(self, factor: Self, term: Self) -> Self {
        self.mul_add(factor, term)
    }
    #[inline(always)]
    fn square_root(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn magnitude(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn signed_like(self, sign: Self) -> Self {
        self.copysign(sign)
    }
}

/// `N` numbers, one operation after another.
///
/// `FUSED` is for code that is compiled for a processor with fused multiply-add in hardware: it rounds once like the software that
/// takes its place elsewhere, so the bits are the same.
#[derive(Clone, Copy)]
pub struct Array<E, const N: usize, const FUSED: bool = false>([E; N]);

// Plain loops: the standard library's `map` and `from_fn` for arrays stay calls, or keep the compiler from vectorizing, where the
// crate is compiled in many units.
impl<E: Real, const N: usize, const FUSED: bool> Array<E, N, FUSED> {
    #[inline(always)]
    fn fused(a: E, factor: E, term: E) -> E {
        if FUSED { a.multiply_add_in_hardware(factor, term) } else { a.multiply_add(factor, term) }
    }
    #[inline(always)]
    fn of(number: impl Fn(usize) -> E) -> Self {
        let mut numbers = [E::ZERO; N];
        for (lane, to) in numbers.iter_mut().enumerate() {
            *to = number(lane);
        }
        Self(numbers)
    }
    #[inline(always)]
    pub(crate) fn map(self, f: impl Fn(E) -> E) -> Self {
        Self::of(|lane| f(self.0[lane]))
    }
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(E, E) -> E) -> Self {
        Self::of(|lane| f(self.0[lane], other.0[lane]))
    }
    #[inline(always)]
    fn compare(self, other: Self, f: impl Fn(E, E) -> bool) -> [bool; N] {
        let mut mask = [false; N];
        for (lane, to) in mask.iter_mut().enumerate() {
            *to = f(self.0[lane], other.0[lane]);
        }
        mask
    }
}

impl<E: Real, const N: usize, const FUSED: bool> Lanes for Array<E, N, FUSED> {
    type Element = E;
    type Mask = [bool; N];
    const COUNT: usize = N;

    #[inline(always)]
    unsafe fn splat(value: E) -> Self {
        Self([value; N])
    }
    #[inline(always)]
    unsafe fn load(from: *const E) -> Self {
        // SAFETY: the trait's contract: `from` points to N numbers.
        Self(unsafe { from.cast::<[E; N]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut E) {
        // SAFETY: the trait's contract: `to` points to N numbers.
        unsafe { to.cast::<[E; N]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn sqrt(self) -> Self {
        self.map(E::square_root)
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        Self::of(|lane| Self::fused(self.0[lane], factor.0[lane], term.0[lane]))
    }
    #[inline(always)]
    unsafe fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        Self::of(|lane| Self::fused(-self.0[lane], factor.0[lane], term.0[lane]))
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        self.map(E::magnitude)
    }
    #[inline(always)]
    unsafe fn copy_sign(self, sign: Self) -> Self {
        self.zip(sign, E::signed_like)
    }
    #[inline(always)]
    unsafe fn lt(self, other: Self) -> [bool; N] {
        self.compare(other, |a, b| a < b)
    }
    #[inline(always)]
    unsafe fn le(self, other: Self) -> [bool; N] {
        self.compare(other, |a, b| a <= b)
    }
    #[inline(always)]
    unsafe fn eq(self, other: Self) -> [bool; N] {
        self.compare(other, |a, b| a == b)
    }
    #[inline(always)]
    unsafe fn select(self, mask: [bool; N], other: Self) -> Self {
        Self::of(|lane| if mask[lane] { self.0[lane] } else { other.0[lane] })
    }
    #[inline(always)]
    unsafe fn any(mask: [bool; N]) -> bool {
        mask.contains(&true)
    }
    #[inline(always)]
    unsafe fn larger(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn smaller(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }
}

impl<const N: usize, const FUSED: bool> Bits for Array<f32, N, FUSED> {
    #[inline(always)]
    unsafe fn exp2_whole(self) -> Self {
        self.map(|k| f32::from_bits((k as i32 + 127).cast_unsigned() << 23))
    }
    #[inline(always)]
    unsafe fn scale(self, k: Self) -> Self {
        // In two steps, of which the first is exact.
        let power = |k: i32| f32::from_bits((k + 127).cast_unsigned() << 23);
        Self::of(|lane| {
            let k = k.0[lane] as i32;
            self.0[lane] * power(k >> 1) * power(k - (k >> 1))
        })
    }
    #[inline(always)]
    unsafe fn mantissa_exponent(self) -> (Self, Self) {
        // The bits of 2/3: what is left of them in the exponent's place is e.
        let exponent = |x: f32| (x.to_bits().cast_signed().wrapping_sub(0x3f2a_aaab)) >> 23;
        let mantissa = |x: f32| f32::from_bits(x.to_bits().wrapping_sub(exponent(x).cast_unsigned() << 23));
        (self.map(mantissa), self.map(|x| exponent(x) as f32))
    }
}
