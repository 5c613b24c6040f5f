//! Tables of a stored run.

use polars::prelude::DataFrame;

use super::{StoredRun, error::RunError, tuning};
use crate::{
    results::{
        claim::{self, verdicts},
        reach::reach_table,
        table::{self, Table, View},
        tuning::{budget_table, candidate_table},
    },
    store::{
        CONTENTS, Link, MetricRow, PLANNED, PlanColumns, ProbeRow, RecordRow, Row as _, SCORES, StoreError, TrialRow,
    },
    text::{Comparison, Condition},
};

/// The column of a trial's id.
pub const TRIAL_ID: &str = "trial_id";
/// The fewest signs of an id that are shown.
const SHORTEST_ID: usize = 8;

/// A table of a stored run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunTable {
    /// One row per arm.
    Summary,
    /// One row per claim.
    Claims,
    /// One row per arm and candidate of the tuning.
    Tuning,
    /// One row per arm and number of candidates.
    TuningBudget,
    /// One row per arm of a search.
    Reach,
    /// One row per arm and length of test sequences.
    Generalization,
    /// One row per arm and evaluation.
    Curves,
    /// One row per trial.
    Trials,
    /// One row per evaluation, split and metric.
    Metrics,
    /// One row per measurement.
    Probes,
    /// One row per link of a hash chain.
    Chains,
}

impl RunTable {
    /// All tables, in the order in which they are told of.
    pub const ALL: [Self; 11] = [
        Self::Summary,
        Self::Claims,
        Self::Tuning,
        Self::TuningBudget,
        Self::Reach,
        Self::Generalization,
        Self::Curves,
        Self::Trials,
        Self::Metrics,
        Self::Probes,
        Self::Chains,
    ];

    /// The name, such as `summary`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Claims => "claims",
            Self::Tuning => "tuning",
            Self::TuningBudget => "tuning-budget",
            Self::Reach => "reach",
            Self::Generalization => "generalization",
            Self::Curves => "curves",
            Self::Trials => "trials",
            Self::Metrics => "metrics",
            Self::Probes => "probes",
            Self::Chains => "chains",
        }
    }

    /// The table of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The columns that a reader is shown unless others are asked for; all where there are none. The second
    /// ones only where one of the rows has a value.
    pub fn columns_for_readers(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Trials => {
                (&[TRIAL_ID, "arm", "replicate", "status", "updates", "solved", "test_loss"], &["stage", "reason"])
            }
            Self::Metrics => (&[TRIAL_ID, "update", "split", "metric", "value"], &[]),
            Self::Probes => {
                (&[TRIAL_ID, "update", "probe", "layer", "state", "lag", "index", "statistic", "value"], &[])
            }
            Self::Chains => (&[TRIAL_ID, "update", "link"], &[]),
            Self::Summary
            | Self::Claims
            | Self::Tuning
            | Self::TuningBudget
            | Self::Reach
            | Self::Generalization
            | Self::Curves => (&[], &[]),
        }
    }

    /// Why the table may have no rows.
    pub fn why_empty(self) -> String {
        match self {
            Self::Claims => "the suite states no claims".to_owned(),
            Self::TuningBudget => "no arm has all of its candidates trained yet".to_owned(),
            Self::Generalization => {
                "the suite tests on no other length; `evaluate: {lengths: […]}` in a suite names some".to_owned()
            }
            Self::Probes => "the suite has no probes, or no trial has a result yet".to_owned(),
            Self::Chains => "no trial has a result yet, or all were stored by a version without chains".to_owned(),
            table => format!("`{}` has no rows yet", table.name()),
        }
    }
}

impl StoredRun {
    /// The rows of a table for which all `conditions` hold; those of trials that are no longer in the plan only among `all`. Tables of
    /// single trials can be asked by the arm and the swept settings too. [`StoredRun::table_parts`] needs less memory.
    ///
    /// # Errors
    ///
    /// When a condition names no column, conditions are on a table without rows of its own, or a file cannot be read.
    pub fn table(&self, table: RunTable, conditions: &[Condition], all: bool) -> Result<Table, RunError> {
        let mut whole: Option<Table> = None;
        self.table_parts::<RunError>(table, conditions, all, &mut |part| {
            match &mut whole {
                Some(whole) => whole.rows.extend(part.rows),
                None => whole = Some(part),
            }
            Ok(())
        })?;
        Ok(whole.unwrap_or_default())
    }

