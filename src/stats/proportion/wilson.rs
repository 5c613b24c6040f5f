//! Wilson's interval of a proportion.

use crate::stats::distribution::normal::two_sided_z;
use crate::stats::estimate::Estimate;

/// The proportion `successes / n` with Wilson's score interval, which stays within [0, 1] and has a width at 0/n and n/n.
///
/// Wilson, "Probable inference, the law of succession, and statistical inference", 1927. `None` for `n` = 0, more successes
/// than `n`, or a confidence outside (0, 1).
pub fn wilson(successes: usize, n: usize, confidence: f64) -> Option<Estimate> {
    let z = two_sided_z(confidence);
    if n == 0 || successes > n || z.is_nan() {
        return None;
    }
    let (count, z2) = (n as f64, z * z);
    let value = successes as f64 / count;
    let centre = (value + z2 / (2.0 * count)) / (1.0 + z2 / count);
    let spread = value * (1.0 - value) / count + z2 / (4.0 * count * count);
    let half = z * libm::sqrt(spread) / (1.0 + z2 / count);
    // The ends are exact there; rounding must not push them past the point.
    let low = if successes == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if successes == n { 1.0 } else { (centre + half).min(1.0) };
    Some(Estimate { value, low, high, n, confidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(successes: usize, n: usize, confidence: f64, low: f64, high: f64) {
        let found = wilson(successes, n, confidence).unwrap();
        let close = |left: f64, right: f64| (left - right).abs() <= 5e-5;
        assert!(close(found.low, low) && close(found.high, high), "{successes}/{n}: {found:?}");
        assert_eq!((found.value, found.n, found.confidence), (successes as f64 / n as f64, n, confidence));
    }

    #[test]
    fn intervals_are_those_worked_by_hand() {
        // n/n: low = n/(n + z²); 0/n: high = z²/(n + z²); z² = 3.8415 at 95 %.
        check(5, 5, 0.95, 0.5655, 1.0);
        check(0, 10, 0.95, 0.0, 0.2775);
        // 8/10: (0.8 + 0.19207 ∓ 1.95996·√(0.016 + 0.0096036)) / 1.38415.
        check(8, 10, 0.95, 0.4902, 0.9433);
        check(50, 100, 0.9, 0.4188, 0.5812);
    }

    /// The ends of the score interval are where the observed proportion lies z standard errors away, with the error of the
    /// end itself: Wilson's definition.
    #[test]
    fn the_ends_solve_the_score_equation() {
        for confidence in [0.5, 0.9, 0.95, 0.99] {
            let z = two_sided_z(confidence);
            for n in [1, 2, 3, 5, 10, 37, 1000] {
                for successes in 0..=n.min(40) {
                    let found = wilson(successes, n, confidence).unwrap();
                    for (end, bound) in [(found.low, 0.0), (found.high, 1.0)] {
                        let away = (found.value - end).abs();
                        let error = z * libm::sqrt(end * (1.0 - end) / n as f64);
                        assert!((away - error).abs() <= 1e-9, "{successes}/{n} at {confidence}: {end}");
                        assert_eq!(end == bound, found.value == bound, "{successes}/{n} at {confidence}: {end}");
                    }
                    let mirrored = wilson(n - successes, n, confidence).unwrap();
                    assert!((mirrored.high - (1.0 - found.low)).abs() <= 1e-12, "{successes}/{n}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_proportion_has_no_interval() {
        assert_eq!(wilson(0, 0, 0.95), None);
        assert_eq!(wilson(3, 2, 0.95), None);
        assert_eq!(wilson(1, 2, 1.0), None);
        assert_eq!(wilson(1, 2, f64::NAN), None);
    }
}
