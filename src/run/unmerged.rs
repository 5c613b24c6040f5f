//! Trials that parts of a run have stored and nobody has merged.

use std::path::Path;

use super::{
    Stages,
    elsewhere::Elsewhere,
    reuse::{Reuse, Stored},
};
use crate::{
    plan::{Plan, Trial},
    store::{Store, StoreError, layout},
};

/// Stored trials in the parts of a run that nobody has merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmerged {
    /// The number of pending trials that they have stored.
    pub trials: usize,
    /// Files that cannot be read there, or are damaged, in a line each.
    pub unread: Vec<String>,
}

/// The trials of `stages` that parts of the run in `dir` have stored and for which `is_pending` holds in its own folder.
///
/// # Errors
///
/// When it cannot be seen which parts there are.
pub(super) fn unmerged(
    dir: &Path,
    stages: &Stages,
    reuse: &Reuse,
    is_pending: impl Fn(&Plan, Trial) -> bool,
) -> Result<Unmerged, StoreError> {
    if !dir.join(layout::SHARDS).is_dir() {
        return Ok(Unmerged::default());
    }
    let shards = Elsewhere::read(dir, dir)?;
    let is_stored = |plan: &Plan, trial: Trial| {
        let of = |store: &Store| reuse.look_up(store, plan, trial, false) == Stored::Result;
        shards.stores.iter().any(of)
    };
    let count = |plan: &Plan| plan.trials().filter(|trial| is_stored(plan, *trial) && is_pending(plan, *trial)).count();
    let trials = stages.tuning.iter().chain([&stages.reported]).map(count).sum();
    Ok(Unmerged { trials, unread: shards.unread.clone() })
}
