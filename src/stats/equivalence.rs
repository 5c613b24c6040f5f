//! Equivalence within a margin.

use super::order::NonFinite;
use super::permutation::{permutation_test, sign_flip_test};
use super::test::{Hypothesis, Test};

/// Whether paired differences are within ±`margin`: two one-sided sign-flip tests (TOST).
///
/// The p-value is the larger of those of a mean difference above −margin and below margin. Where the test is exact, it is at most α
/// exactly if the effect's interval at a confidence of 1 − 2α lies within the margin, so ask for that confidence to print what
/// decided. A mean difference that is infinite is within no margin.
///
/// Schuirmann, "A comparison of the two one-sided tests procedure and the power approach", 1987.
///
/// `None` as for [`sign_flip_test`], and for a margin that is not a positive number.
pub fn paired_equivalence_test(
    differences: &[f64],
    margin: f64,
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Test> {
    two_one_sided(margin, "equivalence by two sign-flip tests", |hypothesis| {
        sign_flip_test(differences, hypothesis, confidence, &mut random)
    })
}

/// Whether the means of two independent samples are within ±`margin` of each other: two one-sided permutation tests (TOST).
///
/// As [`paired_equivalence_test`], by [`permutation_test`].
pub fn equivalence_test(
    left: &[f64],
    right: &[f64],
    non_finite: NonFinite,
    margin: f64,
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Test> {
    two_one_sided(margin, "equivalence by two permutation tests", |hypothesis| {
        permutation_test(left, right, non_finite, hypothesis, confidence, &mut random)
    })
}

fn two_one_sided(margin: f64, name: &'static str, mut test: impl FnMut(Hypothesis) -> Option<Test>) -> Option<Test> {
    if !(margin > 0.0 && margin.is_finite()) {
        return None;
    }
    let above = test(Hypothesis::above(-margin))?;
    let below = test(Hypothesis::below(margin))?;
    Some(Test { name, p: above.p.max(below.p), ..above })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;

    const DIFFERENCES: [f64; 8] = [0.3, -0.2, 0.1, 0.05, -0.15, 0.2, -0.1, 0.02];

    /// The test says no more and no less than its interval.
    #[test]
    fn it_agrees_with_the_interval() {
        let (alpha, ours) = (0.05, &DIFFERENCES[..]);
        let theirs = [0.1, 0.0, -0.2, 0.25, 0.04];
        let (mut accepted, mut refused) = (0, 0);
        for step in 1..40 {
            let margin = f64::from(step) * 0.0113;
            let paired = paired_equivalence_test(ours, margin, 1.0 - 2.0 * alpha, words(1)).unwrap();
            let unpaired =
                equivalence_test(ours, &theirs, NonFinite::Highest, margin, 1.0 - 2.0 * alpha, words(1)).unwrap();
            for found in [paired, unpaired] {
                let within = -margin < found.effect.low && found.effect.high < margin;
                assert_eq!(within, found.p <= alpha, "{margin}: {found:?}");
                if within { accepted += 1 } else { refused += 1 }
            }
        }
        assert!(accepted > 10 && refused > 10, "{accepted} {refused}");
    }

    #[test]
    fn few_pairs_divergence_and_wrong_margins_are_defined() {
        let few = paired_equivalence_test(&DIFFERENCES[..4], 10.0, 0.9, words(1)).unwrap();
        assert_eq!((few.p, few.least_p), (1.0 / 16.0, 1.0 / 16.0));
        let diverged = paired_equivalence_test(&[0.0, 0.0, 0.0, 0.0, f64::INFINITY], 10.0, 0.9, words(1)).unwrap();
        assert!(diverged.p > 0.5, "{diverged:?}");
        for margin in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(paired_equivalence_test(&DIFFERENCES, margin, 0.9, words(1)), None);
        }
    }
}
