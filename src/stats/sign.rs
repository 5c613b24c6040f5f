//! The sign test of paired differences, with their median.

use super::distribution::binomial::at_most;
use super::estimate::Estimate;
use super::median::interval_of_ranked;
use super::test::{Hypothesis, Test};

/// The median of paired differences, with the exact interval of order statistics, which assumes nothing of their distribution.
///
/// Infinite differences (see [`differences`](super::differences)) rank beyond all others on their side. With fewer than 6 pairs no
/// such interval reaches 95 %; then it spans all differences, and [`Estimate::confidence`] says what it covers.
///
/// `None` without differences, for one that is NaN, or a confidence outside (0, 1).
pub fn median_difference(differences: &[f64], confidence: f64) -> Option<Estimate> {
    if differences.iter().any(|difference| difference.is_nan()) {
        return None;
    }
    let mut ranked = differences.to_vec();
    ranked.sort_by(f64::total_cmp);
    interval_of_ranked(&ranked, confidence)
}

/// The exact sign test of paired differences, with their median by [`median_difference`].
///
/// The null hypothesis is that its number is a median: that differences lie at or above it with probability ½ at least, and at or below it
/// too. Then the number of those at or above (or at or below) is no smaller, up to chance, than a binomial number with p = ½. Differences
/// equal to the null hypothesis count on both sides, so that p is at most α exactly where the interval of confidence 1 − α leaves the
/// number out. It assumes nothing of the distribution, not even that it is continuous, sees nothing of the size of a difference, and so
/// finds less than [`sign_flip_test`](super::sign_flip_test).
///
/// Arbuthnot 1710; Conover, "Practical nonparametric statistics", 1999, section 3.4, who leaves equal ones out.
///
/// `None` as for [`median_difference`], or for a null hypothesis that is not finite.
pub fn sign_test(differences: &[f64], hypothesis: Hypothesis, confidence: f64) -> Option<Test> {
    let effect = median_difference(differences, confidence).filter(|_| hypothesis.null.is_finite())?;
    let n = differences.len();
    let above = differences.iter().filter(|difference| **difference > hypothesis.null).count();
    let below = differences.iter().filter(|difference| **difference < hypothesis.null).count();
    Some(Test {
        name: "sign test (exact)",
        statistic: above as f64,
        p: hypothesis.alternative.p(of_fair_coins(n - below, n), of_fair_coins(n - above, n)),
        least_p: (hypothesis.alternative.sides() * libm::scalbn(1.0, -(n as i32))).min(1.0),
        n,
        effect,
    })
}

/// The probability of at most `heads` heads of `coins` fair coins: of few coins a ratio of counts, so that p-values which are equal are
/// equal bit for bit.
fn of_fair_coins(heads: usize, coins: usize) -> f64 {
    if coins > 60 {
        return at_most(heads, coins, 0.5);
    }
    // The number of ways to have k heads follows from that of k - 1; all of them together are 2^coins.
    let (mut ways, mut sum) = (1_u128, 0);
    for k in 0..=heads.min(coins) {
        sum += ways;
        ways = ways * (coins - k) as u128 / (k + 1) as u128;
    }
    libm::scalbn(sum as f64, -(coins as i32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Alternative, least_p_of_sign_flips};

    #[test]
    fn p_is_that_counted_by_hand() {
        let test = |differences: &[f64], hypothesis| sign_test(differences, hypothesis, 0.95).unwrap();
        // Eight of nine: (1 + 9)/512 on one side.
        let nine = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, -1.0];
        assert!((test(&nine, Hypothesis::above(0.0)).p - 10.0 / 512.0).abs() <= 1e-15);
        assert!((test(&nine, Hypothesis::NO_EFFECT).p - 20.0 / 512.0).abs() <= 1e-15);
        assert!((test(&nine, Hypothesis::below(9.0)).p - 1.0 / 512.0).abs() <= 1e-15);
        let effect = test(&nine, Hypothesis::NO_EFFECT).effect;
        assert_eq!((effect.value, effect.low, effect.high), (4.0, 1.0, 7.0));
        let tied = test(&[0.0; 8], Hypothesis::NO_EFFECT);
        assert_eq!((tied.p, tied.effect.low, tied.effect.high), (1.0, 0.0, 0.0));
        assert_eq!(test(&[2.0], Hypothesis::NO_EFFECT).effect.confidence, 0.0);
        for n in 1..=20 {
            let least = test(&vec![1.0; n], Hypothesis::NO_EFFECT);
            assert_eq!(least.p, least.least_p);
            assert_eq!(least.least_p, least_p_of_sign_flips(n, Alternative::TwoSided));
        }
    }

    #[test]
    fn p_and_interval_agree_with_ties_too() {
        let mut state = 1_u64;
        for case in 0..400 {
            // Differences of few sizes, many of them equal to the number that is tested.
            let differences: Vec<f64> = (0..6 + case % 9)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    ((state >> 60) as f64 / 4.0).floor() - 0.5 * f64::from(case as u32 % 4)
                })
                .collect();
            let found = sign_test(&differences, Hypothesis::NO_EFFECT, 0.95).unwrap();
            if found.effect.confidence < 0.95 {
                continue;
            }
            let left_out = found.effect.low > 0.0 || found.effect.high < 0.0;
            assert_eq!(found.p <= 1.0 - 0.95, left_out, "{differences:?}: p {}, {:?}", found.p, found.effect);
        }
    }

    #[test]
    fn few_coins_are_counted_as_many_are_summed() {
        for coins in 0..=60 {
            for heads in 0..=coins {
                let (counted, summed) = (of_fair_coins(heads, coins), at_most(heads, coins, 0.5));
                assert!((counted - summed).abs() <= 1e-12 * summed, "{heads} of {coins}: {counted}, {summed}");
            }
        }
    }

    #[test]
    fn infinite_differences_rank_at_their_own_end() {
        let infinity = f64::INFINITY;
        let found = median_difference(&[-infinity, 1.0, 2.0, 3.0, infinity, 2.0], 0.95).unwrap();
        assert_eq!((found.value, found.low, found.high), (2.0, -infinity, infinity));
        assert_eq!(median_difference(&[1.0, f64::NAN], 0.95), None);
        assert_eq!(median_difference(&[], 0.95), None);
    }
}
