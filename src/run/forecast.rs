//! The work and cost of a run, before it is done.

use super::{
    Stages,
    reuse::{Reuse, Stored},
};
use crate::{
    engine::Backend,
    plan::{CostEstimate, Plan},
    results::table::{Cell, Column, Table},
    store::{Store, StoreError},
};

/// The work that a plan has left, and what it costs.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The stages of the plan.
    pub stages: Stages,
    /// By arm of the reported stage.
    pub arms: Vec<ArmForecast>,
    /// Trials of all stages.
    pub trials: usize,
    /// Trials of all stages that are stored with a result.
    pub stored: u64,
    /// Seconds on one trial's cores that the others take at most.
    pub seconds: f64,
    /// Bytes of memory that one trial needs at most.
    pub bytes: f64,
    /// Rows that all trials together leave in the tables at most.
    pub rows: f64,
}

/// The work of one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmForecast {
    /// Trials by which its candidates are judged, and how many of them are stored; none without `tune`.
    pub tuning: Option<(u32, u32)>,
    /// Reported trials.
    pub trials: u32,
    /// Reported trials that are stored.
    pub stored: u32,
    /// The cost of one trial.
    pub estimate: CostEstimate,
}

/// Tells what training `plan` by `backend` would do beyond what `store` holds, where models are kept or not.
///
/// # Errors
///
/// When the stored metrics of a tuning cannot be read.
pub fn forecast(
    plan: &Plan,
    store: Option<&Store>,
    backend: Backend,
    keeps_models: bool,
) -> Result<Forecast, StoreError> {
    let reuse = Reuse::new(backend.names());
    let stages = Stages::new(plan, store, |plan, trial, row| reuse.difference(plan, trial.arm, row).is_none())?;
    let stored_of = |plan: &Plan, keeps_models: bool| {
        let mut stored = vec![0u32; plan.arms()];
        for (trial, store) in plan.trials().filter_map(|trial| Some((trial, store?))) {
            let found = reuse.look_up(store, plan, trial, keeps_models);
            stored[trial.arm] += u32::from(found == Stored::Result);
        }
        stored
    };
    let reported = &stages.reported;
    let mut arms: Vec<ArmForecast> = stored_of(reported, keeps_models)
        .into_iter()
        .zip(reported.estimates(backend))
        .map(|(stored, estimate)| ArmForecast { tuning: None, trials: reported.replicates(), stored, estimate })
        .collect();
    let (mut seconds, mut bytes, mut rows) = (0.0, 0f64, 0.0);
    let mut trials = reported.len();
    if let Some(tuning) = &stages.tuning {
        trials += tuning.len();
        let stored = stored_of(tuning, false);
        for (&stored, estimate) in stored.iter().zip(tuning.estimates(backend)) {
            seconds += f64::from(tuning.replicates() - stored) * estimate.seconds;
            bytes = bytes.max(estimate.bytes);
            rows += f64::from(tuning.replicates()) * estimate.rows;
        }
        let each = tuning.candidates() as u32 * tuning.replicates();
        for (arm, stored) in arms.iter_mut().zip(stored.chunks(tuning.candidates())) {
            arm.tuning = Some((each, stored.iter().sum()));
        }
    }
    for arm in &arms {
        seconds += f64::from(arm.trials.saturating_sub(arm.stored)) * arm.estimate.seconds;
        bytes = bytes.max(arm.estimate.bytes);
        rows += f64::from(arm.trials) * arm.estimate.rows;
    }
    let stored = arms.iter().map(|arm| u64::from(arm.stored) + arm.tuning.map_or(0, |(_, stored)| stored.into())).sum();
    Ok(Forecast { stages, arms, trials, stored, seconds, bytes, rows })
}

impl Forecast {
    /// One row for each of the first `limit` arms; a million labels would take longer than all the rest.
    pub fn table(&self, limit: usize) -> Table {
        let mut columns = vec![Column::text("arm")];
        if self.stages.tuning.is_some() {
            columns.extend([Column::number("tuning"), Column::number("tuned")]);
        }
        columns.extend(["trials", "stored", "updates", "parameters"].map(Column::number));
        let row = |(named, arm): (crate::plan::Arm, &ArmForecast)| {
            let tuning = arm.tuning.into_iter().flat_map(|(trials, stored)| [trials, stored]);
            let counts = tuning.chain([arm.trials, arm.stored]).map(|count| Cell::Integer(count.into()));
            let size = [Cell::Integer(arm.estimate.budget.into()), Cell::Integer(arm.estimate.parameters as i128)];
            [Cell::Text(named.label)].into_iter().chain(counts).chain(size).collect()
        };
        let rows = self.stages.reported.named_arms().zip(&self.arms).take(limit).map(row).collect();
        Table { columns, rows, ..Table::default() }
    }
}
