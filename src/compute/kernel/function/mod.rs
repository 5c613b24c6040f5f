//! Elementary functions of ours: the same bits on every instruction set.
//!
//! Each is a reduction of the argument (Cody and Waite, *Software Manual for the Elementary Functions*, 1980), a polynomial of
//! least largest relative error (`scripts/elementary/coefficients.py` prints the coefficients), and the way back, made of +, −,
//! ×, ÷, fused multiply-add, comparisons and powers of two, in a fixed order.
//!
//! | function | greatest error | at | monotone | cycles per 16: AVX-512 | AVX2 | portable |
//! |---|---|---|---|---|---|---|
//! | tanh | 1.334 ulp | 0.556 | yes | 13.5 | 28 | 1200 |
//! | sigmoid | 1.695 ulp | −1.105 | yes | 13.0 | 31 | 770 |
//! | exp | 1.013 ulp | 59.3 | yes | 7.7 | 19 | 750 |
//! | expm1 | 1.462 ulp | 0.381 | yes | – | – | – |
//! | ln | 0.934 ulp | 0.636 | yes | 14.3 | 25 | 1000 |
//! | log1p | 0.882 ulp | 0.275 | yes | – | – | – |
//! | sin | 1.486 ulp | 625 | – | 13.4 | 28 | 1220 |
//! | cos | 1.489 ulp | −32 618 | – | 13.4 | 27 | 1220 |
//!
//! Errors are in units in the last place over all 2³² arguments, by `scripts/elementary.sh --exhaustive`, which also compares the
//! instruction sets: they agree on every argument. Cycles are by `scripts/elementary.sh` for arrays in the first-level cache, on
//! one core of an AMD EPYC (Zen 5) at 4.5 GHz. Both on 2026-11-25; expm1 and log1p on 2026-11-30, in errors alone. (Portable code on an x86-64
//! without fused multiply-add pays for it by software, as in this table; aarch64 has the instruction.)
//!
//! At the ends: tanh ±0 = ±0, tanh ±∞ = ±1, sigmoid 0 = 1/2, sigmoid −∞ = 0, sigmoid ∞ = 1, exp 0 = 1, exp −∞ = 0, exp ∞ = ∞,
//! expm1 ±0 = ±0, expm1 −∞ = −1, expm1 ∞ = ∞,
//! ln 1 = 0, log1p ±0 = ±0, log1p −1 = −∞, log1p ∞ = ∞, log1p of less than −1 is NaN, ln ±0 = −∞, ln ∞ = ∞, ln of less than 0 is NaN, sin ±0 = ±0, cos 0 = 1, sin and cos of ±∞ are NaN, and so is
//! every function of NaN (which NaN is not promised). Subnormal arguments and results are as exact as others.
//! Sine and cosine reduce |x| ≤ 100 000 themselves; lanes beyond go to the pinned `libm`, one by one.
//!
//! In f64 every function is `libm`'s.

mod exp;
mod ln;
#[cfg(test)]
mod reference;
mod sigmoid;
mod sin_cos;
mod tanh;
#[cfg(test)]
mod tests;

use super::lanes::{Array, Bits, Lanes, Real};

/// Adding and subtracting it rounds a number of magnitude below 2^22 to the nearest whole one.
const ROUND: f32 = 12_582_912.0; // 1.5 · 2^23

/// Lanes with elementary functions: f32 by the polynomials of this module, f64 by the pinned `libm`.
///
/// # Safety
///
/// The contract of [`Lanes`].
pub(crate) trait Elementary: Lanes {
    unsafe fn exp(self) -> Self;
    unsafe fn exp_m1(self) -> Self;
    unsafe fn ln(self) -> Self;
    unsafe fn ln_1p(self) -> Self;
    unsafe fn tanh(self) -> Self;
    unsafe fn sigmoid(self) -> Self;
    unsafe fn sin(self) -> Self;
    unsafe fn cos(self) -> Self;
}

// SAFETY (all blocks of this impl): the functions ask only for what the trait's contract gives.
impl<L: Bits> Elementary for L {
    #[inline(always)]
    unsafe fn exp(self) -> Self {
        unsafe { exp::exp(self) }
    }
    #[inline(always)]
    unsafe fn exp_m1(self) -> Self {
        unsafe { exp::exp_m1(self) }
    }
    #[inline(always)]
    unsafe fn ln(self) -> Self {
        unsafe { ln::ln(self) }
    }
    #[inline(always)]
    unsafe fn ln_1p(self) -> Self {
        unsafe { ln::ln_1p(self) }
    }
    #[inline(always)]
    unsafe fn tanh(self) -> Self {
        unsafe { tanh::tanh(self) }
    }
    #[inline(always)]
    unsafe fn sigmoid(self) -> Self {
        unsafe { sigmoid::sigmoid(self) }
    }
    #[inline(always)]
    unsafe fn sin(self) -> Self {
        unsafe { sin_cos::sin(self) }
    }
    #[inline(always)]
    unsafe fn cos(self) -> Self {
        unsafe { sin_cos::cos(self) }
    }
}

/// The functions in f64, every lane by itself.
impl<const N: usize, const FUSED: bool> Elementary for Array<f64, N, FUSED> {
    #[inline(always)]
    unsafe fn exp(self) -> Self {
        self.map(libm::exp)
    }
    #[inline(always)]
    unsafe fn exp_m1(self) -> Self {
        self.map(libm::expm1)
    }
    #[inline(always)]
    unsafe fn ln(self) -> Self {
        self.map(libm::log)
    }
    #[inline(always)]
    unsafe fn ln_1p(self) -> Self {
        self.map(libm::log1p)
    }
    #[inline(always)]
    unsafe fn tanh(self) -> Self {
        self.map(libm::tanh)
    }
    #[inline(always)]
    unsafe fn sigmoid(self) -> Self {
        self.map(|x| {
            let e = libm::exp(-x.magnitude());
            if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) }
        })
    }
    #[inline(always)]
    unsafe fn sin(self) -> Self {
        self.map(libm::sin)
    }
    #[inline(always)]
    unsafe fn cos(self) -> Self {
        self.map(libm::cos)
    }
}

/// c₀ + c₁x + c₂x² + … by Horner's rule.
///
/// # Safety
///
/// The contract of [`Lanes`].
#[inline(always)]
unsafe fn polynomial<L: Bits, const N: usize>(x: L, coefficients: [f32; N]) -> L {
    // SAFETY: the caller's.
    unsafe {
        // A plain loop: adapters of iterators stay calls where the crate is compiled in many units.
        let mut sum = L::splat(coefficients[N - 1]);
        let mut k = N - 1;
        while k > 0 {
            k -= 1;
            sum = sum.mul_add(x, L::splat(coefficients[k]));
        }
        sum
    }
}
