//! AVX2 with FMA: eight f32.

use std::arch::x86_64::*;

use super::{Bits, Lanes};

/// Eight single-precision numbers in one register.
#[derive(Clone, Copy)]
pub struct F32x8(__m256);

// SAFETY (all blocks of this file): the trait's contract: the processor has AVX2 and FMA, pointers are to eight f32.
impl Lanes for F32x8 {
    type Element = f32;
    type Mask = __m256;
    const COUNT: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(unsafe { _mm256_set1_ps(value) })
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm256_loadu_ps(from) })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(unsafe { _mm256_add_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm256_sub_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm256_mul_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        Self(unsafe { _mm256_div_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn sqrt(self) -> Self {
        Self(unsafe { _mm256_sqrt_ps(self.0) })
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(unsafe { _mm256_fmadd_ps(self.0, factor.0, term.0) })
    }
    #[inline(always)]
    unsafe fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        Self(unsafe { _mm256_fnmadd_ps(self.0, factor.0, term.0) })
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        Self(unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0) })
    }
    #[inline(always)]
    unsafe fn copy_sign(self, sign: Self) -> Self {
        unsafe {
            let bit = _mm256_set1_ps(-0.0);
            Self(_mm256_or_ps(_mm256_and_ps(bit, sign.0), _mm256_andnot_ps(bit, self.0)))
        }
    }
    #[inline(always)]
    unsafe fn lt(self, other: Self) -> __m256 {
        unsafe { _mm256_cmp_ps::<_CMP_LT_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    unsafe fn le(self, other: Self) -> __m256 {
        unsafe { _mm256_cmp_ps::<_CMP_LE_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    unsafe fn eq(self, other: Self) -> __m256 {
        unsafe { _mm256_cmp_ps::<_CMP_EQ_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    unsafe fn select(self, mask: __m256, other: Self) -> Self {
        Self(unsafe { _mm256_blendv_ps(other.0, self.0, mask) })
    }
    #[inline(always)]
    unsafe fn any(mask: __m256) -> bool {
        unsafe { _mm256_movemask_ps(mask) != 0 }
    }
    #[inline(always)]
    unsafe fn larger(self, other: Self) -> Self {
        // The instruction gives its second operand when the comparison is false, or both are zero: the trait's rule.
        Self(unsafe { _mm256_max_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn smaller(self, other: Self) -> Self {
        Self(unsafe { _mm256_min_ps(self.0, other.0) })
    }
}

impl Bits for F32x8 {
    #[inline(always)]
    unsafe fn exp2_whole(self) -> Self {
        unsafe {
            let k = _mm256_add_epi32(_mm256_cvtps_epi32(self.0), _mm256_set1_epi32(127));
            Self(_mm256_castsi256_ps(_mm256_slli_epi32::<23>(k)))
        }
    }
    #[inline(always)]
    unsafe fn scale(self, k: Self) -> Self {
        unsafe {
            // In two steps, of which the first is exact.
            let k = _mm256_cvtps_epi32(k.0);
            let half = _mm256_srai_epi32::<1>(k);
            let power = |k| _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(k, _mm256_set1_epi32(127))));
            let first = _mm256_mul_ps(self.0, power(half));
            Self(_mm256_mul_ps(first, power(_mm256_sub_epi32(k, half))))
        }
    }
    #[inline(always)]
    unsafe fn mantissa_exponent(self) -> (Self, Self) {
        unsafe {
            let bits = _mm256_castps_si256(self.0);
            // The bits of 2/3: what is left of them in the exponent's place is e.
            let e = _mm256_srai_epi32::<23>(_mm256_sub_epi32(bits, _mm256_set1_epi32(0x3f2a_aaab)));
            let m = _mm256_sub_epi32(bits, _mm256_slli_epi32::<23>(e));
            (Self(_mm256_castsi256_ps(m)), Self(_mm256_cvtepi32_ps(e)))
        }
    }
}
