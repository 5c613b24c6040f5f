//! The gamma distribution and χ².

/// Terms after which a series or continued fraction has converged or never will.
const MOST_TERMS: usize = 10_000;

/// The probability that χ² with so many degrees of freedom is at least `x`; NaN for NaN or without degrees of freedom.
pub(in crate::stats) fn chi_squared_survival(x: f64, degrees: f64) -> f64 {
    upper(0.5 * degrees, 0.5 * x)
}

/// The regularized upper incomplete gamma function Q(a, x): a series below the mean, a continued fraction above.
///
/// Abramowitz and Stegun, "Handbook of mathematical functions", 6.5.29 and 6.5.31.
fn upper(a: f64, x: f64) -> f64 {
    if !(a > 0.0 && a.is_finite()) || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    if x == f64::INFINITY {
        return 0.0;
    }
    let scale = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for n in 1..MOST_TERMS {
            term *= x / (a + n as f64);
            sum += term;
            if term <= sum * f64::EPSILON {
                break;
            }
        }
        return 1.0 - scale * sum;
    }
    // Lentz's evaluation of the continued fraction.
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut fraction = d;
    for n in 1..MOST_TERMS {
        let n = n as f64;
        let numerator = -n * (n - a);
        b += 2.0;
        let away = |value: f64| if value.abs() < TINY { TINY } else { value };
        d = 1.0 / away(numerator * d + b);
        c = away(b + numerator / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    scale * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With two degrees of freedom it is exp(−x/2); with one, P(|Z| ≥ √x).
    #[test]
    fn it_is_what_closed_forms_say() {
        for x in [1e-6, 0.3, 1.0, 2.9, 3.1, 10.0, 60.0] {
            let two = libm::exp(-0.5 * x);
            assert!((chi_squared_survival(x, 2.0) / two - 1.0).abs() <= 1e-12, "{x}");
            let one = libm::erfc(libm::sqrt(0.5 * x));
            assert!((chi_squared_survival(x, 1.0) / one - 1.0).abs() <= 1e-12, "{x}");
            let four = two * (1.0 + 0.5 * x);
            assert!((chi_squared_survival(x, 4.0) / four - 1.0).abs() <= 1e-12, "{x}");
        }
        assert_eq!(chi_squared_survival(0.0, 3.0), 1.0);
        assert_eq!(chi_squared_survival(f64::INFINITY, 3.0), 0.0);
        assert!(chi_squared_survival(1.0, 0.0).is_nan() && chi_squared_survival(f64::NAN, 1.0).is_nan());
    }
}
