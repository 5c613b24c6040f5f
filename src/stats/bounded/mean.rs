//! The mean of values within known bounds.

use super::shares::{DRAWS, ends, number_of_values, share, sum_of_shares, tied};
use crate::stats::estimate::Estimate;

/// The mean over strata of the mean of their values, each stratum weighing alike; NaN without strata, or of an empty one.
pub fn stratified_mean(strata: &[&[f64]]) -> f64 {
    let means = strata.iter().map(|stratum| stratum.iter().sum::<f64>() / stratum.len() as f64);
    means.sum::<f64>() / strata.len() as f64
}

/// The mean over strata of the mean of values that lie within `bounds`, such as scores from 0 to 1, with an interval that assumes
/// nothing else of their distribution.
///
/// Each stratum is an independent sample, such as the replicates on one task, and weighs alike. The interval is Gaffke's, in place of
/// the bootstrap's: the shares of a distribution that n values cut off are distributed as n + 1 spacings of uniform numbers,
/// so each draw gives random shares to the values and one more to the bound. The upper end is the (1 + confidence)/2 quantile of
/// the means whose additional share lies at the upper bound, the lower one mirrors it. Of zeros and ones it is Clopper and
/// Pearson's. It has a width for equal values and for a single one too, where a bootstrap has none.
///
/// Gaffke, "Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative variable", 2005.
/// Learned-Miller and Thomas, "A new confidence interval for the mean of a bounded random variable", arXiv:1905.06208v2. Strata are
/// melded as by Fay, Proschan and Brittain 2015. That it covers is proven for two values and found in every simulation.
///
/// `random` gives uniform 64-bit words: one for each value and one more for each stratum, in each of [`DRAWS`] draws; of more than
/// a thousand values, equal ones of a stratum are drawn together, which gives the same distribution for some three words. `None`
/// without values, with an empty stratum, values outside the bounds or NaN, or a confidence outside (0, 1).
pub fn bounded_mean(
    strata: &[&[f64]],
    bounds: (f64, f64),
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Estimate> {
    let n = number_of_values(strata, bounds)?;
    let count = strata.len() as f64;
    let value = stratified_mean(strata);
    let strata: Vec<Vec<(f64, usize)>> = strata.iter().map(|stratum| tied(stratum, n)).collect();
    let means = (0..DRAWS).map(|_| {
        let (mut within, mut beyond) = (0.0, 0.0);
        for stratum in &strata {
            let rest = share(random());
            let (mut all, mut sum) = (rest, 0.0);
            for (value, count) in stratum {
                let share = sum_of_shares(*count, &mut random);
                all += share;
                sum += share * value;
            }
            within += sum / all / count;
            beyond += rest / all / count;
        }
        (within + beyond * bounds.0, within + beyond * bounds.1)
    });
    ends(means, value, bounds, n, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::clopper_pearson;
    use crate::stats::test_words::words;

    #[test]
    fn of_zeros_and_ones_it_is_the_exact_interval_of_a_proportion() {
        for (ones, n) in [(0, 5), (5, 5), (3, 5), (9, 10)] {
            let values: Vec<f64> = (0..n).map(|at| f64::from(u8::from(at < ones))).collect();
            let found = bounded_mean(&[&values], (0.0, 1.0), 0.95, words(7)).unwrap();
            let exact = clopper_pearson(ones, n, 0.95).unwrap();
            assert_eq!((found.value, found.n), (exact.value, n));
            assert!((found.low - exact.low).abs() <= 0.02 && (found.high - exact.high).abs() <= 0.02, "{found:?}");
        }
    }

    /// Of many values ties are drawn together, which changes the interval by no more than its draws do.
    #[test]
    fn of_many_values_it_is_that_interval_too() {
        for (ones, n) in [(600, 2000), (0, 5000), (40, 1500)] {
            let values: Vec<f64> = (0..n).map(|at| f64::from(u8::from(at < ones))).collect();
            let found = bounded_mean(&[&values], (0.0, 1.0), 0.95, words(7)).unwrap();
            let exact = clopper_pearson(ones, n, 0.95).unwrap();
            let width = exact.high - exact.low;
            assert!((found.low - exact.low).abs() <= 0.05 * width, "{found:?} {exact:?}");
            assert!((found.high - exact.high).abs() <= 0.05 * width, "{found:?} {exact:?}");
        }
        // All but distinct, one by one and together.
        let values: Vec<f64> = (0..1000).map(|at| f64::from(at % 40) / 40.0).collect();
        let more = [&values[..], &[0.5]].concat();
        let [few, many] = [&values, &more].map(|values| bounded_mean(&[values], (0.0, 1.0), 0.95, words(3)).unwrap());
        let width = few.high - few.low;
        assert!((few.low - many.low).abs() <= 0.05 * width && (few.high - many.high).abs() <= 0.05 * width);
    }

    #[test]
    fn single_and_equal_values_have_a_width_and_strata_weigh_alike() {
        let single = bounded_mean(&[&[0.5]], (0.0, 1.0), 0.95, words(1)).unwrap();
        assert!(single.low < 0.05 && single.high > 0.95, "{single:?}");
        let same = bounded_mean(&[&[1.0; 5], &[1.0; 5]], (0.0, 1.0), 0.95, words(1)).unwrap();
        assert_eq!((same.value, same.high), (1.0, 1.0));
        assert!(same.low > 0.5 && same.low < 0.7, "{same:?}");
        let apart = bounded_mean(&[&[0.0; 2], &[0.5; 8]], (0.0, 1.0), 0.95, words(1)).unwrap();
        assert_eq!((apart.value, apart.n), (0.25, 10));
        let run = |seed| bounded_mean(&[&[0.2, 0.4]], (0.0, 1.0), 0.95, words(seed)).unwrap();
        assert_eq!(run(1), run(1));
    }

    #[test]
    fn what_is_out_of_bounds_has_no_interval() {
        for strata in [&[&[][..]][..], &[&[0.5], &[]], &[&[1.5]], &[&[f64::NAN]], &[]] {
            assert_eq!(bounded_mean(strata, (0.0, 1.0), 0.95, words(1)), None, "{strata:?}");
        }
        assert_eq!(bounded_mean(&[&[0.5]], (0.0, 1.0), 1.0, words(1)), None);
    }
}
