//! The stored trials of several folders as those of one.

use super::reuse::{Reuse, Stored};
use crate::{
    plan::{Plan, Trial},
    store::{Store, TrialRow},
};

/// The stored trials of a folder, and of others in which trials of the same run are stored.
#[derive(Clone, Copy, Debug)]
pub struct Stores<'a> {
    own: &'a Store,
    others: &'a [Store],
}

impl<'a> From<&'a Store> for Stores<'a> {
    fn from(own: &'a Store) -> Self {
        Self { own, others: &[] }
    }
}

impl<'a> Stores<'a> {
    /// The trials of `own`, and where it lacks one that of `others`.
    pub fn new(own: &'a Store, others: &'a [Store]) -> Self {
        Self { own, others }
    }

    /// Each folder, in the order in which a trial is looked for.
    pub fn iter(self) -> impl Iterator<Item = &'a Store> {
        std::iter::once(self.own).chain(self.others)
    }

    /// The first stored trial of this id that `accepts` likes, with the place of its folder in [`Stores::iter`].
    pub fn find(self, trial_id: &str, accepts: impl Fn(&TrialRow) -> bool) -> Option<(usize, &'a TrialRow)> {
        let mut found =
            self.iter().enumerate().filter_map(|(place, store)| Some((place, &**store.trials().get(trial_id)?)));
        found.find(|(_, row)| accepts(row))
    }

    /// The stored part of `trial` by the rule of `reuse`: the first result that stands for it, else what the own folder has.
    pub(super) fn look_up(self, reuse: &Reuse, plan: &Plan, trial: Trial, keeps_models: bool) -> Stored {
        let of = |store: &Store| reuse.look_up(store, plan, trial, keeps_models);
        let own = of(self.own);
        if own != Stored::Result && self.others.iter().any(|store| of(store) == Stored::Result) {
            return Stored::Result;
        }
        own
    }
}
