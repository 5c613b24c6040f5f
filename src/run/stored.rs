//! A run as it is stored.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{
    Stages, Standing,
    contents::{Contents, columns, left_over, write},
    definition::Definitions,
    error::RunError,
    mixture::Computed,
};
use crate::{
    plan::{Plan, PlanOptions, Trial},
    results::{
        comparison::{Definition, Side},
        report::{Composition, Unfinished},
        table::Results,
    },
    store::{Link, PlanColumns, Store, StoreError, TrialRow, layout, read_regular},
    suite::{Setting, Suite},
};

/// The folder of a run, opened for reading: its suite, its plan and its stored trials.
#[derive(Debug)]
pub struct StoredRun {
    /// The folder.
    pub dir: PathBuf,
    /// The suite as it was run.
    pub suite: Suite,
    /// Its plan, with the candidates that the stored trials choose.
    pub stages: Stages,
    /// Its trials.
    pub store: Store,
    /// Whether it is of the suite's small version.
    pub quick: bool,
    /// The way of computing of whose trials numbers are made.
    pub(super) shown: Option<Computed>,
    definitions: Definitions,
}

impl StoredRun {
    /// Opens `run`: a folder, or the name of a suite whose folder is in `results/`.
    ///
    /// # Errors
    ///
    /// [`RunError::NoRun`] where there is no run; any other where it cannot be read.
    pub fn open(run: &Path) -> Result<Self, RunError> {
        Self::open_with(run, vec![])
    }

    /// Opens `run` as [`StoredRun::open`] does, with other claims ([`Setting::claims`]) in place of those of its suite, if there are any.
    ///
    /// # Errors
    ///
    /// As of [`StoredRun::open`], and where a claim does not fit the suite.
    pub fn open_with(run: &Path, claims: Vec<Setting>) -> Result<Self, RunError> {
        let named = Path::new(layout::RESULTS).join(run);
        let is_run = |dir: &PathBuf| dir.join(layout::RESOLVED).is_file();
        let folders = [run.to_owned(), named];
        let unmerged = folders.iter().find(|dir| dir.join(layout::SHARDS).is_dir()).cloned();
        let unnamed = folders.iter().find(|dir| dir.join(layout::MANIFEST).is_file()).cloned();
        let dir = folders.into_iter().find(is_run).ok_or_else(|| match (unnamed, unmerged) {
            (Some(dir), _) => RunError::NoSuite { path: dir.join(layout::RESOLVED) },
            (_, Some(path)) => RunError::NotMerged { path },
            _ => RunError::NoRun { path: run.to_owned() },
        })?;
        // What is damaged is told before anything is made of it.
        let store = Store::read(&dir)?;
        let suite = Suite::load_resolved(&store.resolved_suite()?, claims)?;
        let options = PlanOptions { max_trials: u64::MAX, ..PlanOptions::default() };
        let plan = Plan::new(&suite, &options)?;
        let manifest = store.manifest().ok();
        let shown = Computed::shown(&store, manifest.as_ref());
        let counts = |trial: &TrialRow| shown.as_ref().is_none_or(|shown| shown.is_of(trial));
        let stages = Stages::new(&plan, Some((&store).into()), |_, _, trial| counts(trial))?;
        let quick = manifest.is_some_and(|manifest| manifest.quick);
        Ok(Self { dir, suite, stages, store, quick, shown, definitions: Definitions::default() })
    }

    /// The plan of the reported trials.
    pub fn plan(&self) -> &Plan {
        &self.stages.reported
    }

    /// The stored results of the reported trials.
    ///
    /// # Errors
    ///
    /// When a table cannot be read.
    pub fn results(&self) -> Result<Results, RunError> {
        Ok(self.contents().results(true)?)
    }

    /// The stored results of the reported trials without what probes measured, which may be a thousand times as much to read.
    ///
    /// # Errors
    ///
    /// When a table cannot be read.
    pub fn results_without_probes(&self) -> Result<Results, RunError> {
        Ok(self.contents().results(false)?)
    }

