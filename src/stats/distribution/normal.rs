//! The normal distribution.

use super::root::crossing;

/// The probability that a standard normal is at most `x`; NaN for NaN.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// The density of the standard normal at `x`.
pub(in crate::stats) fn normal_density(x: f64) -> f64 {
    const HEIGHT: f64 = 0.398_942_280_401_432_7;
    HEIGHT * libm::exp(-0.5 * x * x)
}

/// The x that a standard normal exceeds with probability 1 − `p`; NaN unless 0 < `p` < 1.
pub fn normal_quantile(p: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    // Of the smaller tail, which keeps its digits; beyond 40 it underflows.
    let tail = p.min(1.0 - p);
    let x = crossing(0.0, 40.0, |x| tail - normal_cdf(-x));
    if p < 0.5 { -x } else { x }
}

/// The z with P(|Z| ≤ z) = `confidence` for a standard normal Z, such as 1.96 for 0.95.
///
/// NaN unless 0 < `confidence` < 1.
pub fn two_sided_z(confidence: f64) -> f64 {
    if !(confidence > 0.0 && confidence < 1.0) {
        return f64::NAN;
    }
    let tail = 1.0 - confidence;
    crossing(0.0, 40.0, |z| tail - libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z_is_that_of_the_tables() {
        for (confidence, z) in [
            (0.682_689_492_137_085_9, 1.0),
            (0.9, 1.644_853_626_951_472_7),
            (0.95, 1.959_963_984_540_054),
            (0.99, 2.575_829_303_548_900_4),
            (0.999_999, 4.891_638_475_699_4),
        ] {
            assert!((two_sided_z(confidence) - z).abs() <= 1e-9, "{confidence}");
            assert!((normal_quantile(0.5 + 0.5 * confidence) - z).abs() <= 1e-9, "{confidence}");
            assert!((normal_quantile(0.5 - 0.5 * confidence) + z).abs() <= 1e-9, "{confidence}");
            assert!((2.0 * normal_cdf(z) - 1.0 - confidence).abs() <= 1e-12, "{confidence}");
        }
        for confidence in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(two_sided_z(confidence).is_nan() && normal_quantile(confidence).is_nan());
        }
        assert!(normal_cdf(f64::NAN).is_nan());
        assert!((normal_quantile(1e-12) + 7.034_483_825_301_131).abs() <= 1e-9);
    }
}
