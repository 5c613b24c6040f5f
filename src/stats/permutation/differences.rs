//! Differences of pairs.

use crate::stats::order::NonFinite;

/// The differences left − right of values that are paired by replicate.
///
/// A value that is not finite is worse than every number, as `non_finite` says: against a number its difference is infinite, with
/// the sign of that rank, and two of them do not differ. So no difference is NaN.
///
/// `None` for lists of unequal length.
pub fn differences(left: &[f64], right: &[f64], non_finite: NonFinite) -> Option<Vec<f64>> {
    let difference = |(&left, &right): (&f64, &f64)| match (left.is_finite(), right.is_finite()) {
        // Of numbers near the largest double the difference may overflow; then it is the largest double.
        (true, true) => (left - right).clamp(f64::MIN, f64::MAX),
        (false, true) => non_finite.infinity(),
        (true, false) => -non_finite.infinity(),
        (false, false) => 0.0,
    };
    (left.len() == right.len()).then(|| left.iter().zip(right).map(difference).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diverged_trial_differs_without_bound_from_a_finished_one() {
        let (left, right) = ([3.0, f64::NAN, 1.0, f64::INFINITY], [1.0, 2.0, f64::INFINITY, f64::NAN]);
        let infinity = f64::INFINITY;
        let of = |non_finite| differences(&left, &right, non_finite).unwrap();
        assert_eq!(of(NonFinite::Highest), [2.0, infinity, -infinity, 0.0]);
        assert_eq!(of(NonFinite::Lowest), [2.0, -infinity, infinity, 0.0]);
        assert_eq!(differences(&[f64::MAX], &[f64::MIN], NonFinite::Lowest), Some(vec![f64::MAX]));
        assert_eq!(differences(&left, &right[1..], NonFinite::Lowest), None);
        assert_eq!(differences(&[], &[], NonFinite::Lowest), Some(vec![]));
    }
}
