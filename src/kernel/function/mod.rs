//! Elementary functions of ours: the same bits on every instruction set.

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
/// As for [`Lanes`].
pub(crate) trait Elementary: Lanes {
    unsafe fn exp(self) -> Self;
    unsafe fn ln(self) -> Self;
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
    unsafe fn ln(self) -> Self {
        unsafe { ln::ln(self) }
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

/// In f64 every lane by itself.
impl<const N: usize> Elementary for Array<f64, N> {
    #[inline(always)]
    unsafe fn exp(self) -> Self {
        self.map(libm::exp)
    }
    #[inline(always)]
    unsafe fn ln(self) -> Self {
        self.map(libm::log)
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
/// As for [`Lanes`].
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
