//! A row of the table of trials that several keep: a store and the results that are made of it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::record::TrialRow;

/// A row of the table of trials, in memory once however many keep it. Whoever changes it has a row of its own from there on.
#[derive(Clone, PartialEq)]
pub struct SharedTrial(Arc<TrialRow>);

impl Deref for SharedTrial {
    type Target = TrialRow;

    fn deref(&self) -> &TrialRow {
        &self.0
    }
}

impl DerefMut for SharedTrial {
    fn deref_mut(&mut self) -> &mut TrialRow {
        Arc::make_mut(&mut self.0)
    }
}

impl From<TrialRow> for SharedTrial {
    fn from(trial: TrialRow) -> Self {
        Self(Arc::new(trial))
    }
}

/// A row of one's own.
impl From<SharedTrial> for TrialRow {
    fn from(trial: SharedTrial) -> Self {
        Arc::unwrap_or_clone(trial.0)
    }
}

impl PartialEq<TrialRow> for SharedTrial {
    fn eq(&self, other: &TrialRow) -> bool {
        *self.0 == *other
    }
}

/// As the row.
impl fmt::Debug for SharedTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::record;

    #[test]
    fn a_row_that_is_changed_is_nobody_elses() {
        let kept = SharedTrial::from(record(1).trial);
        let mut own = kept.clone();
        assert!(std::ptr::eq(&*kept, &*own));
        own.updates += 1;
        assert_eq!(kept, record(1).trial);
        assert_eq!(TrialRow::from(own).updates, kept.updates + 1);
    }
}
