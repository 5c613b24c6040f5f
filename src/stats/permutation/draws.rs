//! Draws from uniform words.

/// A uniform integer below `bound`, of one word.
///
/// The upper half of word·bound: the bias of at most bound/2⁶⁴ is far below what resampling can see.
pub(in crate::stats) fn below(bound: usize, word: u64) -> usize {
    ((u128::from(word) * bound as u128) >> 64) as usize
}

/// The first `count` of a uniform permutation of `items` are brought to its front (Fisher–Yates); takes `count` words.
pub(in crate::stats) fn choose<T>(items: &mut [T], count: usize, random: &mut impl FnMut() -> u64) {
    for at in 0..count {
        let other = at + below(items.len() - at, random());
        items.swap(at, other);
    }
}
