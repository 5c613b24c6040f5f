//! One kernel compiled for every instruction set.

use super::Isa;

/// A kernel's compiled versions: function pointers of one type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Versions<F> {
    pub avx512: F,
    pub avx2: F,
    pub portable: F,
    /// The portable one compiled for a processor with fused multiply-add. The software that takes its place elsewhere takes ten
    /// times as long, which the tests would feel: they hold every set to the portable one.
    pub portable_fused: F,
}

/// Whether portable code is to be the one compiled for fused multiply-add in hardware: where the processor has it.
#[cfg(not(test))]
#[inline]
pub(crate) fn has_fused_multiply_add() -> bool {
    Isa::Avx2.available()
}

/// Whether the next kernel gets the processor's fused multiply-add: in this crate's own tests every other one, so that the
/// software is held to the definitions too.
#[cfg(test)]
pub(crate) fn has_fused_multiply_add() -> bool {
    thread_local!(static TURN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });
    TURN.set(!TURN.get());
    TURN.get() && Isa::Avx2.available()
}

impl<F: Copy> Versions<F> {
    /// The version for `isa`.
    #[inline]
    pub fn of(&self, isa: Isa) -> F {
        match isa {
            Isa::Avx512 => self.avx512,
            Isa::Avx2 => self.avx2,
            Isa::Portable if has_fused_multiply_add() => self.portable_fused,
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
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn portable_fused($($argument: $type),*) {
            type $lanes = $crate::compute::kernel::lanes::Array<f32, 16, true>;
            // SAFETY: as above.
            unsafe { $body }
        }
        #[cfg(not(target_arch = "x86_64"))]
        use {portable as avx512, portable as avx2, portable as portable_fused};
        let versions: $crate::compute::kernel::versions::Versions<unsafe fn($($type),*)> =
            $crate::compute::kernel::versions::Versions { avx512, avx2, portable, portable_fused };
        versions
    }};
}
pub(crate) use versions;

/// The kernel in f64, which no instruction set has lanes for, with fused multiply-add in hardware where the processor has it; as
/// [`versions`].
macro_rules! in_f64 {
    ($lanes:ident => |$($argument:ident: $type:ty),* $(,)?| $body:expr) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn fused($($argument: $type),*) {
            type $lanes = $crate::compute::kernel::lanes::Array<f64, 8, true>;
            // SAFETY: the caller answers for the pointers.
            unsafe { $body }
        }
        unsafe fn software($($argument: $type),*) {
            type $lanes = $crate::compute::kernel::lanes::Array<f64, 8>;
            // SAFETY: as above.
            unsafe { $body }
        }
        #[cfg(not(target_arch = "x86_64"))]
        use software as fused;
        let kernel: unsafe fn($($type),*) =
            if $crate::compute::kernel::versions::has_fused_multiply_add() { fused } else { software };
        kernel
    }};
}
pub(crate) use in_f64;

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
