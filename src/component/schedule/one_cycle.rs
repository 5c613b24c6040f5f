use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Schedule, half_wave};

/// Raises the learning rate to its value and lowers it far below the start, over the whole budget.
///
/// # Definition
///
/// With K the budget and r = `rise`: from 1/start-divisor to 1 between update 0 and rK − 1, then to
/// 1/(start-divisor·end-divisor) at update K − 1; each part along half a cosine wave, or evenly with `shape: linear`. With
/// `three-phase` back to 1/start-divisor between rK − 1 and 2rK − 2 first. The optimizer's `learning-rate` is the largest one.
/// Momentum stays as it is.
///
/// # Why it is here
///
/// Large rates in the middle of a training are said to shorten it by an order of magnitude ("super-convergence").
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: one-cycle, rise: 0.3}]
/// ```
///
/// # References
///
/// Smith, Topin 2019 (arXiv:1708.07120v3). Form and defaults are those of PyTorch's `OneCycleLR`, which also moves the momentum
/// against the rate unless told not to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct OneCycle {
    /// The fraction of the budget during which the rate rises.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub rise: f64,
    /// The largest rate over that of the start.
    #[schemars(range(min = 1.0, max = 1e30))]
    pub start_divisor: f64,
    /// The rate of the start over that of the end.
    #[schemars(range(min = 1.0, max = 1e30))]
    pub end_divisor: f64,
    /// The way from one rate to the next.
    pub shape: Shape,
    /// Whether the rate comes back to the start's before it goes to the end's.
    pub three_phase: bool,
}

/// The way from one rate to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Half a cosine wave.
    #[default]
    Cosine,
    /// A straight line.
    Linear,
}

impl Default for OneCycle {
    fn default() -> Self {
        Self { rise: 0.3, start_divisor: 25.0, end_divisor: 1e4, shape: Shape::Cosine, three_phase: false }
    }
}

impl Schedule for OneCycle {
    fn factor(&self, update: u64, budget: u64) -> f64 {
        let (update, budget) = (update as f64, budget as f64);
        let first = 1.0 / self.start_divisor;
        let last = (budget - 1.0, first / self.end_divisor);
        let top = (self.rise * budget - 1.0, 1.0);
        let back = (2.0 * self.rise * budget - 2.0, first);
        let ends = [Some(top), self.three_phase.then_some(back), Some(last)];
        let (mut from, mut start) = (0.0, first);
        for (to, end) in ends.into_iter().flatten() {
            if update <= to || to == last.0 {
                let done = if to > from { ((update - from) / (to - from)).min(1.0) } else { 1.0 };
                return match self.shape {
                    Shape::Cosine => half_wave(start, end, done),
                    Shape::Linear => start + (end - start) * done,
                };
            }
            (from, start) = (to, end);
        }
        last.1
    }
}
