//! The exponential function.

use super::{ROUND, polynomial};
use crate::compute::kernel::lanes::Bits;

pub(super) const LOG2_E: f32 = f32::from_bits(0x3fb8_aa3b);
/// ln 2 as a sum of two numbers.
pub(super) const LN_2: [f32; 2] = [f32::from_bits(0x3f31_7218), f32::from_bits(0xb102_e308)];
/// (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2, error 2^-28.2 of eʳ.
const REST: [f32; 5] = [
    f32::from_bits(0x3eff_fffe),
    f32::from_bits(0x3e2a_aa49),
    f32::from_bits(0x3d2a_ac5a),
    f32::from_bits(0x3c09_1cce),
    f32::from_bits(0x3ab5_247f),
];

/// (k, eʳ − 1) with x = k ln 2 + r, k whole and |r| ≤ ln 2 / 2, for |x| < 10⁴.
///
/// x − k ln 2 is exact after the first of its two steps.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn reduced<L: Bits>(x: L) -> (L, L) {
    // SAFETY: the caller's.
    unsafe {
        let k = x.mul_add(L::splat(LOG2_E), L::splat(ROUND)).sub(L::splat(ROUND));
        let r = k.neg_mul_add(L::splat(LN_2[0]), x);
        let r = k.neg_mul_add(L::splat(LN_2[1]), r);
        (k, less_one(r))
    }
}

/// eʳ − 1 for |r| ≤ ln 2 / 2.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn less_one<L: Bits>(r: L) -> L {
    // SAFETY: the caller's.
    unsafe { polynomial(r, REST).mul_add(r.mul(r), r) }
}

/// eˣ = 2ᵏ eʳ.
///
/// Overflow gives ∞, underflow rounds once, to a subnormal number or 0.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn exp<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        // e⁸⁹ > 2¹²⁸ and e^−104 < 2^−150, so that nothing changes; NaN stays.
        let x = L::splat(89.0).smaller(L::splat(-104.0).larger(x));
        let (k, m) = reduced(x);
        m.add(L::splat(1.0)).scale(k)
    }
}

/// eˣ − 1 = 2ᵏ ((eʳ − 1) + (1 − 2⁻ᵏ)): nothing cancels where x is near 0.
///
/// Overflow gives ∞; ±0 stays what it is.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn exp_m1<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        // e⁸⁹ > 2¹²⁸ and e⁻¹⁸ < 2⁻²⁵, so that nothing changes; NaN stays.
        let within = L::splat(89.0).smaller(L::splat(-18.0).larger(x));
        let (k, m) = reduced(within);
        let one = L::splat(1.0);
        let value = m.add(one.sub(one.scale(L::splat(0.0).sub(k)))).scale(k);
        x.select(x.eq(L::splat(0.0)), value)
    }
}
