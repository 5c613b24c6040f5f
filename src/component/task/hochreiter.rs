//! The pairs of numbers and markers of Hochreiter and Schmidhuber's adding and multiplication problems.

use super::{Lag, Length, Sequence};
use crate::seed::Draws;

/// The number of pairs among which the first mark lies.
const FIRST: usize = 10;

/// The longest sequence for the setting `length`.
pub(super) fn longest(length: Length<11>) -> usize {
    length.longest() + length.longest() / 10
}

/// Writes the numbers, uniform on \[`low`, 1), with their markers, and gives the two marked ones and the length of the sequence. A
/// marked number of the first pair is `neutral`.
pub(super) fn generate(
    length: Length<11>,
    draws: &mut Draws,
    sequence: &mut Sequence,
    low: f64,
    neutral: f64,
) -> ([f64; 2], usize) {
    let length = length.draw(draws);
    let end = length + draws.below(length / 10 + 1);
    let (first, other) = (draws.below(FIRST), draws.below(length / 2 - 1));
    let marks = [first, other + usize::from(other >= first)];
    let mut marked = [0.0; 2];
    for t in 0..end {
        let mut x = draws.between(low, 1.0);
        match marks.iter().position(|&mark| mark == t) {
            Some(k) => {
                if t == 0 {
                    x = neutral;
                }
                sequence.set(t, 1, 1.0);
                marked[k] = x;
            }
            None if t == 0 || t == end - 1 => sequence.set(t, 1, -1.0),
            None => {}
        }
        sequence.set(t, 0, x);
    }
    (marked, end)
}

/// The probability that the first pair is marked, averaged over the lengths.
pub(super) fn first_marked(length: Length<11>) -> f64 {
    let first = 1.0 / FIRST as f64;
    length.mean(|length| first + (1.0 - first) / (length / 2 - 1) as f64)
}

/// The lag from the end of a sequence to its marks. A mark on the first pair does not count: its number is neutral.
pub(super) fn lag(length: Length<11>) -> Lag {
    let last_mark = |length: usize| (FIRST - 1).max(length / 2 - 1);
    let shortest = (length.shortest()..=length.longest()).map(|length| length - 1 - last_mark(length)).min();
    Lag { shortest: shortest.unwrap_or(0), longest: longest(length) - 2 }
}
