//! Differences of two proportions by their score intervals.

use super::wilson;
use crate::stats::estimate::Estimate;

/// The difference left − right of two independent proportions, each `(successes, n)`, with Newcombe's hybrid score interval: the
/// Wilson limits of both, squared and added.
///
/// Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods", 1998, method 10.
/// `None` as for [`wilson`].
pub fn newcombe(left: (usize, usize), right: (usize, usize), confidence: f64) -> Option<Estimate> {
    let (ours, theirs) = (wilson(left.0, left.1, confidence)?, wilson(right.0, right.1, confidence)?);
    Some(combined(&ours, &theirs, 0.0, left.1 + right.1, confidence))
}

/// The difference of two proportions of the same `n` pairs, with Newcombe's hybrid score interval for paired data.
///
/// `both` pairs succeed on both sides, `left` and `right` only on that side, the rest of `n` on neither. The correlation φ of the
/// two sides shortens the interval; its continuity correction is Newcombe's.
///
/// Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired data", 1998, method 10.
/// `None` for `n` = 0, more pairs than `n`, or a confidence outside (0, 1).
pub fn newcombe_paired(both: usize, left: usize, right: usize, n: usize, confidence: f64) -> Option<Estimate> {
    let neither = n.checked_sub(both + left + right)?;
    let ours = wilson(both + left, n, confidence)?;
    let theirs = wilson(both + right, n, confidence)?;
    let margins = [both + left, right + neither, both + right, left + neither].map(|count| count as f64);
    let product: f64 = margins.iter().product();
    let excess = both as f64 * neither as f64 - left as f64 * right as f64;
    let corrected = if excess > 0.0 { (excess - 0.5 * n as f64).max(0.0) } else { excess };
    let correlation = if product > 0.0 { corrected / libm::sqrt(product) } else { 0.0 };
    Some(combined(&ours, &theirs, correlation, n, confidence))
}

/// The difference, with the distances of both proportions to their own limits as sides of a triangle.
fn combined(left: &Estimate, right: &Estimate, correlation: f64, n: usize, confidence: f64) -> Estimate {
    let value = left.value - right.value;
    let side = |ours: f64, theirs: f64| {
        libm::sqrt((ours * ours - 2.0 * correlation * ours * theirs + theirs * theirs).max(0.0))
    };
    let low = value - side(left.value - left.low, right.high - right.value);
    let high = value + side(left.high - left.value, right.value - right.low);
    Estimate { value, low: low.max(-1.0), high: high.min(1.0), n, confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Estimate, low: f64, high: f64) {
        assert!((found.low - low).abs() <= 6e-5 && (found.high - high).abs() <= 6e-5, "{found:?}");
    }

    /// The examples of the paper's table II: 56/70 against 48/80 and 9/10 against 3/10, and the ends.
    #[test]
    fn intervals_are_those_of_the_paper() {
        close(newcombe((56, 70), (48, 80), 0.95).unwrap(), 0.0524, 0.3339);
        close(newcombe((9, 10), (3, 10), 0.95).unwrap(), 0.1705, 0.8090);
        close(newcombe((10, 10), (0, 20), 0.95).unwrap(), 0.6791, 1.0);
        let mirrored = newcombe((48, 80), (56, 70), 0.95).unwrap();
        close(mirrored, -0.3339, -0.0524);
        assert_eq!(newcombe((0, 0), (1, 2), 0.95), None);
    }

    #[test]
    fn paired_intervals_use_the_correlation() {
        let alike = newcombe_paired(18, 2, 0, 40, 0.95).unwrap();
        let apart = newcombe((20, 40), (18, 40), 0.95).unwrap();
        assert!(alike.low > apart.low && alike.high < apart.high, "{alike:?} {apart:?}");
        let same = newcombe_paired(0, 0, 0, 5, 0.95).unwrap();
        assert_eq!(same.value, 0.0);
        assert!(same.low < 0.0 && same.high > 0.0, "{same:?}");
        assert_eq!(newcombe_paired(3, 2, 1, 5, 0.95), None);
        assert_eq!(newcombe_paired(0, 0, 0, 0, 0.95), None);
    }
}
