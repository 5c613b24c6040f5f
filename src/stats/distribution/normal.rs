//! The normal distribution.

use super::root::crossing;

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
        }
        for confidence in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(two_sided_z(confidence).is_nan());
        }
    }
}
