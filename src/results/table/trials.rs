//! The trials of a plan, as readers look them up.

use super::cell::Cell;
use super::content::{Column, Table};
use super::results::{ArmResults, Results, TrialResults};
use crate::train::{Measure, MetricName, Split};

/// One row per stored trial of the plan, by arm and replicate: how it ended, after how many updates, when it reached its target, and
/// its test loss. The reason is a column where a trial has one.
pub fn trials(results: &Results) -> Table {
    let with_target = results.arms.iter().any(|arm| arm.arm.target.is_some());
    let with_reason = results.trials().any(|trial| trial.trial.reason.is_some());
    let loss = MetricName::Measured(Split::Test, Measure::Loss);
    type CellOf = Box<dyn Fn(&ArmResults, &TrialResults) -> Cell>;
    let text = |of: fn(&ArmResults, &TrialResults) -> String| -> CellOf {
        Box::new(move |arm, trial| Cell::Text(of(arm, trial)))
    };
    let mut columns: Vec<(Column, CellOf)> = vec![
        (Column::text("trial"), text(|_, trial| trial.trial.trial_id.clone())),
        (Column::text("arm"), text(|arm, _| arm.arm.label.clone())),
        (Column::number("replicate"), Box::new(|_, trial| Cell::Integer(trial.trial.replicate.into()))),
        (Column::text("status"), text(|_, trial| trial.trial.status.name().to_owned())),
        (Column::number("updates"), Box::new(|_, trial| Cell::Integer(trial.trial.updates.into()))),
    ];
    if with_target {
        let reached = |_: &ArmResults, trial: &TrialResults| {
            trial.trial.updates_to_target.map_or(Cell::Null, |update| Cell::Integer(update.into()))
        };
        columns.push((Column::number("target reached at"), Box::new(reached)));
    }
    let scored = move |_: &ArmResults, trial: &TrialResults| trial.value(loss).map_or(Cell::Null, Cell::Number);
    columns.push((Column::number("test loss"), Box::new(scored)));
    if with_reason {
        let reason = |_: &ArmResults, trial: &TrialResults| trial.trial.reason.clone().map_or(Cell::Null, Cell::Text);
        columns.push((Column::text("reason"), Box::new(reason)));
    }
    let row = |arm: &ArmResults, trial: &TrialResults| columns.iter().map(|(_, cell)| cell(arm, trial)).collect();
    let rows = results.arms.iter().flat_map(|arm| arm.trials.iter().map(move |trial| (arm, trial)));
    let rows = rows.map(|(arm, trial)| row(arm, trial)).collect();
    Table { rows, columns: columns.into_iter().map(|(column, _)| column).collect(), notes: vec![] }
}
