//! The binomial distribution.

use super::beta::beta_cdf;

/// The probability of at most `successes` of `n`, each with probability `p`.
pub(in crate::stats) fn at_most(successes: usize, n: usize, p: f64) -> f64 {
    if successes >= n { 1.0 } else { beta_cdf(1.0 - p, (n - successes) as f64, (successes + 1) as f64) }
}

/// The probability of each number of successes of `n`, from 0 to n.
pub(in crate::stats) fn probabilities(n: usize, p: f64) -> Vec<f64> {
    let (success, failure) = (libm::log(p), libm::log1p(-p));
    let all = libm::lgamma(n as f64 + 1.0);
    let term = |k: usize| {
        let (k, rest) = (k as f64, (n - k) as f64);
        let part = |count: f64, log: f64| if count == 0.0 { 0.0 } else { count * log };
        let ways = all - libm::lgamma(k + 1.0) - libm::lgamma(rest + 1.0);
        libm::exp(ways + part(k, success) + part(rest, failure))
    };
    (0..=n).map(term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_probabilities_are_the_tails() {
        for (n, p) in [(1, 0.3), (5, 0.5), (10, 0.9), (40, 0.01)] {
            let each = probabilities(n, p);
            for k in 0..=n {
                let sum: f64 = each[..=k].iter().sum();
                assert!((at_most(k, n, p) - sum).abs() <= 1e-13, "{k} of {n} at {p}");
            }
        }
        assert_eq!(probabilities(2, 0.0), [1.0, 0.0, 0.0]);
        assert_eq!(probabilities(2, 1.0), [0.0, 0.0, 1.0]);
    }
}
