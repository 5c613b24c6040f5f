//! The natural logarithm.

use super::{exp::LN_2, polynomial};
use crate::compute::kernel::lanes::Bits;

/// (ln(1 + f) − f + f²/2) / f³ for |f| ≤ 1/3, error 2^-27.7 of ln(1 + f).
const REST: [f32; 8] = [
    f32::from_bits(0x3eaa_aa83),
    f32::from_bits(0xbe7f_ff7e),
    f32::from_bits(0x3e4c_e822),
    f32::from_bits(0xbe2a_ce22),
    f32::from_bits(0x3e0f_6b31),
    f32::from_bits(0xbdf9_997f),
    f32::from_bits(0x3e0f_33c6),
    f32::from_bits(0xbe03_e43c),
];

/// ln x = e ln 2 + ln(1 + f) with x = 2ᵉ (1 + f), −1/3 ≤ f < 1/3.
///
/// Subnormal numbers are multiplied by 2²⁴ first. ln ±0 = −∞, ln of a negative number is NaN.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn ln<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let zero = L::splat(0.0);
        let tiny = x.lt(L::splat(f32::MIN_POSITIVE));
        let normal = x.mul(L::splat(16_777_216.0)).select(tiny, x);
        let (m, e) = normal.mantissa_exponent();
        let e = e.sub(L::splat(24.0).select(tiny, zero));
        let f = m.sub(L::splat(1.0));
        let rest = polynomial(f, REST).mul_add(f, L::splat(-0.5));
        let low = e.mul_add(L::splat(LN_2[1]), f);
        let value = e.mul_add(L::splat(LN_2[0]), rest.mul_add(f.mul(f), low));
        // ∞ and NaN stay; 0 and less are what they have to be.
        let value = value.select(x.lt(L::splat(f32::INFINITY)), x);
        let value = value.select(zero.lt(x), L::splat(f32::NAN));
        L::splat(f32::NEG_INFINITY).select(x.eq(zero), value)
    }
}

/// ln(1 + x) = ln u + (x − (u − 1)) / u with u = 1 + x rounded: what rounding took from x is given back, before the last rounding.
///
/// ±0 stays what it is, and so does ∞. ln(1 − 1) = −∞; of less than −1 it is NaN.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn ln_1p<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let (zero, one) = (L::splat(0.0), L::splat(1.0));
        let u = one.add(x);
        let lost = x.sub(u.sub(one)).div(u);
        let (m, e) = u.mantissa_exponent();
        let f = m.sub(one);
        let rest = polynomial(f, REST).mul_add(f, L::splat(-0.5));
        // e ln 2 + f as a sum of two numbers: arguments are closer to each other than those of ln, so that its one rounding more would
        // make the function fall here and there.
        let product = e.mul(L::splat(LN_2[0]));
        let sum = product.add(f);
        let low = f.sub(sum.sub(product)).add(e.mul_add(L::splat(LN_2[0]), L::splat(0.0).sub(product)));
        let low = low.add(e.mul_add(L::splat(LN_2[1]), lost));
        let value = sum.add(rest.mul_add(f.mul(f), low));
        // ∞ and NaN stay; −1 and less are what they have to be.
        let value = value.select(x.lt(L::splat(f32::INFINITY)), x);
        let value = value.select(zero.lt(u), L::splat(f32::NAN));
        let value = L::splat(f32::NEG_INFINITY).select(u.eq(zero), value);
        x.select(x.eq(zero), value)
    }
}
