use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Point, Schedule, along_cosine};

/// Down to a last factor along half a cosine, over the whole budget.
///
/// # Definition
///
/// last + (1 − last)·(1 + cos(π·k/n))/2 at update k of n, counted from 0; n is the budget of updates.
///
/// # Why it is here
///
/// The usual choice where the budget is known. A trial that would be solved late is slowed down by it.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: warm-up, updates: 100}, cosine]
/// ```
///
/// # References
///
/// Loshchilov, Hutter 2017 (arXiv:1608.03983v5), eq. 5, without restarts; `torch.optim.lr_scheduler.CosineAnnealingLR`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Cosine {
    /// The factor at the end of the budget.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub last: f64,
}

impl Default for Cosine {
    fn default() -> Self {
        Self { last: 0.0 }
    }
}

impl Schedule for Cosine {
    fn factor(&self, at: Point) -> f64 {
        self.last + (1.0 - self.last) * along_cosine(at.update as f64 / at.budget as f64)
    }
}
