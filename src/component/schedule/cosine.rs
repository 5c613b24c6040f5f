use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Schedule, half_wave};

/// Lowers the learning rate along half a cosine wave.
///
/// # Definition
///
/// At update k, 0 at first, with K = `updates`: last + (1 − last)/2 · (1 + cos(π·min(k, K)/K)).
///
/// # Why it is here
///
/// The usual schedule of today: it reaches its end with the training, so that nothing but the budget has to be chosen.
///
/// # Example
///
/// ```yaml
/// schedule: [{kind: warm-up, updates: 100}, cosine]
/// ```
///
/// # References
///
/// Loshchilov, Hutter 2017 (arXiv:1608.03983v5), equation 5, without restarts. PyTorch's `CosineAnnealingLR` is the same up to
/// `updates` and rises again after them; here the rate stays at its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Cosine {
    /// The factor at the end.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub last: f64,
    /// Updates until the end; the whole budget if not given.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub updates: Option<u64>,
}

impl Schedule for Cosine {
    fn factor(&self, update: u64, budget: u64) -> f64 {
        let updates = self.updates.unwrap_or(budget);
        half_wave(1.0, self.last, update.min(updates) as f64 / updates as f64)
    }
}
