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
/// If the median is that of the null hypothesis, as many differences lie above it as below, up to chance: the smaller number is
/// binomial with p = ½. Differences equal to the null hypothesis are left out. It assumes nothing of the distribution, sees nothing
/// of the size of a difference, and so finds less than [`sign_flip_test`](super::sign_flip_test).
///
/// Arbuthnot 1710; Conover, "Practical nonparametric statistics", 1999, section 3.4.
///
/// `None` as for [`median_difference`], or for a null hypothesis that is not finite.
pub fn sign_test(differences: &[f64], hypothesis: Hypothesis, confidence: f64) -> Option<Test> {
    let effect = median_difference(differences, confidence).filter(|_| hypothesis.null.is_finite())?;
    let above = differences.iter().filter(|difference| **difference > hypothesis.null).count();
    let below = differences.iter().filter(|difference| **difference < hypothesis.null).count();
    let counted = above + below;
    Some(Test {
        name: "sign test (exact)",
        statistic: above as f64,
        p: hypothesis.alternative.p(at_most(above, counted, 0.5), at_most(below, counted, 0.5)),
        least_p: (hypothesis.alternative.sides() * libm::scalbn(1.0, -(differences.len() as i32))).min(1.0),
        n: differences.len(),
        effect,
    })
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
            assert!((least.p - least.least_p).abs() <= 1e-15);
            assert_eq!(least.least_p, least_p_of_sign_flips(n, Alternative::TwoSided));
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
