//! The logistic function.

use super::exp::reduced;
use crate::kernel::lanes::Bits;

/// 1 / (1 + e⁻ˣ): q = e / (1 + e) with e = e^−|x| for negative x, 1 − q for the others.
///
/// # Safety
///
/// As for [`Bits`].
#[inline(always)]
pub(super) unsafe fn sigmoid<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let one = L::splat(1.0);
        // e^−104 rounds to 0; NaN stays.
        let a = L::splat(-104.0).larger(x.copy_sign(L::splat(-1.0)));
        let (k, m) = reduced(a);
        let e = m.add(one).scale(k);
        let q = e.div(e.add(one));
        q.select(x.lt(L::splat(0.0)), one.sub(q))
    }
}
