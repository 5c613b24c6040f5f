//! Stored trials of several folders brought into one.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use self::{chosen::Chosen, conflict::conflict, planned::Planned};
pub use self::{conflict::Conflict, source::LeftOut};
use super::{
    Stages,
    contents::columns,
    error::RunError,
    reuse::{Reuse, Stored},
};
use crate::{
    plan::{Plan, PlanOptions},
    store::{Status, Store, layout},
    suite::Suite,
};

mod chosen;
mod conflict;
mod files;
mod planned;
mod source;

/// The outcome of bringing stored trials together.
#[derive(Debug, Default)]
pub struct Merged {
    /// The folder that has them all now.
    pub dir: PathBuf,
    /// Other folders that were read.
    pub folders: usize,
    /// Trials that were taken over, those among them that take the place of a stored one.
    pub taken: usize,
    /// Trials of the plan that are stored with a result.
    pub stored: usize,
    /// Trials of the plan, as far as it is known which they are.
    pub planned: usize,
    /// Whether nothing is left to train.
    pub complete: bool,
    /// Trials of the plan that are stored without a result, by how they ended.
    pub failures: BTreeMap<Status, usize>,
    /// Folders and trials that were there and not taken over.
    pub left_out: Vec<LeftOut>,
    /// Trials that have other bits in one folder than in another. Nothing is written where there is one.
    pub conflicts: Vec<Conflict>,
}

/// Brings what the shards of `run` have stored, and `others` with their shards, into the folder of `run`: its tables become those of a
/// run on one machine, whatever the order of the folders. What is stored there already stays, and a second time nothing changes.
///
/// # Errors
///
/// When there is no run, another process writes to its folder, or a file cannot be read or written. A folder that cannot be read, or
/// is of something else, is left out and told of.
pub fn merge(run: &Path, others: &[PathBuf]) -> Result<Merged, RunError> {
    let (dir, folders) = source::folders(run, others)?;
    let mut merged = Merged { dir: dir.clone(), ..Merged::default() };
    let mut sources = source::open(folders, &mut merged.left_out);
    let lead = source::lead(&dir, &mut sources, &mut merged.left_out);
    let left_out = || merged.left_out.iter().map(LeftOut::to_string).collect();
    let lead = lead.ok_or_else(|| RunError::NothingToMerge { path: dir.clone(), left_out: left_out() })?;
    let suite = Suite::load_resolved(&lead.join(layout::RESOLVED), vec![])?;
    let plan = Plan::new(&suite, &PlanOptions { max_trials: u64::MAX, ..PlanOptions::default() })?;
    let planned = Planned::new(&plan);
    let reuse = Reuse::new(source::names(&sources, &planned));
    let manifest = source::manifest(&lead, &sources);

    let mut store = Store::open(&dir)?;
    // What is stored there comes first.
    sources.retain(|source| source.dir != dir);
    merged.folders = sources.len();
    let mut chosen = Chosen::default();
    chosen.add(0, &store, &planned, &reuse)?;
    for (place, source) in (1..).zip(&sources) {
        chosen.add(place, &source.store, &planned, &reuse)?;
    }
    let at = |place: usize| if place == 0 { &store } else { &sources[place - 1].store };
    for (id, one, other) in &chosen.conflicts {
        merged.conflicts.push(conflict(id, planned.name(id), at(*one), at(*other))?);
    }
    merged.left_out.extend(chosen.left_out(at));
    if !merged.conflicts.is_empty() {
        return Ok(merged);
    }

    for (place, source) in (1..).zip(&sources) {
        let faults = files::copy_models(&dir, &source.store, chosen.same_as(place))?;
        merged.left_out.extend(faults.into_iter().map(LeftOut::Model));
        merged.taken += files::take(&mut store, &source.store, chosen.of(place))?;
    }
    let changed = files::write_suite(&dir, &lead, manifest)?;
    let accepts = |plan: &Plan, trial: crate::plan::Trial, row: &_| reuse.difference(plan, trial.arm, row).is_none();
    let stages = Stages::new(&plan, Some((&store).into()), accepts)?;
    if changed || store.pending_bytes() > 0 {
        store.compact(&columns(&stages))?;
    }
    merged.count(&stages, &store, &reuse, suite.keeps_models());
    Ok(merged)
}

impl Merged {
    /// Counts what is stored of the plan, with the parameters of what is reported where these are kept.
    fn count(&mut self, stages: &Stages, store: &Store, reuse: &Reuse, keeps_models: bool) {
        let tuning = stages.tuning.iter().map(|plan| (plan, false));
        for (plan, keeps_models) in tuning.chain([(&stages.reported, keeps_models)]) {
            self.planned += plan.len();
            for trial in plan.trials() {
                self.stored += usize::from(reuse.look_up(store, plan, trial, keeps_models) == Stored::Result);
                let failed = store.trials().get(&plan.trial_id(trial)).filter(|row| !row.status.is_result());
                failed.into_iter().for_each(|row| *self.failures.entry(row.status).or_default() += 1);
            }
        }
        let searched = stages.searches.as_ref().is_none_or(|searches| searches.ended() == searches.arms.len());
        self.complete = self.stored == self.planned && searched && stages.chosen.iter().all(Option::is_some);
    }
}
