use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Curriculum;
use crate::seed::Stream;

/// Training sequences that grow from short ones to the task's length.
///
/// # Definition
///
/// At update u, counted from 0, all training sequences have the length
///
/// `from` + ⌊(T − `from`)·min(u / `over`, 1)⌋
///
/// where T is the task's `length` (the longest, where it is a range; from then on lengths are drawn from the range). Validation and
/// test sequences have the task's own length always.
///
/// # Why it is here
///
/// Short lags are learnt first, where the gradient still reaches them; what has been learnt there may carry over to longer ones.
///
/// # Example
///
/// ```yaml
/// train: {curriculum: {kind: growing, from: 10, over: 1000}}
/// ```
///
/// # References
///
/// Bengio, Louradour, Collobert, Weston 2009, Curriculum learning; Zaremba, Sutskever 2014, Learning to execute
/// (arXiv:1410.4615v3), §4, whose naive strategy this is, in even steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Growing {
    /// The first length.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub from: usize,
    /// Updates until the task's length is reached.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub over: u64,
}

impl Default for Growing {
    fn default() -> Self {
        Self { from: 10, over: 1000 }
    }
}

impl Curriculum for Growing {
    fn from(&self) -> usize {
        self.from
    }

    fn length(&self, update: u64, longest: usize, _: &Stream) -> usize {
        let more = longest.saturating_sub(self.from) as u128;
        let grown = more * u128::from(update.min(self.over)) / u128::from(self.over);
        longest.min(self.from) + grown as usize
    }
}
