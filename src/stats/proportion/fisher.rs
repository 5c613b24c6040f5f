//! Fisher's exact test with the difference of two independent proportions.

use crate::stats::distribution::beta::{beta_cdf, beta_density, beta_quantile};
use crate::stats::distribution::quadrature::integral;
use crate::stats::distribution::root::crossing;
use crate::stats::estimate::Estimate;
use crate::stats::permutation::binomial;
use crate::stats::test::{Alternative, Test};

/// So many values for each part over which densities are integrated: they are polynomials, of a degree below the number of values.
const VALUES_PER_PANEL: usize = 32;

/// Fisher's exact test of two independent proportions, each `(successes, n)`, with their difference left − right.
///
/// Given the number of all successes, that of the left side is hypergeometric if both have one probability. The two-sided p-value is
/// twice the smaller of the one-sided ones. The effect's interval is the melded one of Fay, Proschan and Brittain: the ends that
/// Clopper and Pearson's limits of either side make when their confidence is drawn at random. It excludes 0 exactly if the two-sided
/// test rejects at 1 − confidence, and covers at least as often as it says; [`newcombe`](super::newcombe)'s is shorter and covers so
/// often on average only.
///
/// Fisher, "The logic of inductive inference", 1935. Fay, Proschan and Brittain, "Combining one-sample confidence procedures for
/// inference in the two-sample case", 2015.
///
/// `None` for an n of 0, more successes than n, or a confidence outside (0, 1).
pub fn fisher_exact_test(
    left: (usize, usize),
    right: (usize, usize),
    alternative: Alternative,
    confidence: f64,
) -> Option<Test> {
    let invalid = |(successes, n): (usize, usize)| n == 0 || successes > n;
    if invalid(left) || invalid(right) || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let n = left.1 + right.1;
    let (below, above) = fisher_p(left, right);
    let value = left.0 as f64 / left.1 as f64 - right.0 as f64 / right.1 as f64;
    let tail = (1.0 - confidence) / 2.0;
    let low = -melded_upper(right, left, tail);
    let high = melded_upper(left, right, tail);
    Some(Test {
        name: "Fisher's exact test",
        statistic: value,
        p: alternative.p(below, above),
        least_p: least_p_of_fisher(left.1, right.1, alternative),
        n,
        effect: Estimate { value, low, high, n, confidence },
    })
}

/// The smallest p-value of [`fisher_exact_test`] for so many replicates on either side, such as 2/252 for 5 and 5 and two sides: where
/// all of one side succeed and none of the other.
pub fn least_p_of_fisher(left: usize, right: usize, alternative: Alternative) -> f64 {
    (alternative.sides() / binomial(left + right, left)).min(1.0)
}

/// The probabilities that the left side has at most and at least its successes, given those of both.
pub(in crate::stats) fn fisher_p(left: (usize, usize), right: (usize, usize)) -> (f64, f64) {
    let successes = left.0 + right.0;
    let each = hypergeometric(left.1, right.1, successes);
    let at = left.0 - successes.saturating_sub(right.1);
    (each[..=at].iter().sum(), each[at..].iter().sum())
}

/// The probabilities that the left side has each number of the successes that it can have, from the fewest to the most.
fn hypergeometric(left: usize, right: usize, successes: usize) -> Vec<f64> {
    let log_choose = |n: usize, k: usize| {
        let log = |n: usize| libm::lgamma(n as f64 + 1.0);
        log(n) - log(k) - log(n - k)
    };
    let all = log_choose(left + right, successes);
    let possible = successes.saturating_sub(right)..=successes.min(left);
    possible.map(|ours| libm::exp(log_choose(left, ours) + log_choose(right, successes - ours) - all)).collect()
}

/// The upper end of the difference p − q: P(U − L ≤ end) = 1 − `tail` for U drawn from the upper limits of p, L from the lower of q.
fn melded_upper(of_p: (usize, usize), of_q: (usize, usize), tail: f64) -> f64 {
    let (p, n) = (of_p.0 as f64, of_p.1 as f64);
    let (q, m) = (of_q.0 as f64, of_q.1 as f64);
    let (upper, lower) = ((p + 1.0, n - p), (q, m - q + 1.0));
    if upper.1 == 0.0 && lower.0 == 0.0 {
        return 1.0;
    }
    if upper.1 == 0.0 {
        return 1.0 - beta_quantile(tail, lower.0, lower.1);
    }
    if lower.0 == 0.0 {
        return beta_quantile(1.0 - tail, upper.0, upper.1);
    }
    let panels = 1 + (of_p.1 + of_q.1) / VALUES_PER_PANEL;
    let below = |end: f64| {
        // Where l + end is below 0 nothing is added, and above 1 all of it.
        let (from, to) = ((-end).clamp(0.0, 1.0), (1.0 - end).clamp(0.0, 1.0));
        let density = |l: f64| beta_density(l, lower.0, lower.1);
        let within = integral(from, to, panels, |l| density(l) * beta_cdf(l + end, upper.0, upper.1));
        within + 1.0 - beta_cdf(to, lower.0, lower.1)
    };
    crossing(-1.0, 1.0, |end| below(end) - (1.0 - tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(left: (usize, usize), right: (usize, usize), alternative: Alternative) -> Test {
        fisher_exact_test(left, right, alternative, 0.95).unwrap()
    }

    /// Of 5 successes among 10 the one choice in 252 that gives all of them to the left.
    #[test]
    fn p_is_that_counted_by_hand() {
        let apart = test((5, 5), (0, 5), Alternative::Greater);
        assert!((apart.p - 1.0 / 252.0).abs() <= 1e-15 && (apart.least_p - 1.0 / 252.0).abs() <= 1e-15, "{apart:?}");
        assert!((test((5, 5), (0, 5), Alternative::TwoSided).p - 2.0 / 252.0).abs() <= 1e-15);
        assert!((test((5, 5), (0, 5), Alternative::Less).p - 1.0).abs() <= 1e-12);
        // 26 of 252: four of five, or five.
        assert!((test((4, 5), (1, 5), Alternative::Greater).p - 26.0 / 252.0).abs() <= 1e-14);
        let same = test((5, 5), (5, 5), Alternative::TwoSided);
        assert_eq!((same.p, same.effect.value), (1.0, 0.0));
        assert!(same.effect.low < -0.4 && same.effect.high > 0.4, "{same:?}");
    }

    /// Melding is Fisher's test turned round: 0 is outside the interval exactly if the test rejects.
    #[test]
    fn the_interval_agrees_with_the_test() {
        for (n, m) in [(5, 5), (10, 10), (4, 9)] {
            for x in 0..=n {
                for y in 0..=m {
                    for confidence in [0.8, 0.95] {
                        let found = fisher_exact_test((x, n), (y, m), Alternative::TwoSided, confidence).unwrap();
                        let excluded = found.effect.low > 0.0 || found.effect.high < 0.0;
                        assert_eq!(excluded, found.p < 1.0 - confidence, "{x}/{n} {y}/{m}: {found:?}");
                        assert!(found.effect.low <= found.effect.value && found.effect.value <= found.effect.high);
                    }
                }
            }
        }
    }

    #[test]
    fn no_proportion_no_test() {
        assert_eq!(fisher_exact_test((0, 0), (1, 2), Alternative::TwoSided, 0.95), None);
        assert_eq!(fisher_exact_test((3, 2), (1, 2), Alternative::TwoSided, 0.95), None);
        assert_eq!(fisher_exact_test((1, 2), (1, 2), Alternative::TwoSided, 1.0), None);
    }
}
