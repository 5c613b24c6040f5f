//! The worth of a tuning budget.

use super::{estimate::Estimate, order::NonFinite};

/// For n = 1, 2, … of the candidates of a tuning, the expected score of the one that is chosen among n of them, and the interval in
/// which it lies for that share of the choices of n.
///
/// `scores` has one score per candidate, in the order of preference: of any that are tried the first in this list is chosen. What is
/// random is which n are tried: all subsets are equally likely, as when a fixed list is tried in random order and the budget ends it
/// after n. So the best has rank i with probability C(N − i, n − 1)/C(N, n), and nothing is resampled: the expectation is exact, and at
/// n = N certain. Of candidates drawn from a space it is the unbiased estimate (the U-statistic) of the expected best of n draws,
/// which the plug-in estimate with replacement underrates.
///
/// A score that is not finite ranks as `non_finite` says; while it may be the chosen one the expectation is infinite.
///
/// Dodge et al. 2019, "Show your work", arXiv:1909.03004v1, section 3.1, equation 2, who draw with replacement; Tang et al. 2020,
/// "Showing your work doesn't always work", arXiv:2004.13705v1, section 3, who give the estimate without.
///
/// No point without candidates, or for a confidence outside (0, 1).
pub fn budget_curve(scores: &[f64], non_finite: NonFinite, confidence: f64) -> Vec<Estimate> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return vec![];
    }
    let finite = |score: f64| if score.is_finite() { score } else { non_finite.infinity() };
    let scores: Vec<f64> = scores.iter().map(|&score| finite(score)).collect();
    let tail = (1.0 - confidence) / 2.0;
    let point = |tried: usize| {
        let chances = chances_of_best(scores.len(), tried);
        let possible = || scores.iter().zip(&chances).filter(|(_, chance)| **chance > 0.0);
        let value = possible().map(|(score, chance)| score * chance).sum();
        let mut weighted: Vec<(f64, f64)> = possible().map(|(&score, &chance)| (score, chance)).collect();
        weighted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let low = quantile(weighted.iter().copied(), tail);
        let high = quantile(weighted.iter().rev().copied(), tail);
        Estimate { value, low, high, n: scores.len(), confidence }
    };
    (1..=scores.len()).map(point).collect()
}

/// For each rank, from the best, the probability that it is the best of `tried` of `count` candidates.
fn chances_of_best(count: usize, tried: usize) -> Vec<f64> {
    let mut chance = tried as f64 / count as f64;
    let next = |rank: usize| {
        let this = chance;
        let (left, others) = (count - rank, count - rank - 1);
        // C(left − 1, tried − 1) over C(left, tried − 1), of those behind this one.
        chance *= left.saturating_sub(tried) as f64 / others.max(1) as f64;
        this
    };
    (0..count).map(next).collect()
}

/// The first value of weighted ones, in order, up to which there is more than `share` of the weight.
fn quantile(weighted: impl Iterator<Item = (f64, f64)>, share: f64) -> f64 {
    let mut sum = 0.0;
    let mut last = f64::NAN;
    for (value, weight) in weighted {
        (sum, last) = (sum + weight, value);
        if sum > share {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every subset of `tried` of the scores: of each the first, which is the chosen one.
    fn chosen(scores: &[f64], tried: usize) -> Vec<f64> {
        let subsets = (0_u32..1 << scores.len()).filter(|set| set.count_ones() as usize == tried);
        subsets.map(|set| scores[set.trailing_zeros() as usize]).collect()
    }

    #[test]
    fn the_curve_is_that_of_all_subsets() {
        // Preferred in this order, whatever their score: the second is chosen although the third has a better one.
        let scores = [100.0, 350.0, 250.0, 900.0, 3000.0, 3000.0, 3000.0];
        let curve = budget_curve(&scores, NonFinite::Highest, 0.95);
        assert_eq!(curve.len(), scores.len());
        for (tried, point) in (1..).zip(&curve) {
            let mut all = chosen(&scores, tried);
            all.sort_by(f64::total_cmp);
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            assert!((point.value - mean).abs() <= 1e-12 * mean, "{tried}: {} and {mean}", point.value);
            let within = all.iter().filter(|score| (point.low..=point.high).contains(score)).count();
            assert!(within as f64 >= 0.95 * all.len() as f64, "{tried}: {within} of {}", all.len());
            // And no narrower than that: without its ends it has less on either side.
            let below = all.iter().filter(|score| **score <= point.low).count() as f64 / all.len() as f64;
            let above = all.iter().filter(|score| **score >= point.high).count() as f64 / all.len() as f64;
            assert!(below > 0.025 && above > 0.025, "{tried}: {below} {above}");
        }
        let last = curve.last().unwrap();
        assert_eq!((last.value, last.low, last.high), (100.0, 100.0, 100.0));
        assert_eq!(curve[0].value, scores.iter().sum::<f64>() / 7.0);
    }

    /// The expected maximum of n draws with replacement of Dodge and others lies below, by what the plug-in estimate misses.
    #[test]
    fn more_candidates_never_cost_and_replacement_underrates() {
        let scores: Vec<f64> = (0..50).map(|k| f64::from(50 - k) / 50.0).collect();
        let curve = budget_curve(&scores, NonFinite::Lowest, 0.95);
        assert!(curve.windows(2).all(|pair| pair[1].value >= pair[0].value));
        for (tried, point) in (1..).zip(&curve) {
            // Equation 2 of Dodge and others: Σ v·(P(max ≤ v) − P(max < v)).
            let share = |k: usize| libm::pow(k as f64 / 50.0, f64::from(tried));
            let with: f64 = (1..=50).map(|k| k as f64 / 50.0 * (share(k) - share(k - 1))).sum();
            assert!(with <= point.value + 1e-12, "{tried}");
        }
    }

    #[test]
    fn a_score_that_is_not_finite_counts_as_long_as_it_may_be_chosen() {
        let curve = budget_curve(&[0.5, 0.7, f64::NAN], NonFinite::Highest, 0.95);
        let values: Vec<f64> = curve.iter().map(|point| point.value).collect();
        assert_eq!(values[0], f64::INFINITY);
        assert!((values[1] - (0.5 * 2.0 + 0.7) / 3.0).abs() < 1e-15 && values[2] == 0.5, "{values:?}");
        assert_eq!(curve[0].high, f64::INFINITY);
        assert_eq!(budget_curve(&[], NonFinite::Highest, 0.95), []);
        assert_eq!(budget_curve(&[1.0], NonFinite::Highest, 1.0), []);
        let one = budget_curve(&[1.0], NonFinite::Highest, 0.95);
        assert_eq!((one[0].value, one[0].low, one[0].high), (1.0, 1.0, 1.0));
    }
}
