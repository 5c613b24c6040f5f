//! Memory in whole cache lines.

use std::ops::{Deref, DerefMut};

use crate::compute::{
    kernel::{PANEL, lanes::Real},
    memory::filled,
};

/// Numbers in memory that starts at a multiple of 64 bytes: a row of a panel of f32 is one cache line.
#[derive(Clone, Debug, Default)]
pub struct Lines<E>(Vec<Line<E>>);

#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line<E>([E; PANEL]);

impl<E: Real> Lines<E> {
    /// Zeros: `count` numbers, rounded up to whole lines.
    ///
    /// # Panics
    ///
    /// When the memory cannot be had. The payload tells the bytes, so that a trial can end as `out-of-memory`.
    pub fn new(count: usize) -> Self {
        const { assert!(size_of::<Line<E>>() == PANEL * size_of::<E>()) };
        Self(filled(Line([E::ZERO; PANEL]), count.div_ceil(PANEL)))
    }
}

impl<E> Deref for Lines<E> {
    type Target = [E];

    #[inline]
    fn deref(&self) -> &[E] {
        // SAFETY: a line is an array of 16 numbers with nothing after it (checked where lines are made).
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() * PANEL) }
    }
}

impl<E> DerefMut for Lines<E> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [E] {
        // SAFETY: as above, and the vector is borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), self.0.len() * PANEL) }
    }
}
