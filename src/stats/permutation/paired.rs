//! The sign-flip test of paired differences.

use super::rerandomized::{RESAMPLES, Rerandomized};
use super::total::Total;
use crate::stats::test::{Alternative, Hypothesis, Test};

/// Up to so many pairs all sign flips are looked at: a million of 20.
const EXACT: usize = 20;

/// The permutation test of paired differences, with their mean.
///
/// Were the two sides of each pair alike, each difference could as well have had the other sign. The p-value is the share of all 2ⁿ
/// choices of signs whose mean is as far from the null hypothesis as the observed one; beyond 20 pairs, of 9999 random choices
/// and the observed one. Ties count as extreme.
///
/// The effect is the mean difference. Its interval holds the differences that the two-sided test does not reject: its ends are
/// ranks among the means of all subsets of the differences, which are typical values of their centre (Hartigan 1969). It
/// covers exactly where the differences are symmetric about their mean, whatever their distribution, and too little for the
/// mean of few skewed ones; [`median_difference`](crate::stats::median_difference) always covers. With fewer than 6 pairs no such interval
/// reaches 95 %; then it spans all differences, and [`Estimate::confidence`](super::super::Estimate::confidence) says what it has:
/// 0.9375 for 5 pairs.
///
/// An infinite difference (see [`differences`](super::differences())) outweighs every sum of finite ones, and two of opposite signs cancel. Pairs
/// that do not differ stay in and count. Where all differences are equal, the interval has no width, which is not certainty.
///
/// Fisher, "The design of experiments", 1935, section 21. Hartigan, "Using subsample values as typical values", 1969.
///
/// `None` without differences, for one that is NaN, a null hypothesis that is not finite, or a confidence outside (0, 1).
pub fn sign_flip_test(
    differences: &[f64],
    hypothesis: Hypothesis,
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Test> {
    let n = differences.len();
    let numbers = n > 0 && !differences.iter().any(|difference| difference.is_nan());
    let valid = numbers && hypothesis.null.is_finite() && confidence > 0.0 && confidence < 1.0;
    if !valid {
        return None;
    }
    let flips = flips(differences, EXACT, RESAMPLES, &mut random);
    let mean = Total::of(differences.iter().copied()).mean(n);
    Some(Test {
        name: if flips.exact() { "sign-flip test (exact)" } else { "sign-flip test (9999 random flips)" },
        statistic: mean,
        p: flips.p(hypothesis.null, hypothesis.alternative),
        least_p: flips.least_p(hypothesis.alternative),
        n,
        effect: flips.estimate(mean, n, confidence),
    })
}

/// All sign flips of up to `exact` differences, `resamples` random ones of more.
pub(in crate::stats) fn flips(
    differences: &[f64],
    exact: usize,
    resamples: usize,
    mut random: impl FnMut() -> u64,
) -> Rerandomized {
    let mut flips = Rerandomized::new(differences.iter().copied(), differences.len() <= exact);
    if flips.exact() {
        all_subsets(differences, Total::default(), 0, &mut flips);
    } else {
        for _ in 0..resamples {
            let mut word = 0;
            let mut chosen = differences.iter().enumerate().filter(|(at, _)| {
                if at % 64 == 0 {
                    word = random();
                }
                word >> (at % 64) & 1 == 1
            });
            let (mut total, mut count) = (Total::default(), 0);
            chosen.by_ref().for_each(|(_, difference)| {
                total += *difference;
                count += 1;
            });
            flips.add(total, count);
        }
    }
    flips
}

/// Adds the sum of every subset of `rest`, on top of `total` of `count`.
fn all_subsets(rest: &[f64], total: Total, count: usize, flips: &mut Rerandomized) {
    let Some((&first, rest)) = rest.split_first() else { return flips.add(total, count) };
    all_subsets(rest, total, count, flips);
    let mut with = total;
    with += first;
    all_subsets(rest, with, count + 1, flips);
}

/// The smallest p-value of [`sign_flip_test`] and of the exact sign test for `n` pairs, such as 0.0625 for 5 pairs and two sides.
pub fn least_p_of_sign_flips(n: usize, alternative: Alternative) -> f64 {
    let count = if n <= EXACT { (1_u64 << n) as f64 } else { (RESAMPLES + 1) as f64 };
    (alternative.sides() / count).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;

    fn test(differences: &[f64], hypothesis: Hypothesis) -> Test {
        sign_flip_test(differences, hypothesis, 0.95, words(1)).unwrap()
    }

    /// Of 1, 2, 4 the eight sums are ±7, ±5, ±3, ±1: each has its own p-value.
    #[test]
    fn p_is_that_counted_by_hand() {
        for (differences, above) in [([1.0, 2.0, 4.0], 1.0), ([-1.0, 2.0, 4.0], 2.0), ([-1.0, -2.0, 4.0], 4.0)] {
            let found = test(&differences, Hypothesis::above(0.0));
            assert_eq!((found.p, found.least_p, found.n), (above / 8.0, 1.0 / 8.0, 3));
            assert_eq!(test(&differences, Hypothesis::NO_EFFECT).p, (above / 4.0).min(1.0));
            let mirrored = differences.map(|difference| -difference);
            assert_eq!(test(&mirrored, Hypothesis::below(0.0)).p, above / 8.0);
        }
        // Subsets of the differences have the means 1, 2, 4, 1.5, 2.5, 3, 7/3.
        let found = test(&[4.0, 1.0, 2.0], Hypothesis::NO_EFFECT).effect;
        assert_eq!((found.low, found.high, found.confidence), (1.0, 4.0, 0.75));
        let half = sign_flip_test(&[4.0, 1.0, 2.0], Hypothesis::NO_EFFECT, 0.5, words(1)).unwrap().effect;
        assert_eq!((half.low, half.high, half.confidence), (1.5, 3.0, 0.5));
    }

    /// An effect is in the interval exactly if the two-sided test does not reject it.
    #[test]
    fn the_interval_holds_what_is_not_rejected() {
        let differences = [0.3, -1.2, 2.5, 0.9, 1.7, 0.4, -0.2, 3.1];
        for confidence in [0.6, 0.8, 0.9, 0.95, 0.99] {
            let effect = sign_flip_test(&differences, Hypothesis::NO_EFFECT, confidence, words(1)).unwrap().effect;
            for step in -40..80 {
                let null = f64::from(step) * 0.05 + 0.013;
                let p = test(&differences, Hypothesis { null, alternative: Alternative::TwoSided }).p;
                let within = effect.low <= null && null <= effect.high;
                assert_eq!(within, p > 1.0 - effect.confidence + 1e-9, "{null} at {confidence}: {p}, {effect:?}");
            }
        }
    }

    #[test]
    fn ties_zeros_and_a_single_pair_are_defined() {
        let same = test(&[0.125; 6], Hypothesis::NO_EFFECT);
        assert_eq!((same.p, same.effect.low, same.effect.high), (2.0 / 64.0, 0.125, 0.125));
        let nothing = test(&[0.0; 6], Hypothesis::NO_EFFECT);
        assert_eq!((nothing.p, nothing.effect.low, nothing.effect.high), (1.0, 0.0, 0.0));
        let single = test(&[2.0], Hypothesis::NO_EFFECT);
        assert_eq!((single.p, single.effect.confidence, single.least_p), (1.0, 0.0, 1.0));
        // 0.1 + 0.2 is not 0.3 in binary, and yet these sums are equal.
        assert_eq!(test(&[0.1, 0.2, -0.3], Hypothesis::above(0.0)).p, 5.0 / 8.0);
        for bad in [&[][..], &[1.0, f64::NAN]] {
            assert_eq!(sign_flip_test(bad, Hypothesis::NO_EFFECT, 0.95, words(1)), None);
        }
        assert_eq!(sign_flip_test(&[1.0], Hypothesis::above(f64::NAN), 0.95, words(1)), None);
        assert_eq!(sign_flip_test(&[1.0], Hypothesis::NO_EFFECT, 1.0, words(1)), None);
    }

    #[test]
    fn an_infinite_difference_outweighs_all_others() {
        let infinity = f64::INFINITY;
        let found = test(&[infinity, 1.0, 2.0, 3.0, 1.0, 2.0], Hypothesis::NO_EFFECT);
        assert_eq!((found.statistic, found.p), (infinity, 2.0 / 64.0));
        assert_eq!((found.effect.low, found.effect.high), (1.0, infinity));
        // Against it, five finite ones come to nothing.
        let against = test(&[-infinity, 1.0, 2.0, 3.0, 1.0, 2.0], Hypothesis::above(0.0));
        assert_eq!((against.statistic, against.p), (-infinity, 33.0 / 64.0));
        let both = test(&[infinity, -infinity, 3.0], Hypothesis::NO_EFFECT);
        assert_eq!((both.statistic, both.effect.low, both.effect.high), (1.0, -infinity, infinity));
    }

    #[test]
    fn beyond_twenty_pairs_it_draws_and_stays_near_the_exact_test() {
        let differences: Vec<f64> = (0..20).map(|x| f64::from((x * 7) % 20) - 6.0).collect();
        let exact = test(&differences, Hypothesis::NO_EFFECT);
        assert_eq!(exact.name, "sign-flip test (exact)");
        let more: Vec<f64> = differences.iter().copied().chain([0.0]).collect();
        let drawn = test(&more, Hypothesis::NO_EFFECT);
        assert_eq!((drawn.name, drawn.n), ("sign-flip test (9999 random flips)", 21));
        // A difference of 0 changes no sum; four standard errors of the drawing.
        let error = 4.0 * libm::sqrt(exact.p * (1.0 - exact.p) / RESAMPLES as f64) * 2.0;
        assert!((drawn.p - exact.p).abs() <= error, "{} {}", drawn.p, exact.p);
        assert_eq!(drawn, test(&more, Hypothesis::NO_EFFECT));
        assert!((drawn.effect.low - exact.effect.low).abs() <= 0.3, "{drawn:?} {exact:?}");
    }

    #[test]
    fn the_least_p_is_reached_where_all_differences_agree() {
        for n in 1..=22 {
            let all: Vec<f64> = (1..=n).map(|x| x as f64).collect();
            for alternative in [Alternative::TwoSided, Alternative::Greater] {
                let found = test(&all, Hypothesis { null: 0.0, alternative });
                assert_eq!(found.least_p, least_p_of_sign_flips(n, alternative), "{n}");
                assert_eq!(found.p, found.least_p, "{n}");
            }
        }
        assert_eq!(least_p_of_sign_flips(5, Alternative::TwoSided), 0.0625);
    }
}
