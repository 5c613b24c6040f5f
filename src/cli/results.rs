//! A folder of results, opened for reading: its suite, plan and stored trials.

use std::path::{Path, PathBuf};

use super::Failure;
use crate::{
    plan::{Plan, PlanOptions, Trial},
    store::Store,
    suite::Suite,
    table::{Arm, Results},
};

/// The suite as it was run, beside the tables.
pub(super) const RESOLVED: &str = "resolved.yaml";
/// The suite as the user wrote it.
pub(super) const WRITTEN: &str = "suite.yaml";

/// A run's folder with its current plan.
pub(super) struct RunResults {
    pub dir: PathBuf,
    pub suite: Suite,
    pub plan: Plan,
    pub store: Store,
}

impl RunResults {
    /// Opens `run`: a folder, or the name of a suite whose folder is in results/.
    pub fn open(run: &Path) -> Result<Self, Failure> {
        let named = Path::new("results").join(run);
        let is_run = |dir: &PathBuf| dir.join(RESOLVED).is_file();
        let dir = [run.to_owned(), named].into_iter().find(is_run).ok_or_else(|| {
            let message = format!(
                "`{}` holds no results: give the folder of a run, such as results/vanishing, or the name of a suite",
                run.display()
            );
            Failure::usage(message)
        })?;
        let suite = Suite::load(&dir.join(RESOLVED), vec![], false)?;
        let options = PlanOptions { max_trials: u64::MAX, ..PlanOptions::default() };
        let plan = Plan::new(&suite, &options)?;
        let store = Store::read(&dir)?;
        Ok(Self { dir, suite, plan, store })
    }

    /// What the report is drawn from.
    pub fn gather(&self) -> Result<Results, Failure> {
        gather(&self.suite, &self.plan, &self.store)
    }
}

/// The one trial of the plan whose id begins with `prefix`, and its id; `hint` says where ids are to be found.
pub(super) fn find_trial(plan: &Plan, prefix: &str, hint: &str) -> Result<(Trial, String), Failure> {
    let named = plan.trials().map(|trial| (trial, plan.trial_id(trial)));
    let mut found: Vec<(Trial, String)> = named.filter(|(_, id)| id.starts_with(prefix)).collect();
    match found.len() {
        0 => Err(Failure::usage(format!("no trial has an id that begins with `{prefix}`; {hint}"))),
        1 => Ok(found.remove(0)),
        several => Err(Failure::usage(format!(
            "{several} trials have ids that begin with `{prefix}`; give more digits; {hint}"
        ))),
    }
}

/// The current plan's trials, in its order: by arm, then replicate.
pub(super) fn in_order(plan: &Plan) -> Vec<(usize, String)> {
    let mut trials: Vec<_> = plan.trials().collect();
    trials.sort_by_key(|trial| (trial.arm, trial.replicate));
    trials.into_iter().map(|trial| (trial.arm, plan.trial_id(trial))).collect()
}

pub(super) fn gather(suite: &Suite, plan: &Plan, store: &Store) -> Result<Results, Failure> {
    let arms: Vec<Arm> = plan.table_arms();
    let order = in_order(plan);
    Ok(Results::gather(store, &suite.file.name, &suite.file.about, arms, &order)?)
}
