//! Sine and cosine.

use super::{ROUND, polynomial};
use crate::compute::kernel::lanes::Bits;

/// Beyond it, single lanes go to the pinned `libm`.
pub(super) const REACH: f32 = 100_000.0;
/// 2/π.
const TWO_OVER_PI: f32 = f32::from_bits(0x3f22_f983);
/// π/2 as a sum of three numbers.
const HALF_PI: [f32; 3] = [f32::from_bits(0x3fc9_0fdb), f32::from_bits(0xb33b_bd2e), f32::from_bits(0xa6f7_2ced)];
/// (sin r − r) / r³ in r² for |r| ≤ π/4, error 2^-32.5 of sin r.
const SINE: [f32; 4] = [
    f32::from_bits(0xbe2a_aaab),
    f32::from_bits(0x3c08_88ba),
    f32::from_bits(0xb950_2cad),
    f32::from_bits(0x363e_1834),
];
/// (cos r − 1 + r²/2) / r⁴ in r² for |r| ≤ π/4, error 2^-33 of cos r.
const COSINE: [f32; 3] = [f32::from_bits(0x3d2a_aaa5), f32::from_bits(0xbab6_0614), f32::from_bits(0x37cc_f406)];

/// (k, r) with x = k π/2 + r, k whole and |r| ≤ π/4, for |x| ≤ [`REACH`] (Cody and Waite, 1980).
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
unsafe fn reduced<L: Bits>(x: L) -> (L, L) {
    // SAFETY: the caller's.
    unsafe {
        let k = x.mul_add(L::splat(TWO_OVER_PI), L::splat(ROUND)).sub(L::splat(ROUND));
        let r = k.neg_mul_add(L::splat(HALF_PI[0]), x);
        let r = k.neg_mul_add(L::splat(HALF_PI[1]), r);
        (k, k.neg_mul_add(L::splat(HALF_PI[2]), r))
    }
}

/// sin(k π/2 + r).
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
unsafe fn turned<L: Bits>(k: L, r: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let one = L::splat(1.0);
        // k mod 4, as one of −2, −1, 0, 1, 2.
        let turns = k.mul_add(L::splat(0.25), L::splat(ROUND)).sub(L::splat(ROUND));
        let quarter = turns.neg_mul_add(L::splat(4.0), k);
        let square = r.mul(r);
        let sine = polynomial(square, SINE).mul_add(square.mul(r), r);
        let cosine = polynomial(square, COSINE).mul_add(square, L::splat(-0.5)).mul_add(square, one);
        let value = cosine.select(quarter.abs().eq(one), sine);
        // Quarter turns −1, 2 and −2 change the sign.
        let changed = L::splat(-0.0).sub(value);
        let flip = L::splat(1.5).lt(quarter.abs());
        changed.select(quarter.lt(L::splat(0.0)), changed.select(flip, value))
    }
}

/// The lanes of `value`, with those that lie beyond the reach replaced by `f` of them.
#[cold]
#[inline(never)]
fn beyond(x: &[f32], value: &mut [f32], f: fn(f32) -> f32) {
    for (x, value) in x.iter().zip(value) {
        // NaN goes either way.
        if x.abs() > REACH {
            *value = f(*x);
        }
    }
}

/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
unsafe fn with_reach<L: Bits>(x: L, value: L, f: fn(f32) -> f32) -> L {
    // SAFETY: the caller's; both buffers have room for the lanes.
    unsafe {
        if !L::any(L::splat(REACH).lt(x.abs())) {
            return value;
        }
        let (mut from, mut to) = ([0.0; 16], [0.0; 16]);
        x.store(from.as_mut_ptr());
        value.store(to.as_mut_ptr());
        beyond(&from[..L::COUNT], &mut to[..L::COUNT], f);
        L::load(to.as_ptr())
    }
}

/// sin x.
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn sin<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let (k, r) = reduced(x);
        // The reduction would turn −0 into 0.
        let value = turned(k, r);
        let value = x.select(x.eq(L::splat(0.0)), value);
        with_reach(x, value, libm::sinf)
    }
}

/// cos x = sin(x + π/2).
///
/// # Safety
///
/// The contract of [`Bits`].
#[inline(always)]
pub(super) unsafe fn cos<L: Bits>(x: L) -> L {
    // SAFETY: the caller's.
    unsafe {
        let (k, r) = reduced(x);
        with_reach(x, turned(k.add(L::splat(1.0)), r), libm::cosf)
    }
}
