//! Many tests at once.

/// The p-values adjusted by Holm's step-down method: rejecting those at most α keeps the probability of any false rejection at α,
/// however the tests depend on each other. In the order of `p_values`.
///
/// The k-th smallest of m is multiplied by m − k + 1 and raised to what comes before it. A p-value that is not a number counts as 1.
///
/// Holm, "A simple sequentially rejective multiple test procedure", 1979.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut largest = 0.0_f64;
    adjusted(p_values, ascending(p_values), |rank, p| {
        largest = largest.max(p * (m - rank) as f64);
        largest
    })
}

/// The p-values adjusted by Benjamini and Hochberg's step-up method: rejecting those at most α keeps the expected share of false
/// rejections among all at α, for independent or positively dependent tests. In the order of `p_values`.
///
/// The k-th smallest of m is multiplied by m/k and lowered to what comes after it. A p-value that is not a number counts as 1.
///
/// Benjamini and Hochberg, "Controlling the false discovery rate", 1995.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut smallest = f64::INFINITY;
    let mut descending = ascending(p_values);
    descending.reverse();
    adjusted(p_values, descending, |rank, p| {
        smallest = smallest.min(p * m as f64 / (m - rank) as f64);
        smallest
    })
}

/// The confidence of each of `count` intervals that keeps all of them covering at once with the given one (Bonferroni).
pub fn simultaneous_confidence(confidence: f64, count: usize) -> f64 {
    1.0 - (1.0 - confidence) / count.max(1) as f64
}

fn number(p: f64) -> f64 {
    if p.is_nan() { 1.0 } else { p }
}

/// The places of the p-values from the smallest up; of equal ones the earlier first.
fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&left, &right| number(p_values[left]).total_cmp(&number(p_values[right])));
    order
}

fn adjusted(p_values: &[f64], order: Vec<usize>, mut adjust: impl FnMut(usize, f64) -> f64) -> Vec<f64> {
    let mut adjusted = vec![1.0; p_values.len()];
    for (rank, place) in order.into_iter().enumerate() {
        adjusted[place] = adjust(rank, number(p_values[place])).min(1.0);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= 1e-15), "{found:?}");
    }

    #[test]
    fn adjusted_values_are_those_worked_by_hand() {
        let p = [0.01, 0.04, 0.03, 0.005];
        close(&holm(&p), &[0.03, 0.06, 0.06, 0.02]);
        close(&benjamini_hochberg(&p), &[0.02, 0.04, 0.04, 0.02]);
        close(&holm(&[0.7, 0.6]), &[1.0, 1.0]);
        close(&holm(&[0.2]), &[0.2]);
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
    }

    #[test]
    fn ties_and_what_is_not_a_number_are_defined() {
        close(&holm(&[0.01, f64::NAN, 0.01]), &[0.03, 1.0, 0.03]);
        close(&benjamini_hochberg(&[0.01, f64::NAN, 0.01]), &[0.015, 1.0, 0.015]);
        assert_eq!(simultaneous_confidence(0.95, 0), 0.95);
        assert!((simultaneous_confidence(0.95, 5) - 0.99).abs() <= 1e-15);
    }
}
