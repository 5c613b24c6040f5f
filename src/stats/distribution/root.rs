//! Roots of monotone functions.

/// Where an increasing function becomes positive between `low` and `high`, by bisection down to neighbouring doubles.
///
/// `low` where it is positive all over, `high` where it never is. NaN counts as not positive.
pub(in crate::stats) fn crossing(mut low: f64, mut high: f64, increasing: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if increasing(middle) > 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_where_the_sign_changes() {
        assert!((crossing(0.0, 10.0, |x| x * x - 2.0) - std::f64::consts::SQRT_2).abs() <= 1e-15);
        assert!(crossing(1.0, 2.0, |x| x) <= 1.0 + 1e-15);
        assert!(crossing(1.0, 2.0, |_| f64::NAN) >= 2.0 - 1e-15);
    }
}
