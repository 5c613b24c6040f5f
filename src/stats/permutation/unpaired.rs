//! The permutation test of two independent samples.

use super::draws::choose;
use super::rerandomized::{RESAMPLES, Rerandomized};
use super::total::Total;
use crate::stats::order::NonFinite;
use crate::stats::test::{Alternative, Hypothesis, Test};

/// Up to so many permutations all of them are looked at: those of 10 values against 10 are 184 756.
const EXACT: f64 = 200_000.0;

/// The permutation test of two independent samples, with the difference of their means.
///
/// Were both of one distribution, every choice of the left sample out of all values would be as likely. The p-value is the share of
/// the choices whose difference of means is as far from the null hypothesis as the observed one; where there are more than
/// 200 000, of 9999 random ones and the observed one. Ties count as extreme.
///
/// The effect is the difference of the means, left − right. Its interval holds the shifts that the two-sided test does not reject
/// and covers exactly where the two distributions are shifts of each other. With 3 values against 3 or fewer it cannot reach
/// 95 %; [`Estimate::confidence`](super::super::Estimate::confidence) says what it has.
///
/// A value that is not finite ranks as `non_finite` says, outweighs every sum of numbers, and cancels one on the other side.
///
/// Pitman, "Significance tests which may be applied to samples from any populations", 1937.
///
/// `None` without values on either side, for a null hypothesis that is not finite, or a confidence outside (0, 1).
pub fn permutation_test(
    left: &[f64],
    right: &[f64],
    non_finite: NonFinite,
    hypothesis: Hypothesis,
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Test> {
    let valid = hypothesis.null.is_finite() && confidence > 0.0 && confidence < 1.0;
    if left.is_empty() || right.is_empty() || !valid {
        return None;
    }
    let defined = |&value: &f64| if value.is_finite() { value } else { non_finite.infinity() };
    let left: Vec<f64> = left.iter().map(defined).collect();
    let right: Vec<f64> = right.iter().map(defined).collect();
    let all = || left.iter().chain(&right).copied();
    let mut exchanges = Rerandomized::new(all(), binomial(left.len() + right.len(), left.len()) <= EXACT);
    if exchanges.exact() {
        let (ours, theirs) = (by_size(&left), by_size(&right));
        for (count, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            for &ours in ours {
                for &theirs in theirs {
                    let mut total = ours;
                    total -= theirs;
                    exchanges.add(total, count);
                }
            }
        }
    } else {
        let mut places: Vec<usize> = (0..left.len() + right.len()).collect();
        for _ in 0..RESAMPLES {
            choose(&mut places, left.len(), &mut random);
            let (chosen, rest) = places.split_at(left.len());
            let given = rest.iter().filter(|place| **place < left.len());
            let taken = chosen.iter().filter(|place| **place >= left.len());
            let count = taken.clone().count();
            let mut total = Total::of(given.map(|&place| left[place]));
            total -= Total::of(taken.map(|&place| right[place - left.len()]));
            exchanges.add(total, count);
        }
    }
    let difference = difference_of_means(&left, &right);
    Some(Test {
        name: if exchanges.exact() {
            "permutation test (exact)"
        } else {
            "permutation test (9999 random permutations)"
        },
        statistic: difference,
        p: exchanges.p(hypothesis.null, hypothesis.alternative),
        least_p: exchanges.least_p(hypothesis.alternative),
        n: left.len() + right.len(),
        effect: exchanges.estimate(difference, left.len() + right.len(), confidence),
    })
}

/// The difference of the means; infinite where the share of infinite values differs.
fn difference_of_means(left: &[f64], right: &[f64]) -> f64 {
    // Each value as often as the other side has values: then sums can be compared.
    let repeated = |values: &[f64], times: usize| {
        let infinite: i64 = values.iter().filter(|value| value.is_infinite()).map(|value| value.signum() as i64).sum();
        infinite * times as i64
    };
    match repeated(left, right.len()) - repeated(right, left.len()) {
        0 => {
            let mean =
                |values: &[f64]| values.iter().filter(|value| value.is_finite()).sum::<f64>() / values.len() as f64;
            mean(left) - mean(right)
        }
        infinite => infinite as f64 * f64::INFINITY,
    }
}

/// The sums of all subsets, by their number of values.
fn by_size(values: &[f64]) -> Vec<Vec<Total>> {
    let mut sums = vec![vec![]; values.len() + 1];
    sums[0].push(Total::default());
    for (known, &value) in values.iter().enumerate() {
        for size in (0..=known).rev() {
            let (smaller, larger) = sums.split_at_mut(size + 1);
            larger[0].extend(smaller[size].iter().map(|&sum| {
                let mut with = sum;
                with += value;
                with
            }));
        }
    }
    sums
}

/// The number of ways to choose `chosen` of `n`, exact up to 2⁵³.
pub(in crate::stats) fn binomial(n: usize, chosen: usize) -> f64 {
    (1..=chosen.min(n - chosen)).fold(1.0, |ways, at| ways * (n - at + 1) as f64 / at as f64)
}

/// The smallest p-value of [`permutation_test`] for so many values on either side, such as 0.1 for 3 and 3 and two sides.
pub fn least_p_of_permutations(left: usize, right: usize, alternative: Alternative) -> f64 {
    let all = binomial(left + right, left);
    let count = if all <= EXACT { all } else { (RESAMPLES + 1) as f64 };
    (alternative.sides() / count).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;

    fn test(left: &[f64], right: &[f64], hypothesis: Hypothesis) -> Test {
        permutation_test(left, right, NonFinite::Highest, hypothesis, 0.95, words(1)).unwrap()
    }

    /// Choosing two of 1, 2, 4, 8 gives the sums 3, 5, 6, 9, 10, 12.
    #[test]
    fn p_is_that_counted_by_hand() {
        for (left, right, above) in
            [([4.0, 8.0], [1.0, 2.0], 1.0), ([2.0, 8.0], [1.0, 4.0], 2.0), ([4.0, 2.0], [8.0, 1.0], 4.0)]
        {
            assert_eq!(test(&left, &right, Hypothesis::above(0.0)).p, above / 6.0);
            assert_eq!(test(&right, &left, Hypothesis::below(0.0)).p, above / 6.0);
            assert_eq!(test(&left, &right, Hypothesis::NO_EFFECT).p, (above / 3.0_f64).min(1.0));
        }
        // One of each: 2, 3, 6, 7; two of each: 4.5.
        let effect = test(&[4.0, 8.0], &[1.0, 2.0], Hypothesis::NO_EFFECT).effect;
        assert_eq!((effect.value, effect.low, effect.high, effect.n), (4.5, 2.0, 7.0, 4));
        assert!((effect.confidence - 2.0 / 3.0).abs() <= 1e-15, "{effect:?}");
    }

    #[test]
    fn the_interval_holds_what_is_not_rejected() {
        let (left, right) = ([0.3, 1.2, 2.5, 0.9], [0.1, -0.7, 1.4, 0.2, -1.0]);
        for confidence in [0.6, 0.9, 0.95] {
            let effect =
                permutation_test(&left, &right, NonFinite::Highest, Hypothesis::NO_EFFECT, confidence, words(1))
                    .unwrap()
                    .effect;
            for step in -60..100 {
                let null = f64::from(step) * 0.05 + 0.013;
                let p = test(&left, &right, Hypothesis { null, alternative: Alternative::TwoSided }).p;
                let within = effect.low <= null && null <= effect.high;
                assert_eq!(within, p > 1.0 - effect.confidence + 1e-9, "{null} at {confidence}: {p}, {effect:?}");
            }
        }
    }

    #[test]
    fn ties_divergence_and_single_values_are_defined() {
        let same = test(&[1.0; 4], &[1.0; 4], Hypothesis::NO_EFFECT);
        assert_eq!((same.p, same.effect.value, same.effect.low, same.effect.high), (1.0, 0.0, 0.0, 0.0));
        let diverged = test(&[f64::NAN; 4], &[1.0; 4], Hypothesis::above(0.0));
        assert_eq!((diverged.p, diverged.statistic), (1.0 / 70.0, f64::INFINITY));
        let all = test(&[f64::NAN; 4], &[f64::NAN; 4], Hypothesis::NO_EFFECT);
        assert_eq!((all.p, all.effect.value, all.effect.low, all.effect.high), (1.0, 0.0, 0.0, 0.0));
        let one = test(&[2.0], &[1.0], Hypothesis::NO_EFFECT);
        assert_eq!((one.p, one.effect.value, one.effect.confidence), (1.0, 1.0, 0.0));
        let none = permutation_test(&[], &[1.0], NonFinite::Highest, Hypothesis::NO_EFFECT, 0.95, words(1));
        assert_eq!(none, None);
    }

    #[test]
    fn of_many_values_it_draws() {
        let left: Vec<f64> = (0..12).map(|x| f64::from(x % 5)).collect();
        let right: Vec<f64> = (0..12).map(|x| f64::from(x % 5) + 1.5).collect();
        let found = test(&left, &right, Hypothesis::NO_EFFECT);
        assert_eq!(found.name, "permutation test (9999 random permutations)");
        // SciPy's t-test of the same samples gives p = 0.0215.
        assert!((found.p - 0.0215).abs() <= 0.008 && found.effect.high < 0.0, "{found:?}");
    }

    #[test]
    fn the_least_p_is_reached_where_the_samples_are_apart() {
        for (left, right) in [(1, 1), (2, 3), (4, 4), (10, 10), (12, 12)] {
            let low: Vec<f64> = (0..left).map(f64::from).collect();
            let high: Vec<f64> = (0..right).map(|x| f64::from(x) + 100.0).collect();
            for alternative in [Alternative::TwoSided, Alternative::Less] {
                let found = test(&low, &high, Hypothesis { null: 0.0, alternative });
                let least = least_p_of_permutations(left as usize, right as usize, alternative);
                assert_eq!((found.p, found.least_p), (least, least), "{left} {right}");
            }
        }
        assert_eq!(least_p_of_permutations(3, 3, Alternative::TwoSided), 0.1);
    }
}
