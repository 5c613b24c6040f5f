//! The exact interval of a proportion.

use crate::stats::distribution::beta::beta_quantile;
use crate::stats::estimate::Estimate;

/// The proportion `successes / n` with the exact interval of Clopper and Pearson, which covers every true proportion at least as
/// often as its confidence says.
///
/// Its ends are the proportions that the one-sided binomial tests at (1 − confidence)/2 just do not reject: quantiles of beta
/// distributions. [`wilson`](super::wilson)'s is shorter and covers as often on average, but for some proportions less: at
/// n = 5 and 95 % no more than 83 % of the times.
///
/// Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934. `None` for
/// `n` = 0, more successes than `n`, or a confidence outside (0, 1).
pub fn clopper_pearson(successes: usize, n: usize, confidence: f64) -> Option<Estimate> {
    if n == 0 || successes > n || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let tail = (1.0 - confidence) / 2.0;
    let (count, all) = (successes as f64, n as f64);
    let low = beta_quantile(tail, count, all - count + 1.0);
    let high = beta_quantile(1.0 - tail, count + 1.0, all - count);
    Some(Estimate { value: count / all, low, high, n, confidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::binomial::{at_most, probabilities};
    use crate::stats::proportion::wilson;

    /// The ends are where the binomial tails have what the confidence leaves.
    #[test]
    fn the_ends_are_just_not_rejected() {
        for confidence in [0.5, 0.95, 0.99] {
            let tail = (1.0 - confidence) / 2.0;
            for n in [1, 2, 5, 10, 40] {
                for successes in 0..=n {
                    let found = clopper_pearson(successes, n, confidence).unwrap();
                    if successes == 0 {
                        assert_eq!(found.low, 0.0);
                    } else {
                        assert!((1.0 - at_most(successes - 1, n, found.low) - tail).abs() <= 1e-12);
                    }
                    if successes == n {
                        assert_eq!(found.high, 1.0);
                    } else {
                        assert!((at_most(successes, n, found.high) - tail).abs() <= 1e-12);
                    }
                }
            }
        }
        assert_eq!(clopper_pearson(0, 0, 0.95), None);
        assert_eq!(clopper_pearson(3, 2, 0.95), None);
        assert_eq!(clopper_pearson(1, 2, f64::NAN), None);
    }

    /// The least coverage over all proportions, computed, not simulated.
    #[test]
    fn it_covers_every_proportion_and_wilson_does_not() {
        let least = |n: usize, interval: fn(usize, usize, f64) -> Option<Estimate>| {
            let ends: Vec<Estimate> = (0..=n).map(|successes| interval(successes, n, 0.95).unwrap()).collect();
            let covered = |p: f64| -> f64 {
                let covers = |successes: usize| ends[successes].low <= p && p <= ends[successes].high;
                probabilities(n, p).iter().enumerate().filter(|(at, _)| covers(*at)).map(|(_, p)| p).sum()
            };
            (1..4000).map(|step| covered(f64::from(step) / 4000.0)).fold(1.0, f64::min)
        };
        for n in [1, 2, 5, 10, 20] {
            assert!(least(n, clopper_pearson) >= 0.95, "{n}: {}", least(n, clopper_pearson));
        }
        assert!(least(5, wilson) < 0.84 && least(10, wilson) < 0.84, "{} {}", least(5, wilson), least(10, wilson));
    }
}
