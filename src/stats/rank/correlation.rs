//! The rank correlation as a number, such as that within a replicate.

use super::midranks::shared_ranks;

/// Spearman's rank correlation of pairs: the correlation of their ranks, equal values sharing the mean of theirs. Infinities are
/// ranked at their ends. 0 where one side does not vary, as nothing goes with it then; NaN with a value that is not a number.
pub fn rank_correlation(left: &[f64], right: &[f64]) -> f64 {
    if left.iter().chain(right).any(|value| value.is_nan()) {
        return f64::NAN;
    }
    let (left, right) = (centred_ranks(left), centred_ranks(right));
    let product = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(left, right)| left * right).sum::<f64>();
    let scale = libm::sqrt(product(&left, &left) * product(&right, &right));
    if scale > 0.0 { (product(&left, &right) / scale).clamp(-1.0, 1.0) } else { 0.0 }
}

/// The ranks less their mean.
fn centred_ranks(values: &[f64]) -> Vec<f64> {
    let mean = (values.len() as f64 + 1.0) / 2.0;
    shared_ranks(values).into_iter().map(|rank| rank - mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values from R: `cor(x, y, method = "spearman")`.
    #[test]
    fn ties_share_ranks_and_infinities_have_theirs() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        for (y, expected) in [
            ([2.0, 1.0, 4.0, 3.0, 5.0], 0.8),
            ([1.0, 1.0, 2.0, 2.0, 2.0], 0.866_025_403_784_438_6),
            ([f64::NEG_INFINITY, 0.0, 1.0, 2.0, f64::INFINITY], 1.0),
            ([5.0, 4.0, 3.0, 2.0, 1.0], -1.0),
            ([7.0; 5], 0.0),
        ] {
            let found = rank_correlation(&x, &y);
            assert!((found - expected).abs() <= 1e-12, "{y:?}: {found}");
        }
        assert!(rank_correlation(&x, &[1.0, 2.0, f64::NAN, 3.0, 4.0]).is_nan());
    }
}
