//! Random shares of a distribution, and the interval that they make.

use crate::stats::estimate::Estimate;
use crate::stats::quantile::of_ranked;

/// Draws of an interval: the ends are off by some 0.25 % of confidence.
pub const DRAWS: usize = 4_000;

/// A standard exponential number, above 0, of one word; several over their sum are uniform shares.
pub(super) fn share(word: u64) -> f64 {
    -libm::log(((word >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64))
}

/// More values than these are drawn tie by tie.
const ONE_BY_ONE: usize = 1_000;
/// Fewer equal values than these are drawn one by one.
const FEWEST_TIED: usize = 4;

/// Each distinct value of a stratum with how often it occurs: as many pairs as values of few, so that each has a share of its own.
pub(super) fn tied(stratum: &[f64], n: usize) -> Vec<(f64, usize)> {
    if n <= ONE_BY_ONE {
        return stratum.iter().map(|&value| (value, 1)).collect();
    }
    let mut sorted = stratum.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len())).collect()
}

/// The sum of the shares of `count` values: a gamma number of that shape. Of many by Marsaglia and Tsang's method, "A simple method for
/// generating gamma variables", ACM Transactions on Mathematical Software 26 (2000), section 4, which takes some three words.
pub(super) fn sum_of_shares(count: usize, random: &mut impl FnMut() -> u64) -> f64 {
    if count < FEWEST_TIED {
        return (0..count).map(|_| share(random())).sum();
    }
    let d = count as f64 - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        // A standard normal number by Box and Muller.
        let radius = (2.0 * share(random())).sqrt();
        let normal = radius * libm::cos(2.0 * std::f64::consts::PI * libm::exp(-share(random())));
        let v = 1.0 + c * normal;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        // −ln u is a share.
        if -share(random()) < 0.5 * normal * normal + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}

/// The number of values in all strata; `None` without strata, for an empty one, or for a value outside the bounds.
pub(super) fn number_of_values(strata: &[&[f64]], bounds: (f64, f64)) -> Option<usize> {
    let within = |value: &f64| bounds.0 <= *value && *value <= bounds.1;
    let valid = strata.iter().all(|stratum| !stratum.is_empty() && stratum.iter().all(within));
    (valid && !strata.is_empty()).then(|| strata.iter().map(|stratum| stratum.len()).sum())
}

/// The estimate between the quantiles of the lower statistics and of the upper ones; `None` for a confidence outside (0, 1).
pub(super) fn ends(
    drawn: impl Iterator<Item = (f64, f64)>,
    value: f64,
    bounds: (f64, f64),
    n: usize,
    confidence: f64,
) -> Option<Estimate> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let (mut lower, mut upper): (Vec<f64>, Vec<f64>) = drawn.unzip();
    lower.sort_by(f64::total_cmp);
    upper.sort_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    let (low, high) = (of_ranked(&lower, tail)?, of_ranked(&upper, 1.0 - tail)?);
    // Rounding must not push an end past the point or the bounds.
    Some(Estimate { value, low: low.min(value).max(bounds.0), high: high.max(value).min(bounds.1), n, confidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;

    /// A gamma number of shape k has the mean k and the variance k.
    #[test]
    fn the_shares_of_tied_values_add_up_to_gamma_numbers() {
        for count in [1, 3, 4, 10, 1000] {
            let mut random = words(5);
            let drawn: Vec<f64> = (0..20_000).map(|_| sum_of_shares(count, &mut random)).collect();
            let k = count as f64;
            let mean = drawn.iter().sum::<f64>() / 20_000.0;
            let variance = drawn.iter().map(|sum| (sum - mean) * (sum - mean)).sum::<f64>() / 20_000.0;
            // Four standard errors.
            assert!((mean - k).abs() <= 4.0 * (k / 20_000.0).sqrt(), "{count}: mean {mean}");
            assert!(
                (variance / k - 1.0).abs() <= 4.0 * ((2.0 + 6.0 / k) / 20_000.0).sqrt(),
                "{count}: variance {variance}"
            );
        }
    }

    #[test]
    fn few_values_have_a_share_each_and_many_one_for_each_distinct_value() {
        let few = [0.5, 0.25, 0.5];
        assert_eq!(tied(&few, 3), [(0.5, 1), (0.25, 1), (0.5, 1)]);
        assert_eq!(tied(&few, 1001), [(0.25, 1), (0.5, 2)]);
    }
}
