//! The beta distribution and F.

use super::root::crossing;

/// Terms after which the continued fraction has converged or never will.
const MOST_TERMS: usize = 10_000;

/// The probability that a beta variable with shapes `a` and `b` is at most `x`: the regularized incomplete beta function, by the
/// continued fraction of Abramowitz and Stegun, 26.5.8, on the side where it converges fast.
///
/// A shape of 0 puts all mass at that end: at 0 for `a`, at 1 for `b`. NaN for NaN and for negative shapes.
pub(in crate::stats) fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if !(a >= 0.0 && b >= 0.0 && a + b > 0.0) || x.is_nan() {
        return f64::NAN;
    }
    if x >= 1.0 || (a == 0.0 && x >= 0.0) {
        return 1.0;
    }
    if x <= 0.0 || b == 0.0 {
        return 0.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) { 1.0 - tail(1.0 - x, b, a) } else { tail(x, a, b) }
}

/// The x below which a beta variable lies with probability `p`.
pub(in crate::stats) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if a == 0.0 {
        return 0.0;
    }
    if b == 0.0 {
        return 1.0;
    }
    crossing(0.0, 1.0, |x| beta_cdf(x, a, b) - p)
}

/// The density of the beta distribution of positive shapes at 0 < `x` < 1.
pub(in crate::stats) fn beta_density(x: f64, a: f64, b: f64) -> f64 {
    libm::exp((a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x) - log_beta(a, b))
}

/// The probability that F with these degrees of freedom is at least `x`.
pub(in crate::stats) fn f_survival(x: f64, numerator: f64, denominator: f64) -> f64 {
    if x == f64::INFINITY {
        return 0.0;
    }
    beta_cdf(denominator / (denominator + numerator * x.max(0.0)), 0.5 * denominator, 0.5 * numerator)
}

fn log_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// The lower tail by Lentz's evaluation of the continued fraction.
fn tail(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let scale = libm::exp(a * libm::log(x) + b * libm::log1p(-x) - log_beta(a, b)) / a;
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..MOST_TERMS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for numerator in [even, odd] {
            d = 1.0 / away(1.0 + numerator * d);
            c = away(1.0 + numerator / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    scale * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_closed_forms_say() {
        for x in [1e-4, 0.1, 0.5, 0.77, 0.999] {
            assert!((beta_cdf(x, 1.0, 1.0) - x).abs() <= 1e-14, "{x}");
            assert!((beta_cdf(x, 3.0, 1.0) - x * x * x).abs() <= 1e-14, "{x}");
            // Of three uniform numbers the middle one: 3x² − 2x³.
            assert!((beta_cdf(x, 2.0, 2.0) - x * x * (3.0 - 2.0 * x)).abs() <= 1e-14, "{x}");
            let arcsine = libm::asin(libm::sqrt(x)) / std::f64::consts::FRAC_PI_2;
            assert!((beta_cdf(x, 0.5, 0.5) - arcsine).abs() <= 1e-13, "{x}");
            // Near 1 the probability itself has no more digits to tell.
            let there_and_back = beta_quantile(beta_cdf(x, 4.0, 7.0), 4.0, 7.0);
            assert!((there_and_back - x).abs() <= 1e-13 || x > 0.9, "{x}: {there_and_back}");
            assert!((beta_density(x, 2.0, 2.0) - 6.0 * x * (1.0 - x)).abs() <= 1e-12, "{x}");
        }
        assert_eq!((beta_cdf(0.5, 0.0, 3.0), beta_cdf(0.5, 3.0, 0.0)), (1.0, 0.0));
        // The ends themselves, where all mass may be.
        assert_eq!([(0.0, 3.0), (3.0, 0.0), (2.0, 3.0)].map(|(a, b)| beta_cdf(0.0, a, b)), [1.0, 0.0, 0.0]);
        assert_eq!([(0.0, 3.0), (3.0, 0.0), (2.0, 3.0)].map(|(a, b)| beta_cdf(1.0, a, b)), [1.0; 3]);
        assert_eq!([(0.0, 3.0), (3.0, 0.0), (2.0, 3.0)].map(|(a, b)| beta_cdf(-0.1, a, b)), [0.0; 3]);
        assert_eq!((beta_quantile(0.3, 0.0, 3.0), beta_quantile(0.3, 3.0, 0.0)), (0.0, 1.0));
        assert!(beta_cdf(f64::NAN, 1.0, 1.0).is_nan() && beta_cdf(0.5, -1.0, 1.0).is_nan());
    }

    #[test]
    fn f_is_that_of_the_tables() {
        for (degrees, t) in [(1.0, 12.706_204_736), (4.0, 2.776_445_105), (9.0, 2.262_157_163)] {
            assert!((f_survival(t * t, 1.0, degrees) - 0.05).abs() <= 1e-10, "{degrees}");
        }
        assert_eq!((f_survival(0.0, 3.0, 4.0), f_survival(f64::INFINITY, 3.0, 4.0)), (1.0, 0.0));
    }
}
