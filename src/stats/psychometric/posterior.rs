//! The posterior of a psychometric function after some trials.

use super::curve::{Count, Psychometric, ln, sigmoid};
use crate::stats::Estimate;

/// A number of a range that may lie outside of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Below the range: less than its lower end.
    Below,
    /// Within it.
    At(f64),
    /// Beyond it: more than its upper end.
    Beyond,
}

impl Bound {
    /// The value; infinite, with its sign, outside of the range.
    pub fn number(self) -> f64 {
        match self {
            Self::Below => f64::NEG_INFINITY,
            Self::At(value) => value,
            Self::Beyond => f64::INFINITY,
        }
    }
}

/// A length with its interval, each of the three inside the range or known to be outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The posterior's median.
    pub median: Bound,
    /// Lower end of the credible interval.
    pub low: Bound,
    /// Upper end of the credible interval.
    pub high: Bound,
}

/// The weights of a grid's points after some trials.
#[derive(Clone, Debug)]
pub struct Posterior<'a> {
    curve: &'a Psychometric,
    /// By threshold, then spread, then lapse rate; they add up to 1.
    weights: Vec<f64>,
}

/// Differences of logarithms below which a point weighs nothing: e^−40 is 4·10⁻¹⁸.
const NEGLIGIBLE: f64 = -40.0;

impl Psychometric {
    /// The posterior of the parameters after these outcomes.
    pub fn posterior(&self, counts: &[Count]) -> Posterior<'_> {
        let mut logarithms = self.log_prior().to_vec();
        for count in counts {
            let likelihood = self.likelihood(count.length);
            for (sum, (solved, failed)) in logarithms.iter_mut().zip(likelihood.solved.iter().zip(&likelihood.failed)) {
                *sum += f64::from(count.solved) * solved + f64::from(count.tried - count.solved) * failed;
            }
        }
        Posterior::new(self, &logarithms)
    }
}

impl<'a> Posterior<'a> {
    /// The posterior of these logarithms of prior times likelihood.
    pub(super) fn new(curve: &'a Psychometric, logarithms: &[f64]) -> Self {
        let most = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weight = |logarithm: &f64| match logarithm - most {
            below if below < NEGLIGIBLE => 0.0,
            below => libm::exp(below),
        };
        let mut weights: Vec<f64> = logarithms.iter().map(weight).collect();
        let sum: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        Self { curve, weights }
    }

    /// The threshold m: the length at which half of the seeds that learn at all still do, with its interval of this confidence.
    pub fn threshold(&self, confidence: f64) -> Reach {
        let interval = self.interval(confidence);
        self.reach(interval)
    }

    /// The length at which half of *all* seeds learn, those that lapse among them: m·e^(−s·logit(½/(1 − λ))), below everything where
    /// half of them or more lapse.
    pub fn threshold_of_all(&self, confidence: f64) -> Reach {
        let Psychometric { thresholds, spreads, lapses, .. } = self.curve;
        let mut places = Vec::with_capacity(self.weights.len());
        let mut weights = self.weights.iter();
        for threshold in thresholds {
            for spread in spreads {
                for lapse in lapses {
                    let share = 0.5 / (1.0 - lapse);
                    let place = if share < 1.0 {
                        threshold - spread * libm::log(share / (1.0 - share))
                    } else {
                        f64::NEG_INFINITY
                    };
                    places.push((place, weights.next().copied().unwrap_or(0.0)));
                }
            }
        }
        places.retain(|(_, weight)| *weight > 0.0);
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let tail = (1.0 - confidence) / 2.0;
        self.reach([tail, 0.5, 1.0 - tail].map(|share| weighted_quantile(&places, share)))
    }

    /// The spread s, in ln L.
    pub fn spread(&self, confidence: f64) -> Estimate {
        let (spreads, lapses) = (&self.curve.spreads, self.curve.lapses.len());
        self.of_grid(spreads, |point| point / lapses % spreads.len(), confidence)
    }

