use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Point, Schedule, along_cosine};

/// Up to the full learning rate and far down again, over the whole budget.
///
/// # Definition
///
/// At update k of n, counted from 0, with the peak at p = rise·n − 1: from 1/start up to 1 along half a cosine until p, then down
/// to 1/(start·end) at n − 1. n is the budget of updates. Momenta stay as they are.
///
/// # Why it is here
///
/// Large rates in the middle of a training, for a known budget.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: one-cycle, rise: 0.3}]
/// ```
///
/// # References
///
/// Smith, Topin 2018 (arXiv:1708.07120v3); this form and its defaults are those of `torch.optim.lr_scheduler.OneCycleLR` with
/// `cycle_momentum=False`, whose `max_lr` is the learning rate here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct OneCycle {
    /// The part of the budget until the peak.
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub rise: f64,
    /// The peak's rate over the first one.
    #[schemars(range(min = 1.0, max = 1e12))]
    pub start: f64,
    /// The first rate over the last one.
    #[schemars(range(min = 1.0, max = 1e12))]
    pub end: f64,
}

impl Default for OneCycle {
    fn default() -> Self {
        Self { rise: 0.3, start: 25.0, end: 1e4 }
    }
}

impl Schedule for OneCycle {
    fn factor(&self, at: Point) -> f64 {
        let (k, peak, last) = (at.update as f64, self.rise * at.budget as f64 - 1.0, at.budget as f64 - 1.0);
        let first = 1.0 / self.start;
        let (from, to, part) = if k <= peak {
            // A budget that ends before there is a rise begins at the peak.
            (first, 1.0, if peak > 0.0 { k / peak } else { 1.0 })
        } else {
            (1.0, first / self.end, if last > peak { (k - peak.max(0.0)) / (last - peak.max(0.0)) } else { 1.0 })
        };
        to + (from - to) * along_cosine(part)
    }
}
