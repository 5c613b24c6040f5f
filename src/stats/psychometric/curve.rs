//! The psychometric function on a grid of its parameters.

/// Outcomes at one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The length, or whatever makes the task harder; at least 1.
    pub length: u64,
    /// How many of the trials succeeded.
    pub solved: u32,
    /// How many there were.
    pub tried: u32,
}

/// How far beyond the ends of the range the threshold may lie, in ln L: a factor of 4.5.
const MARGIN: f64 = 1.5;

/// The step between thresholds in ln L, at most.
const STEP: f64 = 0.03;

/// Spreads: from a step within 15 % of the threshold to a decline over more than an order of magnitude.
const SPREADS: (f64, f64, usize) = (0.04, 1.2, 9);

/// The prior of the spread: its logarithm is normal with this median and standard deviation, cut off at the ends of the grid.
const SPREAD_PRIOR: (f64, f64) = (0.45, 0.9);

/// Lapse rates, closer where they are small.
const LAPSES: [f64; 10] = [0.0, 0.02, 0.05, 0.08, 0.12, 0.17, 0.24, 0.33, 0.45, 0.6];

/// The prior of the lapse rate has a density in proportion to (1 − λ) to this power: a mean of 5 %.
const LAPSE_PRIOR: f64 = 17.0;

/// The psychometric function with all thresholds, spreads and lapse rates that are thought possible, and their prior.
#[derive(Clone, Debug)]
pub struct Psychometric {
    /// Logarithms of the thresholds, evenly spaced.
    pub(super) thresholds: Vec<f64>,
    pub(super) spreads: Vec<f64>,
    pub(super) lapses: Vec<f64>,
    /// Logarithms of the prior, not normalized: by threshold, then spread, then lapse rate.
    prior: Vec<f64>,
    /// The ends of the range in which lengths can be tried.
    pub(super) range: (u64, u64),
}

/// The likelihood of a trial at one length at every point of the grid.
#[derive(Clone, Debug)]
pub(super) struct Likelihood {
    /// The chance of success without lapses, by threshold, then spread.
    pub success: Vec<f64>,
    /// Logarithms of the likelihood of a success and of a failure, as the prior is laid out.
    pub solved: Vec<f64>,
    pub failed: Vec<f64>,
}

impl Psychometric {
    /// The function for lengths from `from` to `to`, both at least 1. The threshold is thought equally likely at every ln L from
    /// below `from` to beyond `to`; a spread is most likely about 0.45, a lapse rate small, and neither is sure.
    pub fn new(from: u64, to: u64) -> Self {
        let (low, high) = (ln(from) - MARGIN, ln(to) + MARGIN);
        let steps = libm::ceil((high - low) / STEP).max(1.0);
        let thresholds: Vec<f64> = (0..=steps as usize).map(|step| low + (high - low) * step as f64 / steps).collect();
        let (narrowest, widest, count) = SPREADS;
        let ratio = libm::log(widest / narrowest);
        let spread = |place: usize| narrowest * libm::exp(ratio * place as f64 / (count - 1) as f64);
        let spreads: Vec<f64> = (0..count).map(spread).collect();
        let lapses = LAPSES.to_vec();
        let logarithms: Vec<f64> = spreads.iter().map(|&spread| libm::log(spread)).collect();
        let log_prior = |spread: usize, lapse: usize| {
            let deviation = libm::log(spreads[spread] / SPREAD_PRIOR.0) / SPREAD_PRIOR.1;
            let density = LAPSE_PRIOR * libm::log1p(-lapses[lapse]) - deviation * deviation / 2.0;
            // By the trapezoidal rule a point at an end stands for half as much.
            density + libm::log(width(&lapses, lapse)) + libm::log(width(&logarithms, spread))
        };
        let at_threshold: Vec<f64> = (0..spreads.len())
            .flat_map(|spread| (0..lapses.len()).map(move |lapse| (spread, lapse)))
            .map(|(spread, lapse)| log_prior(spread, lapse))
            .collect();
        let prior = thresholds.iter().flat_map(|_| at_threshold.iter().copied()).collect();
        Self { thresholds, spreads, lapses, prior, range: (from, to) }
    }

    pub(super) fn log_prior(&self) -> &[f64] {
        &self.prior
    }

    pub(super) fn likelihood(&self, length: u64) -> Likelihood {
        let place = ln(length);
        let points = self.thresholds.len() * self.spreads.len();
        let mut likelihood = Likelihood {
            success: Vec::with_capacity(points),
            solved: Vec::with_capacity(points * self.lapses.len()),
            failed: Vec::with_capacity(points * self.lapses.len()),
        };
        let kept: Vec<f64> = self.lapses.iter().map(|lapse| 1.0 - lapse).collect();
        let logarithms: Vec<f64> = kept.iter().map(|&kept| libm::log(kept)).collect();
        for threshold in &self.thresholds {
            for spread in &self.spreads {
                let eta = (threshold - place) / spread;
                let success = sigmoid(eta);
                likelihood.success.push(success);
                let logarithm = -softplus(-eta);
                for (kept, of_kept) in kept.iter().zip(&logarithms) {
                    likelihood.solved.push(of_kept + logarithm);
                    // With a lapse rate of 0 the failure's logarithm is exact far below the threshold, too.
                    let failed = if *kept == 1.0 { -softplus(eta) } else { libm::log1p(-kept * success) };
                    likelihood.failed.push(failed);
                }
            }
        }
        likelihood
    }
}

/// The part of the line for which a point of a grid stands.
fn width(grid: &[f64], place: usize) -> f64 {
    let before = if place == 0 { grid[0] } else { grid[place - 1] };
    let after = if place + 1 == grid.len() { grid[place] } else { grid[place + 1] };
    (after - before) / 2.0
}

/// ln of a length.
pub(super) fn ln(length: u64) -> f64 {
    libm::log(length as f64)
}

pub(super) fn sigmoid(eta: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-eta))
}

/// ln(1 + e^x).
fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}
