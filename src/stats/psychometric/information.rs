//! How much the outcome of a trial tells about the threshold.

use super::curve::{Likelihood, Psychometric};

/// Differences of logarithms below which the best point of a threshold leaves it out of account: e^−12 is 6·10⁻⁶.
const NEGLIGIBLE: f64 = -12.0;

/// Weights of the thresholds that are still possible, from which outcomes are predicted.
pub(super) struct Belief {
    thresholds: Vec<Threshold>,
    total: f64,
}

/// A threshold that is possible.
struct Threshold {
    /// Its place in the grid.
    place: usize,
    weight: f64,
    /// By spread: the weight of the seeds that do not lapse.
    learning: Vec<f64>,
}

/// The outcome of a trial, as it is expected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expectation {
    /// The chance of success.
    pub success: f64,
    /// The mutual information of outcome and threshold, in nats: by how much the entropy of the threshold's distribution is
    /// expected to fall.
    pub information: f64,
}

impl Belief {
    /// The belief that these logarithms of prior times likelihood leave.
    pub fn new(curve: &Psychometric, logarithms: &[f64]) -> Self {
        let most = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let kept: Vec<f64> = curve.lapses.iter().map(|lapse| 1.0 - lapse).collect();
        let of_threshold = |(place, points): (usize, &[f64])| {
            let best = points.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (best - most >= NEGLIGIBLE).then(|| {
                let (mut weight, mut learning) = (0.0, Vec::with_capacity(curve.spreads.len()));
                for points in points.chunks(kept.len()) {
                    let weights = points.iter().map(|point| libm::exp(point - most));
                    let (all, learns) = weights
                        .zip(&kept)
                        .fold((0.0, 0.0), |(all, learns), (weight, kept)| (all + weight, learns + weight * kept));
                    weight += all;
                    learning.push(learns);
                }
                Threshold { place, weight, learning }
            })
        };
        let each = curve.spreads.len() * kept.len();
        let thresholds: Vec<Threshold> = logarithms.chunks(each).enumerate().filter_map(of_threshold).collect();
        let total = thresholds.iter().map(|threshold| threshold.weight).sum();
        Self { thresholds, total }
    }

    /// The outcome that is expected of a trial with this likelihood.
    pub fn expectation(&self, likelihood: &Likelihood) -> Expectation {
        let (mut success, mut known) = (0.0, 0.0);
        for Threshold { place, weight, learning } in &self.thresholds {
            let chances = &likelihood.success[place * learning.len()..];
            let solved: f64 = learning.iter().zip(chances).map(|(learning, chance)| learning * chance).sum();
            success += solved;
            known -= weight * entropy(solved / weight);
        }
        let success = success / self.total;
        Expectation { success, information: entropy(success) + known / self.total }
    }
}

/// The entropy of an event of this chance, in nats.
fn entropy(chance: f64) -> f64 {
    let term = |chance: f64| if chance > 0.0 { -chance * libm::log(chance) } else { 0.0 };
    term(chance) + term(1.0 - chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Count, Search, Stop};

    /// The information is the mean fall of the entropy of the threshold's distribution over both outcomes.
    #[test]
    fn information_is_the_expected_fall_of_entropy() {
        let search = Search::new(10, 1000, Stop { precision: 1.5, trials: 80 });
        let curve = search.curve();
        let counts =
            [(10, 3, 4), (40, 2, 4), (80, 1, 4)].map(|(length, solved, tried)| Count { length, solved, tried });
        let entropy = |counts: &[Count]| -> f64 {
            let shares = curve.posterior(counts).shares_of_thresholds();
            shares.iter().filter(|share| **share > 0.0).map(|share| -share * libm::log(*share)).sum()
        };
        let mut so_far = search.begin();
        for count in counts {
            let place = search.lengths().binary_search(&count.length).unwrap();
            let outcomes: Vec<bool> = (0..count.tried).map(|trial| trial < count.solved).collect();
            search.observe(&mut so_far, &vec![place; outcomes.len()], &outcomes);
        }
        let belief = Belief::new(curve, so_far.logarithms());
        for length in [20, 40, 57, 160] {
            let after = |solved: u32| entropy(&[&counts[..], &[Count { length, solved, tried: 1 }]].concat());
            let Expectation { success, information } = belief.expectation(&curve.likelihood(length));
            let fall = entropy(&counts) - success * after(1) - (1.0 - success) * after(0);
            assert!((information - fall).abs() <= 1e-4 * fall, "{length}: {information} for {fall}");
        }
    }
}
