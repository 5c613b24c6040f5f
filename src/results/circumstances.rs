//! Circumstances of results: whatever casts doubt on them from outside.

use std::collections::BTreeMap;

use super::reach::Found;
use super::tuning::Ledger;
use crate::store::Part;

/// The circumstances under which results came about, as far as they cast doubt on them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// Whether it is the suite's small version.
    pub quick: bool,
    /// Stored trials that are in the plan no more.
    pub unplanned: usize,
    /// Stored trials that are left out because they were computed by another engine, device or numerics version than those that are
    /// shown, and what those were computed by; they are no replicates of each other.
    pub mixed: Option<(usize, String)>,
    /// Stored trials that would be computed otherwise now, by the first part in which.
    pub redefined: BTreeMap<Part, usize>,
    /// The ledger of what was tried to choose each arm's settings, of a suite with `tune`.
    pub tuning: Option<Ledger>,
    /// The outcomes of the searches, of a suite with `reach`.
    pub reach: Option<Found>,
    /// Arms whose curriculum does not come to the task's length within the budget.
    pub short_of_length: usize,
    /// Arms whose training sees most of the sequences that there are, and roughly how many these are at least.
    pub few_sequences: Option<(usize, u64)>,
    /// Arms whose test sequences are in part training sequences, how many are in the worst of them, and of how many.
    pub repeated: Option<[usize; 3]>,
}
