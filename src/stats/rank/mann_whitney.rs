//! Mann and Whitney's test, with the probability that one sample is above the other.

use super::midranks::{midranks, tie_correction};
use crate::stats::distribution::normal::{normal_cdf, two_sided_z};
use crate::stats::distribution::root::crossing;
use crate::stats::estimate::Estimate;
use crate::stats::order::NonFinite;
use crate::stats::permutation::binomial;
use crate::stats::test::{Alternative, Test};

/// Up to so many values on either side the distribution is computed.
const EXACT: usize = 50;

/// Mann and Whitney's test whether values of the left sample are above those of the right, with the probability that they are.
///
/// U counts the pairs of which the left value is larger, and equal ones half. The p-value is exact without ties and with up to 50
/// values on either side, else of the normal approximation with corrections for ties and continuity. Values that are not finite rank
/// as `non_finite` says, all equal.
///
/// The effect is [`probability_of_improvement`] without tasks: P(left > right) + ½·P(left = right).
///
/// Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947.
///
/// `None` without values on either side or for a confidence outside (0, 1).
pub fn mann_whitney_test(
    left: &[f64],
    right: &[f64],
    non_finite: NonFinite,
    alternative: Alternative,
    confidence: f64,
) -> Option<Test> {
    let effect = probability_of_improvement(&[(left, right)], non_finite, confidence)?;
    let (n, m) = (left.len(), right.len());
    let all: Vec<f64> = left.iter().chain(right).copied().collect();
    let ranks = midranks(&all, non_finite);
    let ties = tie_correction(&ranks);
    let pairs = (n * m) as f64;
    let statistic = effect.value * pairs;
    let exact = ties == 0.0 && n.max(m) <= EXACT;
    let (below, above) = if exact {
        let ways = ways(n, m);
        let total: f64 = ways.iter().sum();
        let at = statistic.round() as usize;
        (ways[..=at].iter().sum::<f64>() / total, ways[at..].iter().sum::<f64>() / total)
    } else {
        let count = (n + m) as f64;
        let deviation = libm::sqrt(pairs / 12.0 * (count + 1.0 - ties / (count * (count - 1.0))));
        let tail = |excess: f64| if deviation > 0.0 { normal_cdf(-(excess - 0.5) / deviation) } else { 1.0 };
        (tail(0.5 * pairs - statistic), tail(statistic - 0.5 * pairs))
    };
    Some(Test {
        name: if exact { "Mann–Whitney test (exact)" } else { "Mann–Whitney test (normal approximation)" },
        statistic,
        p: alternative.p(below, above),
        least_p: (alternative.sides() / binomial(n + m, n)).min(1.0),
        n: n + m,
        effect,
    })
}

/// The probability that a trial of the left method is above one of the right on the same task, ties counting half, over the mean of
/// `tasks`, each with the values of both methods.
///
/// The interval of one task is Newcombe's, from the variance of U as a function of the probability itself; it has a width also where
/// the samples do not overlap. It then excludes ½, as chance does in 2 of all orders: with 3 values against 3 it covers 90 %, as
/// [`Estimate::confidence`] says. Those of several tasks are combined by the squares of their distances. Values that are not finite rank
/// as `non_finite` says.
///
/// Newcombe, "Confidence intervals for an effect size measure based on the Mann–Whitney statistic", part 2, 2006, method 5. Agarwal et
/// al., arXiv:2108.13264v4, section 4.3.
///
/// `None` without tasks, for a task without values on either side, or for a confidence outside (0, 1).
pub fn probability_of_improvement(
    tasks: &[(&[f64], &[f64])],
    non_finite: NonFinite,
    confidence: f64,
) -> Option<Estimate> {
    let z = two_sided_z(confidence);
    if tasks.is_empty() || z.is_nan() || tasks.iter().any(|(left, right)| left.is_empty() || right.is_empty()) {
        return None;
    }
    let count = tasks.len() as f64;
    let (mut value, mut below, mut above) = (0.0, 0.0, 0.0);
    for (left, right) in tasks {
        let of_task = share_above(left, right, non_finite);
        let (low, high) = interval(of_task, left.len(), right.len(), z);
        value += of_task / count;
        below += (of_task - low) * (of_task - low);
        above += (high - of_task) * (high - of_task);
    }
    let n = tasks.iter().map(|(left, right)| left.len() + right.len()).sum();
    // Samples that do not overlap exclude ½, and do so by chance on either side.
    let orders: f64 = tasks.iter().map(|(left, right)| binomial(left.len() + right.len(), left.len())).product();
    let attained = (1.0 - 2.0 / orders).max(0.0);
    let low = (value - libm::sqrt(below) / count).max(0.0);
    let high = (value + libm::sqrt(above) / count).min(1.0);
    Some(Estimate { value, low, high, n, confidence: attained.min(confidence) })
}

/// The share of pairs of which the left value is larger, equal ones half.
fn share_above(left: &[f64], right: &[f64], non_finite: NonFinite) -> f64 {
    let all: Vec<f64> = left.iter().chain(right).copied().collect();
    let ranks: f64 = midranks(&all, non_finite)[..left.len()].iter().sum();
    let n = left.len() as f64;
    (ranks - 0.5 * n * (n + 1.0)) / (n * right.len() as f64)
}

