//! The bootstrap.

use super::estimate::Estimate;
use super::order::NonFinite;
use super::quantile::quantile;

/// A statistic with its percentile bootstrap interval.
///
/// `statistic` is computed of the values and of `resamples` samples of n values drawn with replacement; the interval runs
/// between the (1 − confidence)/2 and (1 + confidence)/2 quantiles of the latter. `random` gives uniform 64-bit words: the
/// crate's stream for `bootstrap`, so that the same seed gives the same interval on every machine. Exactly n·`resamples`
/// words are taken, in order.
///
/// Values that are not finite are drawn like any other and handed to `statistic`, which must say what they mean; its results
/// that are not finite rank as `non_finite` says. For the median of few values [`super::median_interval`] is the better choice:
/// the percentile bootstrap covers too little there.
///
/// `None` where the statistic has no value, without resamples, or for a confidence outside (0, 1).
pub fn bootstrap(
    values: &[f64],
    statistic: impl Fn(&[f64], NonFinite) -> Option<f64>,
    non_finite: NonFinite,
    resamples: usize,
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Estimate> {
    stratified_bootstrap(&[values], statistic, non_finite, resamples, confidence, &mut random)
}

/// A statistic with its percentile bootstrap interval, of values in strata, such as the replicates of several tasks: each sample draws from every stratum as
/// many values as it has, so that the share of the strata stays. `statistic` is computed of all values in the order of the
/// strata.
///
/// Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", arXiv:2108.13264v4, section 4.1.
pub fn stratified_bootstrap(
    strata: &[&[f64]],
    statistic: impl Fn(&[f64], NonFinite) -> Option<f64>,
    non_finite: NonFinite,
    resamples: usize,
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Estimate> {
    let values = strata.concat();
    let n = values.len();
    if n == 0 || resamples == 0 || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let value = statistic(&values, non_finite)?;
    let mut sample = Vec::with_capacity(n);
    let mut statistics = Vec::with_capacity(resamples);
    for _ in 0..resamples {
        sample.clear();
        for stratum in strata {
            // The upper half of word·n: the bias of at most n/2⁶⁴ is far below the resamples' own noise.
            let drawn = |_| stratum[((u128::from(random()) * stratum.len() as u128) >> 64) as usize];
            sample.extend((0..stratum.len()).map(drawn));
        }
        statistics.push(statistic(&sample, non_finite)?);
    }
    let tail = (1.0 - confidence) / 2.0;
    let low = quantile(&statistics, tail, non_finite)?;
    let high = quantile(&statistics, 1.0 - tail, non_finite)?;
    Some(Estimate { value, low, high, n, confidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;
    use crate::stats::{interquartile_mean, median};

    #[test]
    fn a_sample_drawn_by_hand_gives_the_interval_worked_by_hand() {
        // Words that draw the indices 0 0 0 · 1 1 1 · 2 2 2 of three values: medians 10, 20, 30.
        let mut drawn = (0..9_u64).map(|word| (word / 3) * (u64::MAX / 3) + 2);
        let found =
            bootstrap(&[10.0, 20.0, 30.0], median, NonFinite::Highest, 3, 0.5, || drawn.next().unwrap()).unwrap();
        assert_eq!(found, Estimate { value: 20.0, low: 15.0, high: 25.0, n: 3, confidence: 0.5 });
        assert_eq!(drawn.next(), None);
    }

    #[test]
    fn the_same_words_give_the_same_interval_and_it_covers_the_median() {
        let values: Vec<f64> = (0..40).map(|x| f64::from(x * x)).collect();
        let run = |seed| bootstrap(&values, median, NonFinite::Highest, 500, 0.95, words(seed)).unwrap();
        assert_eq!(run(1), run(1));
        let found = run(1);
        assert!(found.low < found.value && found.value < found.high, "{found:?}");
        assert!(found.low > 100.0 && found.high < 1_000.0, "{found:?}");
    }

    #[test]
    fn diverged_trials_reach_the_interval() {
        let values = [1.0, 2.0, f64::NAN];
        let found = bootstrap(&values, interquartile_mean, NonFinite::Highest, 200, 0.95, words(3)).unwrap();
        assert_eq!((found.value, found.high), (f64::INFINITY, f64::INFINITY));
        assert!(!found.low.is_nan());
    }

    #[test]
    fn strata_are_drawn_apart() {
        // Whatever is drawn, each sample has two of the first stratum and one of the second.
        let mean = |values: &[f64], _| Some(values.iter().sum::<f64>() / values.len() as f64);
        let strata: [&[f64]; 2] = [&[1.0, 1.0], &[4.0]];
        let found = stratified_bootstrap(&strata, mean, NonFinite::Highest, 50, 0.95, words(5)).unwrap();
        assert_eq!(found, Estimate { value: 2.0, low: 2.0, high: 2.0, n: 3, confidence: 0.95 });
        let strata: [&[f64]; 3] = [&[0.0, 1.0], &[], &[10.0, 11.0]];
        let found = stratified_bootstrap(&strata, mean, NonFinite::Highest, 500, 0.95, words(5)).unwrap();
        assert_eq!((found.value, found.low, found.high), (5.5, 5.0, 6.0));
    }

    #[test]
    fn without_values_or_resamples_there_is_no_interval() {
        assert_eq!(bootstrap(&[], median, NonFinite::Highest, 10, 0.95, words(0)), None);
        assert_eq!(bootstrap(&[1.0], median, NonFinite::Highest, 0, 0.95, words(0)), None);
        assert_eq!(bootstrap(&[1.0], median, NonFinite::Highest, 10, f64::NAN, words(0)), None);
    }
}
