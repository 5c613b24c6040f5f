//! The hyperbolic tangent.

use super::{ROUND, polynomial};
use crate::kernel::lanes::Bits;

/// 2 / ln 2.
const TWICE_LOG2_E: f32 = f32::from_bits(0x4038_aa3b);
/// ln 2 / 2 as a sum of two numbers.
const HALF_LN_2: [f32; 2] = [f32::from_bits(0x3eb1_7218), f32::from_bits(0xb082_e308)];
/// ((e²ʳ − 1)/2 − r) / r² for |r| ≤ ln 2 / 4, error 2^-31 of (e²ʳ − 1)/2.
const REST: [f32; 6] = [
    f32::from_bits(0x3f80_0000),
    f32::from_bits(0x3f2a_aaaa),
    f32::from_bits(0x3eaa_aa7c),
    f32::from_bits(0x3e08_896b),
    f32::from_bits(0x3d36_9d2e),
    f32::from_bits(0x3c4f_3c02),
];

/// tanh x = E / (E + 1) with E = (e^2|x| − 1) / 2, and the sign of x.
///
/// With |x| = k ln 2 / 2 + r and m = (e²ʳ − 1)/2: E = 2ᵏ m + (2ᵏ − 1)/2 and E + 1 = 2ᵏ m + (2ᵏ + 1)/2, rounded once each.
///
/// # Safety
///
/// As for [`Bits`].
#[inline(always)]
pub(super) unsafe fn tanh<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let half = L::splat(0.5);
        // tanh 10 = 1 in single precision; NaN stays.
        let a = L::splat(10.0).smaller(x.abs());
        let k = a.mul_add(L::splat(TWICE_LOG2_E), L::splat(ROUND)).sub(L::splat(ROUND));
        let r = k.neg_mul_add(L::splat(HALF_LN_2[0]), a);
        let r = k.neg_mul_add(L::splat(HALF_LN_2[1]), r);
        let m = polynomial(r, REST).mul_add(r.mul(r), r);
        let power = k.exp2_whole();
        let above = power.mul_add(m, power.mul_add(half, L::splat(-0.5)));
        let below = power.mul_add(m, power.mul_add(half, half));
        above.div(below).copy_sign(x)
    }
}