/// The probabilities from which the observed one lies z standard errors away.
fn interval(value: f64, n: usize, m: usize, z: f64) -> (f64, f64) {
    let pairs = (n * m) as f64;
    let others = 0.5 * (n + m) as f64 - 1.0;
    let error = |p: f64| {
        let spread = 1.0 + others * ((1.0 - p) / (2.0 - p) + p / (1.0 + p));
        z * libm::sqrt((p * (1.0 - p) * spread / pairs).max(0.0))
    };
    // At the ends of the range the error is 0 and so the distance the larger.
    let low = crossing(0.0, value, |p| error(p) - (value - p));
    let high = crossing(value, 1.0, |p| (p - value) - error(p));
    (if value == 0.0 { 0.0 } else { low }, if value == 1.0 { 1.0 } else { high })
}

/// The number of orders of n left and m right values without ties that give each U, from 0 to n·m.
fn ways(n: usize, m: usize) -> Vec<f64> {
    // The coefficients of the Gaussian binomial: multiplied by 1 − q^(m + i), divided by 1 − qⁱ.
    let most = n * m;
    let mut ways = vec![0.0; most + 1];
    ways[0] = 1.0;
    for i in 1..=n {
        for at in (m + i..=most).rev() {
            ways[at] -= ways[at - m - i];
        }
        for at in i..=most {
            ways[at] += ways[at - i];
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(left: &[f64], right: &[f64], alternative: Alternative) -> Test {
        mann_whitney_test(left, right, NonFinite::Highest, alternative, 0.95).unwrap()
    }

    #[test]
    fn p_is_that_counted_by_hand() {
        // Of the 10 choices of two places among five, U takes 0, 1, 2, 2, 3, 3, 4, 4, 5, 6.
        assert_eq!(ways(2, 3), [1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0]);
        let found = test(&[4.0, 5.0], &[1.0, 2.0, 3.0], Alternative::Greater);
        assert_eq!((found.statistic, found.p, found.least_p, found.effect.value), (6.0, 0.1, 0.1, 1.0));
        assert!(found.effect.low < 0.75 && found.effect.high == 1.0, "{found:?}");
        assert_eq!(test(&[3.0, 5.0], &[1.0, 2.0, 4.0], Alternative::Greater).p, 0.2);
        assert_eq!(test(&[1.0, 2.0], &[3.0, 4.0, 5.0], Alternative::Less).p, 0.1);
        assert_eq!(test(&[3.0, 5.0], &[1.0, 2.0, 4.0], Alternative::TwoSided).p, 0.4);
        let many: Vec<f64> = ways(50, 50);
        let total: f64 = many.iter().sum();
        assert!((total / binomial(100, 50) - 1.0).abs() <= 1e-9, "{total}");
    }

    #[test]
    fn ties_divergence_and_single_values_are_defined() {
        let tied = test(&[1.0, 2.0, 2.0], &[2.0, 3.0, 1.0], Alternative::TwoSided);
        assert_eq!((tied.name, tied.statistic), ("Mann–Whitney test (normal approximation)", 3.5));
        let same = test(&[1.0; 5], &[1.0; 5], Alternative::TwoSided);
        assert_eq!((same.p, same.effect.value), (1.0, 0.5));
        let diverged = test(&[f64::NAN; 5], &[1.0, 2.0, 3.0, 4.0, 5.0], Alternative::Greater);
        assert!(diverged.effect.value == 1.0 && diverged.p < 0.01, "{diverged:?}");
        let one = test(&[2.0], &[1.0], Alternative::Greater);
        assert_eq!((one.p, one.least_p), (0.5, 0.5));
        assert_eq!(mann_whitney_test(&[], &[1.0], NonFinite::Highest, Alternative::Less, 0.95), None);
    }

    #[test]
    fn over_tasks_it_is_the_mean_with_a_shorter_interval() {
        let task: (&[f64], &[f64]) = (&[3.0, 5.0, 7.0], &[1.0, 2.0, 4.0]);
        let one = probability_of_improvement(&[task], NonFinite::Highest, 0.95).unwrap();
        let four = probability_of_improvement(&[task; 4], NonFinite::Highest, 0.95).unwrap();
        assert!((one.value - 8.0 / 9.0).abs() <= 1e-15 && (four.value - one.value).abs() <= 1e-15);
        assert!((2.0 * (four.value - four.low) - (one.value - one.low)).abs() <= 1e-12, "{one:?} {four:?}");
        assert_eq!(four.n, 24);
        let mirrored = probability_of_improvement(&[(task.1, task.0)], NonFinite::Highest, 0.95).unwrap();
        assert!((mirrored.low - (1.0 - one.high)).abs() <= 1e-12, "{one:?} {mirrored:?}");
        assert_eq!(probability_of_improvement(&[], NonFinite::Highest, 0.95), None);
        assert_eq!((one.confidence, four.confidence), (0.9, 0.95));
    }
}
