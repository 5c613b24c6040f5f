//! The section `evaluate` of a suite.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tests of the trained network beyond the task that it was trained on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct EvaluateSpec {
    /// Lengths of the task on which the trained network is tested too, each on as many fresh sequences as the test set has; the
    /// metrics are `length-200/loss` and its kin.
    #[schemars(length(max = 100), inner(range(min = 1, max = 1_000_000)))]
    pub lengths: Vec<u32>,
}

impl EvaluateSpec {
    /// Puts the lengths in order, each once: how they are written changes no trial.
    pub fn prune(&mut self) {
        self.lengths.sort_unstable();
        self.lengths.dedup();
    }
}
