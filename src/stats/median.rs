//! An interval for a median that assumes nothing of the distribution.

use super::distribution::normal::two_sided_z;
use super::estimate::Estimate;
use super::order::{NonFinite, ranked};
use super::quantile::of_ranked;

/// Up to this n, binomial probabilities are computed term by term; 2⁻ⁿ is still a normal double.
const EXACT: usize = 1_000;

/// The median with the interval between two order statistics.
///
/// The number of values below the true median is binomial with p = ½, whatever the distribution, so the interval from the
/// k-th smallest to the k-th largest value covers it with probability 1 − 2·P(B < k). k is the largest for which that is at
/// least `confidence`; beyond n = 1000 it comes from the normal approximation. Unlike the bootstrap's, the coverage is exact
/// for few replicates, the interval needs no randomness, and infinities pass through it: diverged and censored trials rank
/// as `non_finite` says.
///
/// With fewer than 6 values no such interval reaches 95 %. Then it spans all values, and [`Estimate::confidence`] is the
/// coverage that it does have: 0.9375 for 5, 0.875 for 4, 0.75 for 3, 0.5 for 2, 0 for 1.
///
/// `None` without values or for a confidence outside (0, 1).
pub fn median_interval(values: &[f64], confidence: f64, non_finite: NonFinite) -> Option<Estimate> {
    interval_of_ranked(&ranked(values, non_finite), confidence)
}

/// [`median_interval`] of values in ascending order, infinities on either side.
pub(super) fn interval_of_ranked(ranked: &[f64], confidence: f64) -> Option<Estimate> {
    let z = two_sided_z(confidence);
    let n = ranked.len();
    let value = of_ranked(ranked, 0.5)?;
    if z.is_nan() {
        return None;
    }
    let (k, attained) = if n <= EXACT {
        exact_rank(n, confidence)
    } else {
        let k = (n as f64 / 2.0 - z * libm::sqrt(n as f64) / 2.0) as usize;
        (k.max(1), confidence)
    };
    Some(Estimate { value, low: ranked[k - 1], high: ranked[n - k], n, confidence: attained.min(confidence) })
}

/// The largest k ≥ 1 whose interval has at least the confidence, else 1; and the coverage.
fn exact_rank(n: usize, confidence: f64) -> (usize, f64) {
    // P(B = 0) = 2⁻ⁿ, then by the ratio of neighbouring binomial coefficients.
    let mut term = libm::scalbn(1.0, -(n as i32));
    let mut below = term;
    let mut best = (1, 1.0 - 2.0 * below);
    for k in 2..=n.div_ceil(2) {
        term *= (n - k + 2) as f64 / (k - 1) as f64;
        below += term;
        let coverage = 1.0 - 2.0 * below;
        if coverage < confidence {
            break;
        }
        best = (k, coverage);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upto(n: usize) -> Vec<f64> {
        (1..=n).rev().map(|x| x as f64).collect()
    }

    /// Ranks from the tables of the sign test, 95 %.
    #[test]
    fn ranks_are_those_of_the_sign_test() {
        for (n, low, high) in [
            (6, 1.0, 6.0),
            (8, 1.0, 8.0),
            (9, 2.0, 8.0),
            (10, 2.0, 9.0),
            (12, 3.0, 10.0),
            (15, 4.0, 12.0),
            (20, 6.0, 15.0),
            (25, 8.0, 18.0),
            (50, 18.0, 33.0),
            (100, 40.0, 61.0),
        ] {
            let found = median_interval(&upto(n), 0.95, NonFinite::Highest).unwrap();
            assert_eq!((found.low, found.high, found.confidence), (low, high, 0.95), "n = {n}");
            assert_eq!((found.value, found.n), ((n + 1) as f64 / 2.0, n));
        }
    }

    #[test]
    fn few_values_have_the_coverage_they_can_have() {
        for (n, coverage) in [(1, 0.0), (2, 0.5), (3, 0.75), (4, 0.875), (5, 0.9375), (6, 0.95)] {
            let found = median_interval(&upto(n), 0.95, NonFinite::Highest).unwrap();
            assert_eq!((found.low, found.high, found.confidence), (1.0, n as f64, coverage));
        }
        assert_eq!(median_interval(&[], 0.95, NonFinite::Highest), None);
        assert_eq!(median_interval(&[1.0], 1.0, NonFinite::Highest), None);
    }

    #[test]
    fn the_normal_approximation_meets_the_exact_ranks() {
        let (exact, _) = exact_rank(EXACT, 0.95);
        let next = median_interval(&upto(EXACT + 1), 0.95, NonFinite::Highest).unwrap();
        assert!(next.low >= exact as f64 - 1.0 && next.low <= exact as f64 + 1.0, "{} {exact}", next.low);
    }

    #[test]
    fn diverged_trials_widen_the_interval_to_infinity() {
        let mut values = upto(10);
        values[0] = f64::NAN;
        let found = median_interval(&values, 0.95, NonFinite::Highest).unwrap();
        assert_eq!((found.low, found.high), (2.0, 9.0));
        values[1] = f64::INFINITY;
        let found = median_interval(&values, 0.95, NonFinite::Highest).unwrap();
        assert_eq!((found.value, found.high), (5.5, f64::INFINITY));
        let found = median_interval(&values, 0.95, NonFinite::Lowest).unwrap();
        assert_eq!((found.low, found.value), (f64::NEG_INFINITY, 3.5));
    }
}
