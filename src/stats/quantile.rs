//! Quantiles and the mean of the middle.

use super::order::{NonFinite, ranked};

/// The `p`-quantile, 0 ≤ p ≤ 1, by linear interpolation between order statistics: Hyndman and Fan's type 7, the default of R
/// and NumPy. With the values ascending from x₀, it lies at position `(n − 1)·p`.
///
/// Values that are not finite rank as `non_finite` says; a quantile that touches them is that infinity. `None` without values or
/// for a `p` outside its range.
pub fn quantile(values: &[f64], p: f64, non_finite: NonFinite) -> Option<f64> {
    of_ranked(&ranked(values, non_finite), p)
}

/// The median: the middle value, or the mean of the two in the middle. See [`quantile`].
pub fn median(values: &[f64], non_finite: NonFinite) -> Option<f64> {
    quantile(values, 0.5, non_finite)
}

/// The mean of the middle half: ⌊n/4⌋ values are cut off at either end.
///
/// Values that are not finite rank as `non_finite` says and count like any other: up to a quarter of them is cut off, and more
/// make the result that infinity. `None` without values.
pub fn interquartile_mean(values: &[f64], non_finite: NonFinite) -> Option<f64> {
    let ranked = ranked(values, non_finite);
    let cut = ranked.len() / 4;
    let middle = &ranked[cut..ranked.len() - cut];
    (!middle.is_empty()).then(|| middle.iter().sum::<f64>() / middle.len() as f64)
}

/// The `p`-quantile of values that [`ranked`] has put in order.
pub(super) fn of_ranked(ranked: &[f64], p: f64) -> Option<f64> {
    if ranked.is_empty() || !(0.0..=1.0).contains(&p) {
        return None;
    }
    let position = (ranked.len() - 1) as f64 * p;
    let below = position as usize;
    let above = (below + 1).min(ranked.len() - 1);
    let (low, high, share) = (ranked[below], ranked[above], position - below as f64);
    // 0·∞ is NaN, and high − low may overflow; between two infinities of opposite signs lies the number that both leave: 0.
    Some(match () {
        () if share == 0.0 || low == high => low,
        () if low.is_infinite() && high.is_infinite() => 0.0,
        () => low * (1.0 - share) + high * share,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values from R: `quantile(c(1, 2, 4, 8), p, type = 7)`.
    #[test]
    fn quantiles_are_those_of_type_7() {
        let values = [8.0, 1.0, 4.0, 2.0];
        for (p, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (0.75, 5.0), (0.9, 6.8), (1.0, 8.0)] {
            let found = quantile(&values, p, NonFinite::Highest).unwrap();
            assert!((found - expected).abs() <= 1e-12, "{p}: {found}");
        }
        assert_eq!(median(&[3.0], NonFinite::Highest), Some(3.0));
        assert_eq!(median(&[3.0, 1.0, 2.0], NonFinite::Lowest), Some(2.0));
        for p in [-0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(&values, p, NonFinite::Highest), None);
        }
        assert_eq!(median(&[], NonFinite::Highest), None);
    }

    #[test]
    fn diverged_trials_are_counted_as_the_worst_and_never_dropped() {
        let half = [1.0, f64::NAN, 2.0, f64::INFINITY];
        assert_eq!(median(&half, NonFinite::Highest), Some(f64::INFINITY));
        assert_eq!(median(&half, NonFinite::Lowest), Some(f64::NEG_INFINITY));
        assert_eq!(median(&[1.0, f64::NAN, 2.0], NonFinite::Highest), Some(2.0));
        assert_eq!(median(&[1.0, f64::NAN, 2.0], NonFinite::Lowest), Some(1.0));
        assert_eq!(median(&[f64::NAN; 2], NonFinite::Highest), Some(f64::INFINITY));
        assert_eq!(quantile(&half, 0.25, NonFinite::Highest), Some(1.75));
    }

    #[test]
    fn the_interquartile_mean_cuts_a_quarter_at_either_end() {
        assert_eq!(interquartile_mean(&[100.0, 1.0, 2.0, 3.0, 4.0, -50.0, 5.0, 6.0], NonFinite::Highest), Some(3.5));
        assert_eq!(interquartile_mean(&[1.0, 5.0, 9.0], NonFinite::Highest), Some(5.0));
        assert_eq!(interquartile_mean(&[1.0, 2.0, 3.0, f64::NAN], NonFinite::Highest), Some(2.5));
        assert_eq!(interquartile_mean(&[1.0, 2.0, f64::NAN, f64::NAN], NonFinite::Highest), Some(f64::INFINITY));
        assert_eq!(interquartile_mean(&[], NonFinite::Highest), None);
    }
}
