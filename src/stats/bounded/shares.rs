//! Random shares of a distribution, and the interval that they make.

use crate::stats::estimate::Estimate;
use crate::stats::quantile::of_ranked;

/// Draws of an interval: the ends are off by some 0.25 % of confidence.
pub const DRAWS: usize = 4_000;

/// A standard exponential number, above 0, of one word; several over their sum are uniform shares.
pub(super) fn share(word: u64) -> f64 {
    -libm::log(((word >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64))
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
