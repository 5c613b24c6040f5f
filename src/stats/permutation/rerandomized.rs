//! The distribution of a mean difference under rerandomization.

use super::total::Total;
use crate::stats::estimate::Estimate;
use crate::stats::test::Alternative;

/// The number of random rerandomizations where all of them are too many.
pub const RESAMPLES: usize = 9_999;

/// A rounding error, relative to the sum of the magnitudes, below which two sums count as equal.
const ROUNDING: f64 = 1e-12;

/// The ways in which chance could have dealt the same values.
///
/// Each is an exchange: values trade places, and the difference θ that every left value has over what chance alone would have
/// made of it is traded with them. The statistic stays as high as observed or rises exactly if the mean of what was exchanged is
/// at most θ. So these means alone give the p-value of every θ, and the values of θ that are not rejected.
pub(in crate::stats) struct Rerandomized {
    /// The mean difference within each exchange, and how many values on a side take part; the identity is left out.
    exchanges: Vec<(f64, usize)>,
    /// Whether these are all that there are.
    exact: bool,
    /// The sum of the magnitudes of all finite values.
    magnitude: f64,
}

impl Rerandomized {
    pub(super) fn new(values: impl Iterator<Item = f64>, exact: bool) -> Self {
        let magnitude = values.filter(|value| value.is_finite()).map(f64::abs).sum();
        Self { exchanges: vec![], exact, magnitude }
    }

    /// Adds the exchange of `count` values with a total difference of `total`; the identity, of none, changes nothing.
    pub(super) fn add(&mut self, total: Total, count: usize) {
        if count > 0 {
            self.exchanges.push((total.mean(count), count));
        }
    }

    /// The number of rerandomizations, with the identity.
    fn count(&self) -> f64 {
        (self.exchanges.len() + 1) as f64
    }

    /// Whether all rerandomizations were looked at.
    pub(super) fn exact(&self) -> bool {
        self.exact
    }

    /// The p-value of a true difference of `null`.
    ///
    /// The identity counts among the extreme ones; of random rerandomizations that makes the p-value valid (Phipson and Smyth,
    /// "Permutation p-values should never be zero", 2010).
    pub(super) fn p(&self, null: f64, alternative: Alternative) -> f64 {
        let tolerance = |count: usize| ROUNDING * (self.magnitude / count as f64 + null.abs());
        let above = self.exchanges.iter().filter(|(mean, count)| *mean <= null + tolerance(*count)).count();
        let below = self.exchanges.iter().filter(|(mean, count)| *mean >= null - tolerance(*count)).count();
        let share = |count: usize| (count + 1) as f64 / self.count();
        alternative.p(share(below), share(above))
    }

    /// The smallest p-value that so many rerandomizations can give.
    pub(super) fn least_p(&self, alternative: Alternative) -> f64 {
        (alternative.sides() / self.count()).min(1.0)
    }

    /// The differences that the two-sided test at 1 − `confidence` does not reject, around `value`.
    pub(in crate::stats) fn estimate(mut self, value: f64, n: usize, confidence: f64) -> Estimate {
        let count = self.count();
        let rank = (((1.0 - confidence) / 2.0 * count + ROUNDING * count) as usize).max(1);
        let attained = (1.0 - 2.0 * rank as f64 / count).max(0.0);
        let last = self.exchanges.len() - 1;
        let mut at = |rank: usize| {
            let (_, (mean, _), _) =
                self.exchanges.select_nth_unstable_by(rank, |left, right| left.0.total_cmp(&right.0));
            *mean
        };
        let (low, high) = (at((rank - 1).min(last)), at(last + 1 - rank.min(last + 1)));
        Estimate { value, low, high, n, confidence: attained.min(confidence) }
    }
}
