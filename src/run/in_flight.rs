//! Trials that were left on their way, as their checkpoints tell.

use std::{collections::BTreeSet, fmt, path::Path};

use super::{Stages, elsewhere::Elsewhere};
use crate::{
    plan::{Plan, Trial},
    store::{Checkpoints, Store, layout},
};

/// A planned trial without a result, as far as its last checkpoint has it.
#[derive(Clone, Debug, PartialEq)]
pub struct InFlight {
    /// The trial's id.
    pub trial_id: String,
    /// The label of its arm.
    pub arm: String,
    /// Its replicate.
    pub replicate: u32,
    /// Updates done.
    pub update: u64,
    /// The most updates of the training.
    pub budget: u64,
    /// Seconds that it took so far.
    pub train_seconds: f64,
    /// When the checkpoint was written, RFC 3339 in UTC.
    pub written: String,
}

/// As in `4f0c2a91 (lstm, replicate 2) at update 400 of 1000, 2026-02-28 23:59:59 UTC`.
impl fmt::Display for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trial_id, arm, replicate, update, budget, written, .. } = self;
        let id = trial_id.get(..SHOWN_OF_ID).unwrap_or(trial_id);
        let written = written.replacen('T', " ", 1);
        let written = written.trim_end_matches('Z');
        write!(f, "{id} ({arm}, replicate {replicate}) at update {update} of {budget}, {written} UTC")
    }
}

/// Signs of an id that are shown.
const SHOWN_OF_ID: usize = 8;

/// The trials of `stages` of which neither `store` nor a part of the run has a result, and its folder or a part's an intact checkpoint, by
/// stage, arm and replicate; of several the furthest.
pub fn in_flight(stages: &Stages, store: &Store) -> Vec<InFlight> {
    let dir = store.dir();
    // A part's own folder has none. One that cannot be read is told of by whoever trains.
    let parts = if dir.join(layout::SHARDS).is_dir() { Elsewhere::read(dir, dir).ok() } else { None };
    let parts = parts.iter().flat_map(|parts| &parts.stores);
    let folders: Vec<(Checkpoints, &Store)> =
        [store].into_iter().chain(parts).map(|store| (Checkpoints::of(store.dir()), store)).collect();
    let is_result = |trial_id: &str| {
        let of = |(_, store): &(Checkpoints, &Store)| {
            store.trials().get(trial_id).is_some_and(|stored| stored.status.is_result())
        };
        folders.iter().any(of)
    };
    let left: BTreeSet<String> = folders.iter().flat_map(|(checkpoints, _)| checkpoints.trial_ids()).collect();
    let mut found = vec![];
    each_left(left, stages, |plan, trial, trial_id| {
        let heads = folders.iter().filter_map(|(checkpoints, _)| checkpoints.head(&trial_id));
        let Some(head) = heads.max_by_key(|head| head.update).filter(|_| !is_result(&trial_id)) else { return };
        let (arm, replicate) = (plan.arm(trial.arm).label, trial.replicate);
        let (update, budget, train_seconds, written) = (head.update, head.budget, head.train_seconds, head.written);
        found.push(InFlight { trial_id, arm, replicate, update, budget, train_seconds, written });
    });
    found
}

/// Removes the checkpoints of the trials of `stages` from which none is to go on, and what a killed process left unfinished: those that
/// are stored, as after a process was killed in between, and those that are to be trained from the beginning.
pub(super) fn discard_checkpoints(dir: &Path, stages: &Stages, is_useless: impl Fn(&Plan, Trial) -> bool) {
    let checkpoints = Checkpoints::of(dir);
    each_left(checkpoints.trial_ids().into_iter().collect(), stages, |plan, trial, id| {
        if is_useless(plan, trial) {
            checkpoints.remove(&id);
        }
    });
    checkpoints.sweep();
}

/// Hands the trials of `stages` that are `left` to `each`, with their ids, by stage, arm and replicate.
fn each_left(left: BTreeSet<String>, stages: &Stages, mut each: impl FnMut(&Plan, Trial, String)) {
    if left.is_empty() {
        return;
    }
    for plan in stages.tuning.iter().chain([&stages.reported]) {
        let named = plan.trials().map(|trial| (trial, plan.trial_id(trial)));
        let mut named: Vec<(Trial, String)> = named.filter(|(_, id)| left.contains(id)).collect();
        named.sort_by_key(|(trial, _)| (trial.arm, trial.replicate));
        named.into_iter().for_each(|(trial, id)| each(plan, trial, id));
    }
}
