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

/// The number of trials of `stages` that parts of the run in `dir` have stored and for which `is_pending` holds in its own folder.
///
/// # Errors
///
/// When it cannot be seen which parts there are.
pub(super) fn unmerged(
    dir: &Path,
    stages: &Stages,
    reuse: &Reuse,
    is_pending: impl Fn(&Plan, Trial) -> bool,
) -> Result<usize, StoreError> {
    if !dir.join(layout::SHARDS).is_dir() {
        return Ok(0);
    }
    let shards = Elsewhere::read(dir, dir)?;
    let is_stored = |plan: &Plan, trial: Trial| {
        let of = |store: &Store| reuse.look_up(store, plan, trial, false) == Stored::Result;
        shards.stores.iter().any(of)
    };
    let count = |plan: &Plan| plan.trials().filter(|trial| is_stored(plan, *trial) && is_pending(plan, *trial)).count();
    Ok(stages.tuning.iter().chain([&stages.reported]).map(count).sum())
}
