//! Tables of a stored run.

use super::{StoredRun, error::RunError, tuning};
use crate::{
    results::table::{self, Table},
    store::{Link, MetricRow, PLANNED, ProbeRow},
    text::Condition,
};

/// A table of a stored run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunTable {
    /// One row per arm.
    Summary,
    /// One row per trial of the tuning.
    Tuning,
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
    pub const ALL: [Self; 6] = [Self::Summary, Self::Tuning, Self::Trials, Self::Metrics, Self::Probes, Self::Chains];

    /// The name, such as `summary`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Tuning => "tuning",
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

    /// Why the table may have no rows.
    pub fn why_empty(self) -> String {
        match self {
            Self::Probes => "the suite has no probes, or no trial has a result yet".to_owned(),
            Self::Chains => "no trial has a result yet, or all were stored by a version without chains".to_owned(),
            table => format!("`{}` has no rows yet", table.name()),
        }
    }
}

impl StoredRun {
    /// The rows of a table for which all `conditions` hold; those of trials that are no longer in the plan only among `all`. Tables of
    /// single trials can be asked by the arm and the swept settings too.
    ///
    /// # Errors
    ///
    /// When a condition names no column, conditions are on a table without rows of its own, or a file cannot be read.
    pub fn table(&self, table: RunTable, conditions: &[Condition], all: bool) -> Result<Table, RunError> {
        let any = !conditions.is_empty();
        // Arm and swept settings are columns of trials.
        let columns = self.columns();
        let trials = || self.store.trials_frame(&columns);
        let planned = Condition::new(PLANNED, true.into());
        let conditions: Vec<Condition> = conditions.iter().cloned().chain((!all).then_some(planned)).collect();
        let conditions = &conditions[..];
        let frame = match table {
            RunTable::Summary if any => {
                let message = "--where picks rows of trials, metrics, probes or chains; add --table trials";
                return Err(RunError::NoSuchRows(message));
            }
            RunTable::Summary => return Ok(table::summary(&self.results()?)),
            RunTable::Tuning if any => {
                let message = "--where picks rows of trials; add --table trials, where tuning has `stage=tuning`";
                return Err(RunError::NoSuchRows(message));
            }
            RunTable::Tuning => {
                let message = "the suite tunes nothing; `tune` in a suite chooses settings for each arm";
                return tuning::trials(&self.stages, &self.store)?.ok_or(RunError::NoSuchRows(message));
            }
            RunTable::Trials => table::select(&trials()?, None, conditions)?,
            RunTable::Metrics => {
                table::select(&self.store.planned_frame::<MetricRow>(&columns)?, Some(&trials()?), conditions)?
            }
            RunTable::Probes => {
                table::select(&self.store.planned_frame::<ProbeRow>(&columns)?, Some(&trials()?), conditions)?
            }
            RunTable::Chains => {
                table::select(&self.store.planned_frame::<Link>(&columns)?, Some(&trials()?), conditions)?
            }
        };
        Ok(Table::from_frame(&frame)?)
    }

    /// The number of stored trials that are not in the plan any more: of neither stage, of a suite with `tune`.
    pub fn unplanned(&self) -> usize {
        self.contents().unplanned()
    }
}