    /// The lapse rate λ.
    pub fn lapse(&self, confidence: f64) -> Estimate {
        let lapses = &self.curve.lapses;
        self.of_grid(lapses, |point| point % lapses.len(), confidence)
    }

    /// The chance that a training of this length, at least 1, succeeds: the posterior's mean and interval.
    pub fn success(&self, length: f64, confidence: f64) -> Estimate {
        let Psychometric { thresholds, spreads, lapses, .. } = self.curve;
        let place = libm::log(length);
        let mut chances = Vec::with_capacity(self.weights.len());
        let mut weights = self.weights.iter();
        for threshold in thresholds {
            for spread in spreads {
                let success = sigmoid((threshold - place) / spread);
                for lapse in lapses {
                    chances.push(((1.0 - lapse) * success, weights.next().copied().unwrap_or(0.0)));
                }
            }
        }
        let value = chances.iter().map(|(chance, weight)| chance * weight).sum();
        chances.retain(|(_, weight)| *weight > 1e-9);
        chances.sort_by(|a, b| a.0.total_cmp(&b.0));
        let tail = (1.0 - confidence) / 2.0;
        let [low, high] = [tail, 1.0 - tail].map(|share| weighted_quantile(&chances, share));
        Estimate { value, low, high, n: 0, confidence }
    }

    /// ln of the threshold: lower end, median and upper end.
    pub(super) fn interval(&self, confidence: f64) -> [f64; 3] {
        let thresholds = &self.curve.thresholds;
        let marginal = self.shares_of_thresholds();
        let step = thresholds[1] - thresholds[0];
        let tail = (1.0 - confidence) / 2.0;
        [tail, 0.5, 1.0 - tail].map(|share| {
            let mut below = 0.0;
            for (threshold, weight) in thresholds.iter().zip(&marginal) {
                if below + weight >= share {
                    // A point stands for the values around it.
                    return threshold + step * ((share - below) / weight - 0.5);
                }
                below += weight;
            }
            thresholds[thresholds.len() - 1]
        })
    }

    /// The weight of each threshold.
    pub(super) fn shares_of_thresholds(&self) -> Vec<f64> {
        let each = self.curve.spreads.len() * self.curve.lapses.len();
        self.weights.chunks(each).map(|weights| weights.iter().sum()).collect()
    }

    fn reach(&self, [low, median, high]: [f64; 3]) -> Reach {
        let (from, to) = self.curve.range;
        let bound = |place: f64| {
            if place > ln(to) {
                Bound::Beyond
            } else if place >= ln(from) {
                Bound::At(libm::exp(place))
            } else {
                Bound::Below
            }
        };
        Reach { median: bound(median), low: bound(low), high: bound(high) }
    }

    fn of_grid(&self, grid: &[f64], place: impl Fn(usize) -> usize, confidence: f64) -> Estimate {
        let mut marginal = vec![0.0; grid.len()];
        for (point, weight) in self.weights.iter().enumerate() {
            marginal[place(point)] += weight;
        }
        let pairs: Vec<(f64, f64)> = grid.iter().copied().zip(marginal).collect();
        let value = pairs.iter().map(|(value, weight)| value * weight).sum();
        let tail = (1.0 - confidence) / 2.0;
        let [low, high] = [tail, 1.0 - tail].map(|share| weighted_quantile(&pairs, share));
        Estimate { value, low, high, n: 0, confidence }
    }
}

/// The first of these values, in ascending order with their weights, up to which there is this share of the weight.
fn weighted_quantile(pairs: &[(f64, f64)], share: f64) -> f64 {
    let total: f64 = pairs.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0.0;
    for (value, weight) in pairs {
        sum += weight;
        if sum >= share * total {
            return *value;
        }
    }
    pairs.last().map_or(f64::NAN, |(value, _)| *value)
}