    /// Hands the rows of [`StoredRun::table`] to `each` part by part, all with the same columns; the first part may have none.
    ///
    /// # Errors
    ///
    /// As of [`StoredRun::table`], and the first error of `each`.
    pub fn table_parts<E: From<RunError>>(
        &self,
        table: RunTable,
        conditions: &[Condition],
        all: bool,
        each: &mut dyn FnMut(Table) -> Result<(), E>,
    ) -> Result<(), E> {
        let conditions: Vec<Condition> =
            conditions.iter().map(|condition| self.whole_id(condition)).collect::<Result<_, _>>()?;
        let of_rows =
            |table: Table| View { conditions: conditions.clone(), ..View::default() }.of(table).map_err(RunError::from);
        let columns = || self.columns();
        let planned = Condition::new(PLANNED, true.into());
        let with_planned: Vec<Condition> = conditions.iter().cloned().chain((!all).then_some(planned)).collect();
        let of_trials = &with_planned[..];
        match table {
            RunTable::Summary => each(of_rows(table::summary(&self.results_without_probes()?))?),
            RunTable::Generalization => each(of_rows(table::generalization(&self.results_without_probes()?))?),
            RunTable::Curves => each(of_rows(table::curves(&self.results_without_probes()?))?),
            RunTable::Claims => each(of_rows(claim::table(&verdicts(&self.results()?)))?),
            RunTable::Tuning | RunTable::TuningBudget => {
                let message = "the suite tunes nothing; `tune` in a suite chooses settings for each arm";
                let ledger =
                    tuning::ledger(&self.stages, Some(&self.store), self.shown.as_ref()).map_err(RunError::from)?;
                let ledger = ledger.ok_or(RunError::NoSuchRows(message))?;
                let shown = if table == RunTable::Tuning { candidate_table(&ledger) } else { budget_table(&ledger) };
                each(of_rows(shown)?)
            }
            RunTable::Reach => {
                let message =
                    "the suite searches for no reach; `reach` in a suite searches for how far back each arm learns";
                let found = self.results()?.circumstances.reach;
                each(of_rows(reach_table(&found.ok_or(RunError::NoSuchRows(message))?))?)
            }
            RunTable::Trials => {
                let is_field = |name: &str| {
                    TrialRow::FIELDS.iter().chain(SCORES).chain([&CONTENTS]).any(|field| field.name == name)
                };
                let columns = columns();
                self.parts(
                    None,
                    of_trials,
                    each,
                    |each| self.store.scan_trials(&columns, each),
                    |shown| {
                        // All others are swept settings.
                        shown.with_settings(|name| !is_field(name))
                    },
                )
            }
            RunTable::Metrics => self.rows_of::<MetricRow, E>(&columns(), of_trials, each),
            RunTable::Probes => self.rows_of::<ProbeRow, E>(&columns(), of_trials, each),
            RunTable::Chains => self.rows_of::<Link, E>(&columns(), of_trials, each),
        }
    }

    /// The condition with a trial's whole id where it has the beginning of one.
    ///
    /// # Errors
    ///
    /// When several stored trials have ids that begin so.
    fn whole_id(&self, condition: &Condition) -> Result<Condition, RunError> {
        let is_id = condition.name == TRIAL_ID && condition.comparison == Comparison::Equal;
        let Some(prefix) = condition.word.as_deref().filter(|word| is_id && !word.is_empty()) else {
            return Ok(condition.clone());
        };
        let mut found =
            self.store.trials().range(prefix.to_owned()..).map(|(id, _)| id).take_while(|id| id.starts_with(prefix));
        match (found.next(), found.count()) {
            (Some(id), 0) => Ok(Condition::new(TRIAL_ID, id.as_str().into())),
            (Some(_), others) => Err(RunError::AmbiguousTrial { prefix: prefix.to_owned(), count: 1 + others }),
            (None, _) => Ok(condition.clone()),
        }
    }

    /// So many signs of a trial's id tell it from all other stored ones.
    pub fn id_length(&self) -> usize {
        let ids: Vec<&String> = self.store.trials().keys().collect();
        let common = |pair: &[&String]| pair[0].bytes().zip(pair[1].bytes()).take_while(|(a, b)| a == b).count();
        ids.windows(2).map(|pair| common(pair) + 1).max().unwrap_or(0).max(SHORTEST_ID)
    }

    /// The rows of a table whose rows belong to trials.
    fn rows_of<T: RecordRow, E: From<RunError>>(
        &self,
        columns: &PlanColumns,
        conditions: &[Condition],
        each: &mut dyn FnMut(Table) -> Result<(), E>,
    ) -> Result<(), E> {
        // Arm and swept settings are columns of trials, which are read where a condition is on one.
        let own = |name: &str| name == PLANNED || T::FIELDS.iter().any(|field| field.name == name);
        let others = conditions.iter().any(|condition| !own(&condition.name));
        let trials = others.then(|| self.store.trials_frame(columns)).transpose().map_err(RunError::from)?;
        self.parts(
            trials.as_ref(),
            conditions,
            each,
            |each| self.store.scan_planned::<T, Stop>(columns, each),
            |shown| shown,
        )
    }

    /// Hands the rows that `scan` finds and for which all `conditions` hold to `each`, as they are `shown`.
    fn parts<E: From<RunError>>(
        &self,
        trials: Option<&DataFrame>,
        conditions: &[Condition],
        each: &mut dyn FnMut(Table) -> Result<(), E>,
        scan: impl FnOnce(&mut dyn FnMut(DataFrame) -> Result<(), Stop>) -> Result<(), Stop>,
        shown: impl Fn(Table) -> Table,
    ) -> Result<(), E> {
        let mut failed = None;
        let scanned = scan(&mut |part| {
            let parts = (0..part.height().max(1)).step_by(ROWS).map(|start| part.slice(start as i64, ROWS));
            for part in parts {
                let chosen = table::select(&part, trials, conditions).map_err(RunError::from)?;
                let table = Table::from_frame(&chosen).map_err(RunError::from)?;
                each(shown(table)).map_err(|error| {
                    failed = Some(error);
                    Stop::Reader
                })?;
            }
            Ok(())
        });
        match (scanned, failed) {
            (_, Some(error)) => Err(error),
            (Err(Stop::Failed(error)), None) => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Rows that are cells of a table at a time.
const ROWS: usize = 1 << 13;

/// Why a scan ended before the table did.
enum Stop {
    /// A row could not be had.
    Failed(RunError),
    /// Whoever reads the rows wants no more.
    Reader,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}
