use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Curriculum;
use crate::seed::Stream;

/// Each update has training sequences of another length.
///
/// # Definition
///
/// At each update all training sequences have one length, drawn uniformly from `from`, …, T, where T is the task's `length` (the
/// longest, where it is a range). Validation and test sequences have the task's own length always.
///
/// # Why it is here
///
/// A network that sees many lengths cannot count steps in place of remembering; the short ones keep teaching while the long
/// ones do not yet. A task's own `length: {from: …, to: …}` draws a length for each sequence, and evaluates on them, too.
///
/// # Example
///
/// ```yaml
/// task: {kind: temporal-order-2, length: 200}
/// train: {curriculum: {kind: mixed, from: 50}}
/// ```
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1.1: one network for lengths from 50 to 200, a length per batch in
/// their code (`trainingRNNs`, `RNN.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Mixed {
    /// The shortest length.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub from: usize,
}

impl Default for Mixed {
    fn default() -> Self {
        Self { from: 10 }
    }
}

impl Curriculum for Mixed {
    fn from(&self) -> usize {
        self.from
    }

    fn length(&self, update: u64, longest: usize, stream: &Stream) -> usize {
        let shortest = longest.min(self.from);
        shortest + stream.at(update).below(longest - shortest + 1)
    }
}
