//! The hyperbolic tangent.

use super::{exp::reduced, polynomial};
use crate::compute::kernel::lanes::Bits;

/// From here on tanh x is 1/2 or more: (ln 3) / 2.
const HALF: f32 = f32::from_bits(0x3f0c_9f54);
/// (tanh x − x) / x³ in x² for |x| ≤ 0.55, error 2^-29.7 of tanh x.
const SERIES: [f32; 5] = [
    f32::from_bits(0xbeaa_aaa5),
    f32::from_bits(0x3e08_8677),
    f32::from_bits(0xbd5c_8f3f),
    f32::from_bits(0x3cac_728c),
    f32::from_bits(0xbbcc_90d1),
];

/// Below 1/2, tanh |x| = |x| + |x|³ P(x²); from there on, 1 − 2 / (e^2|x| + 1). Then the sign of x.
///
/// With 2|x| = k ln 2 + r the denominator is 2ᵏ (eʳ − 1) + (2ᵏ + 1), rounded once.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn tanh<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let one = L::splat(1.0);
        // tanh 10 = 1 in single precision; NaN stays.
        let a = L::splat(10.0).smaller(x.abs());
        let (k, m) = reduced(a.add(a));
        let power = k.exp2_whole();
        let below = power.mul_add(m, power.add(one));
        let large = one.sub(L::splat(2.0).div(below));
        let square = a.mul(a);
        let small = polynomial(square, SERIES).mul_add(square.mul(a), a);
        small.select(a.lt(L::splat(HALF)), large).copy_sign(x)
    }
}