    /// The run as it is compared with another, by the name it is opened by.
    ///
    /// # Errors
    ///
    /// When a table cannot be read.
    pub fn side(&self, name: String) -> Result<Side, RunError> {
        // What has no manifest that can be read, or one of a newer version, is not known to be what its tables look like.
        self.store.manifest()?;
        let plan = self.plan();
        let results = self.results_without_probes()?;
        let mut chains: BTreeMap<String, Vec<Link>> = BTreeMap::new();
        let reported: BTreeSet<String> = results.trials().map(|trial| trial.trial.trial_id.clone()).collect();
        for link in self.store.rows::<Link>(|id| reported.contains(id))? {
            chains.entry(link.trial_id.clone()).or_default().push(link);
        }
        // Of another seed an arm is trained on other data, from other weights.
        let seed = self.suite.file.seed;
        let definition = |arm: usize| {
            let mut resolved = plan.resolved(arm);
            if let Some(settings) = resolved.as_object_mut() {
                settings.insert("seed".to_owned(), seed.into());
            }
            Definition { config: format!("seed {seed}, {}", plan.config(arm)), resolved }
        };
        let definitions = (0..plan.arms()).map(definition).collect();
        Ok(Side { name, results, chains, definitions })
    }

    /// How the stored trials stand to the plan.
    pub fn standing(&self) -> Standing {
        self.contents().standing()
    }

    /// The columns that the plan gives the table of trials.
    pub fn columns(&self) -> PlanColumns {
        columns(&self.stages)
    }

    /// The report as the stored results give it.
    ///
    /// # Errors
    ///
    /// When a table or the manifest cannot be read, or a figure not be drawn.
    pub fn report(&self) -> Result<Composition, RunError> {
        Ok(self.contents().report(&self.store.manifest()?, None)?.0)
    }

    /// The report of a run that goes on, as `unfinished` says at its top.
    ///
    /// # Errors
    ///
    /// As of [`StoredRun::report`].
    pub fn interim_report(&self, unfinished: Unfinished) -> Result<Composition, RunError> {
        Ok(self.contents().report(&self.store.manifest()?, Some(unfinished))?.0)
    }

    /// Writes `report` into the folder and gives the path of its page.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write(&self, report: &Composition) -> Result<PathBuf, RunError> {
        Ok(write(&self.dir, report)?)
    }

    /// The files of `report` that the folder has with other bytes or not at all, and figures that the report has no more.
    pub fn stale(&self, report: &Composition) -> Vec<PathBuf> {
        let paths = report.files.iter().map(|(name, bytes)| (self.dir.join(name), bytes));
        let other =
            paths.filter(|(path, bytes)| read_regular(path).ok().as_ref() != Some(*bytes)).map(|(path, _)| path);
        other.chain(left_over(&self.dir, report)).collect()
    }

    /// The file of a trial's parameters, which is there if they were kept.
    pub fn model(&self, trial_id: &str) -> PathBuf {
        self.dir.join(layout::model(trial_id))
    }

    pub(super) fn contents(&self) -> Contents<'_> {
        let Self { suite, stages, store, quick, definitions, shown, .. } = self;
        Contents { suite, stages, store, quick: *quick, definitions, shown: shown.as_ref() }
    }
}

/// Opens the store of a run in `dir` for reading; nothing where nothing was run yet.
///
/// # Errors
///
/// When it cannot be read.
pub fn read_store(dir: &Path) -> Result<Option<Store>, StoreError> {
    match Store::read(dir) {
        Ok(store) => Ok(Some(store)),
        Err(StoreError::Nothing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Finds the one trial of `plan` whose id begins with `prefix`, and its whole id.
///
/// # Errors
///
/// When there is none, or there are several.
pub fn find_trial(plan: &Plan, prefix: &str) -> Result<(Trial, String), RunError> {
    let named = plan.trials().map(|trial| (trial, plan.trial_id(trial)));
    let mut found: Vec<(Trial, String)> = named.filter(|(_, id)| id.starts_with(prefix)).collect();
    match found.len() {
        0 => Err(RunError::NoTrial { prefix: prefix.to_owned() }),
        1 => Ok(found.remove(0)),
        count => Err(RunError::AmbiguousTrial { prefix: prefix.to_owned(), count }),
    }
}
