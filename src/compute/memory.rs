//! Large buffers, of which a machine may have too little memory.

use std::panic::panic_any;

/// The panic of [`filled`]: so much memory could not be had. Whoever runs a training catches it; an allocation that fails anywhere
/// else ends the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory {
    /// The size of the buffer.
    pub bytes: usize,
}

/// `count` times `value`.
///
/// # Panics
///
/// With [`OutOfMemory`] when the memory cannot be had.
pub fn filled<T: Clone>(value: T, count: usize) -> Vec<T> {
    let mut numbers = Vec::new();
    if numbers.try_reserve_exact(count).is_err() {
        panic_any(OutOfMemory { bytes: count.saturating_mul(size_of::<T>()) });
    }
    numbers.resize(count, value);
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_beyond_all_memory_is_a_panic_that_says_so() {
        assert_eq!(filled(7u8, 3), [7; 3]);
        for (count, bytes) in [(usize::MAX / 32, usize::MAX / 32 * 4), (usize::MAX, usize::MAX)] {
            let panic = std::panic::catch_unwind(|| filled(0f32, count)).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&OutOfMemory { bytes }));
        }
    }
}
