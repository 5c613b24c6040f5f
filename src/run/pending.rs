//! The work that a session has left.

use crate::plan::Trial;

/// The trials that a session has still to train.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    /// The trials of the tuning, of a suite with `tune`.
    pub tuning: Vec<Trial>,
    /// The trials that are reported, as far as it is known which they are: all of them once the tuning is done.
    pub reported: Vec<Trial>,
}

impl Pending {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.tuning.is_empty() && self.reported.is_empty()
    }
}
