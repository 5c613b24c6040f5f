//! One kernel compiled for every instruction set.

use super::Isa;

/// A kernel's compiled versions: function pointers of one type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Versions<F> {
    pub avx512: F,
    pub avx2: F,
    pub portable: F,
}

impl<F: Copy> Versions<F> {
    /// The version for `isa`.
    #[inline]
    pub fn of(&self, isa: Isa) -> F {
        match isa {
            Isa::Avx512 => self.avx512,
            Isa::Avx2 => self.avx2,
            Isa::Portable => self.portable,
        }
    }
}

/// Compiles an expression once per instruction set, with the name before `=>` standing for its f32 lanes:
///
/// ```text
/// let add = versions!(L => |to: *mut f32, a: *const f32, b: *const f32, count: usize| add::<L>(to, a, b, count));
/// unsafe { add.of(isa)(to, a, b, count) };
/// ```
///
/// The generic function has to be `#[inline(always)]`, so that it is compiled with the set's instructions. Calling a version is
/// `unsafe`: the processor must have the set ([`Isa::available`]), besides what the kernel asks of its pointers.
macro_rules! versions {
    ($lanes:ident => |$($argument:ident: $type:ty),* $(,)?| $body:expr) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f")]
        unsafe fn avx512($($argument: $type),*) {
            type $lanes = $crate::compute::kernel::lanes::F32x16;
            // SAFETY: the caller of the version answers for the processor and the pointers.
            unsafe { $body }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn avx2($($argument: $type),*) {
            type $lanes = $crate::compute::kernel::lanes::F32x8;
            // SAFETY: as above.
            unsafe { $body }
        }
        unsafe fn portable($($argument: $type),*) {
            type $lanes = $crate::compute::kernel::lanes::Array<f32, 16>;
            // SAFETY: as above.
            unsafe { $body }
        }
        #[cfg(not(target_arch = "x86_64"))]
        use {portable as avx512, portable as avx2};
        let versions: $crate::compute::kernel::versions::Versions<unsafe fn($($type),*)> =
            $crate::compute::kernel::versions::Versions { avx512, avx2, portable };
        versions
    }};
}
pub(crate) use versions;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::kernel::lanes::Lanes;

    /// # Safety
    ///
    /// `to` points to `count` numbers, a multiple of 16.
    #[inline(always)]
    unsafe fn fill<L: Lanes<Element = f32>>(to: *mut f32, count: usize) {
        for k in (0..count).step_by(L::COUNT) {
            // SAFETY: k + COUNT ≤ count.
            unsafe { L::splat(L::COUNT as f32).store(to.add(k)) };
        }
    }

    #[test]
    fn each_version_runs_with_its_own_lanes() {
        let fill = versions!(L => |to: *mut f32, count: usize| fill::<L>(to, count));
        for (isa, lanes) in [(Isa::Avx512, 16.0), (Isa::Avx2, 8.0), (Isa::Portable, 16.0)] {
            if isa.available() {
                let mut values = [0.0f32; 32];
                // SAFETY: the set is available, the pointer is to 32 numbers.
                unsafe { fill.of(isa)(values.as_mut_ptr(), 32) };
                assert!(cfg!(not(target_arch = "x86_64")) || values == [lanes; 32]);
            }
        }
    }
}
