//! The logistic function.

use super::{
    ROUND,
    exp::{LN_2, LOG2_E, less_one},
};
use crate::compute::kernel::lanes::Bits;

/// 1 / (1 + e⁻ˣ): q = 1 / (1 + e^|x|) for negative x, 1 − q for the others.
///
/// With |x| = k ln 2 + r: q = 2⁻ᵏ / d, d = (eʳ − 1) + (1 + 2⁻ᵏ), so that nothing overflows and a subnormal q is rounded last. What
/// rounding 1 + 2⁻ᵏ loses is added to eʳ − 1.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn sigmoid<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let one = L::splat(1.0);
        // e^−104 rounds to 0; NaN stays.
        let a = L::splat(104.0).smaller(x.abs());
        // −k.
        let down = a.neg_mul_add(L::splat(LOG2_E), L::splat(ROUND)).sub(L::splat(ROUND));
        let r = down.mul_add(L::splat(LN_2[0]), a);
        let m = less_one(down.mul_add(L::splat(LN_2[1]), r));
        // Of a smaller power nothing would be seen.
        let power = L::splat(-100.0).larger(down).exp2_whole();
        let base = power.add(one);
        let lost = power.sub(base.sub(one));
        let q = one.div(base.add(m.add(lost))).scale(down);
        q.select(x.lt(L::splat(0.0)), one.sub(q))
    }
}
