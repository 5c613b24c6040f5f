//! The trials of a session: stored, pending, failed, waited for.

use std::collections::{BTreeMap, BTreeSet};

use super::Session;
use crate::{
    plan::{Plan, Trial},
    run::{
        Pending, Stores,
        reuse::Stored,
        shard::Share,
        unmerged::{Unmerged, unmerged},
    },
    store::{Part, Status, StoreError},
};

impl Session {
    /// The trials that are not stored with a result that stands for what this backend would compute now; all of them where they are
    /// to be trained again.
    pub fn pending(&self) -> Pending {
        let tuning = self.stages.tuning.as_ref().map(|tuning| self.pending_of(tuning, false)).unwrap_or_default();
        Pending { tuning, reported: self.pending_of(&self.stages.reported, self.suite.keeps_models()) }
    }

    /// The number of trials of all stages; of a shard, of those of its own that are known.
    pub fn planned(&self) -> usize {
        let of = |plan: &Plan| match self.options.shard {
            None => plan.len(),
            Some(_) => self.own(plan).count(),
        };
        of(&self.stages.reported) + self.stages.tuning.as_ref().map_or(0, of)
    }

    /// The number of trials of all stages, or of a shard's own, that are stored and stand for what this backend would compute now.
    pub fn stored(&self) -> usize {
        let stands = |plan: &Plan, trial: &Trial| self.look_up(plan, *trial, false) == Stored::Result;
        let of = |plan: &Plan| self.own(plan).filter(|trial| stands(plan, trial)).count();
        of(&self.stages.reported) + self.stages.tuning.as_ref().map_or(0, of)
    }

    /// The number of arms whose trials a shard cannot know yet: other shards have to store those that choose their candidates.
    pub fn waiting(&self) -> usize {
        let (Some(_), Some(tuning)) = (self.options.shard, &self.stages.tuning) else { return 0 };
        let lacking = |trial: &Trial| self.look_up(tuning, *trial, false) != Stored::Result;
        let foreign = |trial: &Trial| !self.share.has(&tuning.trial_id(*trial));
        let of_each = tuning.arms() / self.stages.chosen.len().max(1);
        let lacked: BTreeSet<usize> =
            tuning.trials().filter(foreign).filter(lacking).map(|trial| trial.arm / of_each.max(1)).collect();
        // A searched arm is one shard's as a whole.
        if self.stages.searches.is_some() { 0 } else { lacked.len() }
    }

    /// The pending trials that shards of the run have stored and nobody has merged.
    ///
    /// # Errors
    ///
    /// When it cannot be seen which shards there are.
    pub fn unmerged(&self) -> Result<Unmerged, StoreError> {
        if self.options.shard.is_some() {
            return Ok(Unmerged::default());
        }
        let is_pending = |plan: &Plan, trial| self.options.again || self.look_up(plan, trial, false) != Stored::Result;
        unmerged(&self.dir, &self.stages, &self.reuse, is_pending)
    }

    /// Files of the run's other folders that could not be read, or are damaged, in a line each; the trials that it cost count as not stored.
    pub fn unread(&self) -> &[String] {
        &self.elsewhere.unread
    }

    /// The trials of `plan` that are this session's to train.
    pub(super) fn own<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = Trial> + 'a {
        let all = matches!(self.share, Share::All);
        plan.trials().filter(move |trial| all || self.share.has(&plan.trial_id(*trial)))
    }

    pub(super) fn look_up(&self, plan: &Plan, trial: Trial, keeps_models: bool) -> Stored {
        Stores::new(&self.store, &self.elsewhere.stores).look_up(&self.reuse, plan, trial, keeps_models)
    }

    /// The numbers of trials that are stored and were computed otherwise than they would be now, by the first part in which
    /// they were.
    pub fn outdated(&self) -> BTreeMap<Part, usize> {
        let mut counts = BTreeMap::new();
        for plan in self.stages.tuning.iter().chain([&self.stages.reported]) {
            self.reuse.outdated(&self.store, plan, &mut counts);
        }
        counts
    }

    /// The number of reported trials that are stored and whose parameters, which are to be kept, are not there or have a fault.
    pub fn without_model(&self) -> usize {
        let (plan, keeps_models) = (&self.stages.reported, self.suite.keeps_models());
        let lacks = |trial: &Trial| self.look_up(plan, *trial, true) == Stored::WithoutModel;
        if keeps_models { self.own(plan).filter(lacks).count() } else { 0 }
    }

    /// The numbers of trials of all stages that are stored without a result, by how they ended.
    pub fn failures(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for plan in self.stages.tuning.iter().chain([&self.stages.reported]) {
            let stored = plan.trials().filter_map(|trial| self.store.trials().get(&plan.trial_id(trial)));
            for trial in stored.filter(|trial| !trial.status.is_result()) {
                *counts.entry(trial.status).or_default() += 1;
            }
        }
        counts
    }

    /// The trials of `plan` for which nothing stored stands, or where models are kept without one.
    fn pending_of(&self, plan: &Plan, keeps_models: bool) -> Vec<Trial> {
        let missing = |trial: &Trial| self.options.again || self.look_up(plan, *trial, keeps_models) != Stored::Result;
        let mut pending: Vec<Trial> = self.own(plan).filter(missing).collect();
        // Within a replicate the longest first, so that no long one is left alone at the end.
        let costs: Vec<f64> =
            plan.estimates(self.options.backend).into_iter().map(|estimate| estimate.seconds).collect();
        pending.sort_by(|a, b| a.replicate.cmp(&b.replicate).then(costs[b.arm].total_cmp(&costs[a.arm])));
        pending
    }
}
