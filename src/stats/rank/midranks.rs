//! Ranks of values.

use crate::stats::order::NonFinite;

/// The rank of each value, from 1 for the smallest; equal values share the mean of their ranks. Values that are not finite are
/// equal and rank as `non_finite` says.
pub(in crate::stats) fn midranks(values: &[f64], non_finite: NonFinite) -> Vec<f64> {
    let defined: Vec<f64> =
        values.iter().map(|&value| if value.is_finite() { value } else { non_finite.infinity() }).collect();
    shared_ranks(&defined)
}

/// The rank of each value, from 1 for the smallest, infinities at their ends; equal values share the mean of their ranks.
pub(super) fn shared_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&left, &right| values[left].total_cmp(&values[right]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for same in order.chunk_by(|&left, &right| values[left] == values[right]) {
        let rank = before as f64 + (same.len() + 1) as f64 / 2.0;
        same.iter().for_each(|&place| ranks[place] = rank);
        before += same.len();
    }
    ranks
}

/// The sum over groups of equal ranks of t³ − t, for their sizes t: what ties take from a variance.
pub(in crate::stats) fn tie_correction(ranks: &[f64]) -> f64 {
    let mut sorted = ranks.to_vec();
    sorted.sort_by(f64::total_cmp);
    let group = |same: &[f64]| {
        let size = same.len() as f64;
        size * size * size - size
    };
    sorted.chunk_by(|left, right| left == right).map(group).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_ranks() {
        let values = [3.0, f64::NAN, 1.0, 3.0, f64::INFINITY, -0.0, 0.0];
        assert_eq!(midranks(&values, NonFinite::Highest), [4.5, 6.5, 3.0, 4.5, 6.5, 1.5, 1.5]);
        assert_eq!(midranks(&values, NonFinite::Lowest), [6.5, 1.5, 5.0, 6.5, 1.5, 3.5, 3.5]);
        assert_eq!(tie_correction(&midranks(&values, NonFinite::Highest)), 18.0);
        assert!(midranks(&[], NonFinite::Highest).is_empty());
    }
}
