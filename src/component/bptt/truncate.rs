use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::BpttRule;

/// Truncated backpropagation through time: cuts the gradient's path every k steps.
///
/// # Definition
///
/// Steps are counted from 0. Nothing passes from step m·k to step m·k − 1, m = 1, 2, …: ∂L/∂s_{m·k−1} is what step m·k − 1
/// and those before it add by their own outputs. States pass forward as ever. Through a delay that spans a cut nothing passes
/// either. The parameters are still updated once per sequence, by the sum over all its pieces: truncation within an update,
/// not an update per piece.
///
/// # Why it is here
///
/// The usual way where sequences are too long for memory. It bounds the lag that can be learnt: an output sees at most the k − 1
/// steps before it, and those only if it stands at the end of a piece.
///
/// # Example
///
/// ```yaml
/// bptt: [{kind: truncate, every: 20}]
/// ```
///
/// # References
///
/// Williams, Peng 1990, An efficient gradient-based algorithm for on-line training of recurrent network trajectories: BPTT(h; h')
/// with h = h' = k, but with one update per sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Truncate {
    /// The number of steps of a piece.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub every: usize,
}

impl Default for Truncate {
    fn default() -> Self {
        Self { every: 20 }
    }
}

impl BpttRule for Truncate {
    fn cuts(&self, t: usize) -> bool {
        t > 0 && t.is_multiple_of(self.every)
    }
}
