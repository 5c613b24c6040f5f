//! The interquartile mean of values within known bounds.

use super::shares::{DRAWS, ends, number_of_values, share};
use crate::stats::estimate::Estimate;
use crate::stats::order::NonFinite;
use crate::stats::quantile::interquartile_mean;

/// The interquartile mean of all values of all strata, which lie within `bounds`, with an interval that assumes nothing else of their
/// distributions.
///
/// It is the interval of [`bounded_mean`](super::bounded_mean) for another statistic: each draw gives random shares to the values of a
/// stratum and one more to a bound, and weighs strata by their numbers of values; the quantiles are those of the mean of the middle
/// half of what results. `random` gives as many words as there; `None` as there.
pub fn bounded_interquartile_mean(
    strata: &[&[f64]],
    bounds: (f64, f64),
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Estimate> {
    let n = number_of_values(strata, bounds)?;
    let value = interquartile_mean(&strata.concat(), NonFinite::Highest)?;
    let mut order: Vec<(f64, usize)> = strata.concat().into_iter().zip(0..).collect();
    order.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut shares = Vec::with_capacity(n);
    let middles = (0..DRAWS).map(|_| {
        shares.clear();
        let mut beyond = 0.0;
        for stratum in strata {
            let rest = share(random());
            let start = shares.len();
            shares.extend(stratum.iter().map(|_| share(random())));
            let all = rest + shares[start..].iter().sum::<f64>();
            let weight = stratum.len() as f64 / n as f64 / all;
            shares[start..].iter_mut().for_each(|share| *share *= weight);
            beyond += rest * weight;
        }
        let within = order.iter().map(|&(value, place)| (value, shares[place]));
        let lower = middle_half(std::iter::once((bounds.0, beyond)).chain(within.clone()));
        (lower, middle_half(within.chain([(bounds.1, beyond)])))
    });
    ends(middles, value, bounds, n, confidence)
}

/// The mean of the middle half of values in ascending order with shares that add up to 1.
fn middle_half(values: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut before, mut sum, mut all) = (0.0, 0.0, 0.0);
    for (value, share) in values {
        let after = before + share;
        let within = f64::max(0.0, f64::min(after, 0.75) - f64::max(before, 0.25));
        sum += within * value;
        all += within;
        before = after;
    }
    sum / all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;

    #[test]
    fn the_middle_half_is_cut_within_values_too() {
        let equal = |values: &[f64]| middle_half(values.iter().map(|&value| (value, 1.0 / values.len() as f64)));
        assert!((equal(&[0.0, 0.25, 0.5, 1.0]) - 0.375).abs() <= 1e-15);
        // Half of the first and of the last of three, less a quarter of all: 1/12, 1/3, 1/12.
        assert!((equal(&[0.0, 0.5, 1.0]) - 0.5).abs() <= 1e-15);
        assert!((middle_half([(0.0, 0.5), (1.0, 0.5)].into_iter()) - 0.5).abs() <= 1e-15);
    }

    #[test]
    fn it_covers_the_middle_and_hardly_heeds_one_task_that_is_never_solved() {
        let strata: [&[f64]; 3] = [&[0.2, 0.25, 0.3, 0.22, 0.27], &[0.3, 0.33, 0.31, 0.35, 0.32], &[1.0; 5]];
        let found = bounded_interquartile_mean(&strata, (0.0, 1.0), 0.95, words(1)).unwrap();
        assert_eq!((found.value, found.n), (interquartile_mean(&strata.concat(), NonFinite::Highest).unwrap(), 15));
        assert!(
            found.low > 0.15 && found.low < found.value && found.high > found.value && found.high < 0.9,
            "{found:?}"
        );
        let same = bounded_interquartile_mean(&[&[1.0; 5]], (0.0, 1.0), 0.95, words(1)).unwrap();
        assert!(same.high == 1.0 && same.low < 0.9, "{same:?}");
        assert_eq!(bounded_interquartile_mean(&[&[2.0]], (0.0, 1.0), 0.95, words(1)), None);
        assert_eq!(bounded_interquartile_mean(&[], (0.0, 1.0), 0.95, words(1)), None);
    }
}
