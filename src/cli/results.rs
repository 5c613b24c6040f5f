//! A folder of results, opened for reading: its suite, plan and stored trials.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::Failure;
use crate::{
    plan::{Plan, PlanOptions, Trial},
    results::table::{self, Arm, Results},
    run::{self, Stages},
    store::{Layout, Store, Swept, SweptValue},
    suite::Suite,
};

/// The suite as it was run, beside the tables.
pub(super) const RESOLVED: &str = "resolved.yaml";
/// The suite as the user wrote it.
pub(super) const WRITTEN: &str = "suite.yaml";

/// A run's folder with its current plan.
pub(super) struct RunResults {
    pub dir: PathBuf,
    pub suite: Suite,
    pub stages: Stages,
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
        let stages = Stages::new(&plan, Some(&store), |_| true)?;
        Ok(Self { dir, suite, stages, store })
    }

    /// The plan of the reported trials.
    pub fn plan(&self) -> &Plan {
        &self.stages.reported
    }

    /// What the report is drawn from.
    pub fn gather(&self) -> Result<Results, Failure> {
        gather(&self.suite, self.plan(), &self.store)
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
    let arms: Vec<Arm> = run::arms(plan);
    let order = in_order(plan);
    let results = Results::gather(store, &suite.file.name, &suite.file.about, arms, &order)?;
    // An arm that is not tuned yet has no trials to look for, but they are planned.
    Ok(Results { planned: plan.len(), ..results })
}

/// The plan's columns of the trials table; a suite with `tune` has one that tells its stages apart.
pub(super) fn layout(stages: &Stages) -> Layout {
    let (mut arms, mut order) = (run::arms(&stages.reported), in_order(&stages.reported));
    let Some(tuning) = &stages.tuning else { return table::layout(&arms, &order) };
    let stage = |text: &str| SweptValue { text: text.to_owned(), number: None };
    let mut values: BTreeMap<String, SweptValue> =
        order.iter().map(|(_, id)| (id.clone(), stage("reported"))).collect();
    let (first, tried) = (arms.len(), in_order(tuning));
    values.extend(tried.iter().map(|(_, id)| (id.clone(), stage("tuning"))));
    arms.extend(run::arms(tuning));
    order.extend(tried.into_iter().map(|(arm, id)| (first + arm, id)));
    let mut layout = table::layout(&arms, &order);
    layout.swept.insert(0, Swept { path: "stage".to_owned(), values });
    layout
}
