//! The table of learning curves: what each arm's replicates measured at each evaluation.

use std::collections::BTreeSet;

use super::cell::{Cell, INFINITY};
use super::content::{Column, Table};
use super::results::{ArmResults, Results, TrialResults};
use super::summary::swept;
use crate::stats::{CONFIDENCE, median_interval};
use crate::store::Status;
use crate::train::{Measure, MetricName, Split};

/// The table, described.
pub const CURVES_ABOUT: &str = "Learning curves, ready to plot: one row per arm and update at which it was evaluated, medians over replicates \
    with exact 95 % intervals. Made of the tables of trials and metrics.";

/// Its columns, described.
pub const CURVES_COLUMNS: [(&str, &str); 4] = [
    ("arm", "The arm's name in the plan."),
    (
        "task.length, model.cell, …",
        "One column for each swept setting, named by its path, in CSV and JSON, with --columns and --where: to readers the arm's name tells it.",
    ),
    ("update", "Parameter updates done."),
    (
        "validation/loss, train/loss, …",
        "The median over replicates; in CSV and JSON the ends of its interval, n and the interval's confidence follow, as `validation/loss low`. A \
         replicate that stopped at the target keeps its last value; one that diverged is worse than every number from then on.",
    ),
];

/// One row per arm and update at which any of its replicates was evaluated: of each measure of training and validation data the median
/// with its exact interval, as [`TrialResults::at`] says what a replicate contributes.
pub fn curves(results: &Results) -> Table {
    let measured: BTreeSet<(Split, Measure)> =
        results.trials().flat_map(|trial| trial.curves.keys().copied()).filter(|(split, _)| is_curve(*split)).collect();
    let swept = swept(&results.arms);
    let mut table = Table { columns: vec![Column::text("arm")], ..Table::default() };
    table.columns.extend(swept.iter().map(|(column, _)| column.clone()));
    table.columns.push(Column::number("update"));
    // What says little of a task, as the arms' chance levels tell, is for programs.
    let silent = results.arms.iter().all(|arm| arm.arm.chance.is_empty());
    table.columns.extend(measured.iter().map(|&(split, measure)| {
        let tells = silent || results.arms.iter().any(|arm| arm.chance(measure).is_some());
        Column { for_programs: !tells, ..Column::number(MetricName::Measured(split, measure).to_string()) }
    }));
    for arm in &results.arms {
        for update in evaluated(arm) {
            let mut row = vec![Cell::Text(arm.arm.label.clone())];
            row.extend(swept.iter().map(|(_, cell)| cell(arm)));
            row.push(Cell::Integer(update.into()));
            row.extend(measured.iter().map(|&key| {
                let values: Vec<f64> = arm.results().filter_map(|trial| trial.at(key, update)).collect();
                let metric = MetricName::Measured(key.0, key.1);
                let estimate = median_interval(&values, CONFIDENCE, metric.non_finite());
                estimate.map_or(Cell::Null, |estimate| Cell::Estimate { estimate, infinite: INFINITY.into() })
            }));
            table.rows.push(row);
        }
    }
    table
}

fn is_curve(split: Split) -> bool {
    matches!(split, Split::Train | Split::Validation)
}

/// The updates at which any replicate of an arm was evaluated.
fn evaluated(arm: &ArmResults) -> BTreeSet<u64> {
    let curves = arm.results().flat_map(|trial| trial.curves.iter().filter(|((split, _), _)| is_curve(*split)));
    curves.flat_map(|(_, curve)| curve.iter().map(|(update, _)| *update)).collect()
}

impl TrialResults {
    /// The contribution of a replicate to the curve of a measure at `update`: what it measured; after its end, its last value if it had
    /// reached the target, NaN if it diverged; nothing between its evaluations.
    pub fn at(&self, key: (Split, Measure), update: u64) -> Option<f64> {
        let curve = self.curves.get(&key)?;
        let last = *curve.last()?;
        if update > last.0 {
            return match self.trial.status {
                Status::Diverged => Some(f64::NAN),
                _ if self.trial.solved == Some(true) => Some(last.1),
                _ => None,
            };
        }
        curve.binary_search_by_key(&update, |(at, _)| *at).ok().map(|index| curve[index].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Circumstances;
    use crate::results::table::{Arm, csv};
    use crate::store::samples::record;

    /// Three replicates: one spends its budget, one reaches the target at 20, one diverges after 10.
    #[test]
    fn rows_are_medians_of_what_replicates_contribute() {
        let trial = |n: u64, status: Status, solved: Option<bool>, losses: &[f64]| {
            let mut trial = TrialResults::new(record(n).trial, &[], vec![]).unwrap();
            (trial.trial.status, trial.trial.solved) = (status, solved);
            let curve = losses.iter().enumerate().map(|(index, loss)| (10 * index as u64, *loss)).collect();
            trial.curves.insert((Split::Validation, Measure::Loss), curve);
            trial.curves.insert((Split::Test, Measure::Loss), vec![(7, 1.0)]);
            trial
        };
        let arm = Arm {
            label: "a".to_owned(),
            settings: vec![],
            swept: vec![],
            own_label: vec![],
            chance: vec![(Measure::Loss, 2.0)],
            budget: 30,
            target: None,
            lengths: None,
            probes: vec![],
        };
        let trials = vec![
            trial(0, Status::Finished, Some(false), &[2.0, 1.5, 1.0, 0.5]),
            trial(1, Status::Finished, Some(true), &[3.0, 1.0, 0.125]),
            trial(2, Status::Diverged, Some(false), &[4.0, 8.0]),
            trial(3, Status::Error, None, &[0.0, 0.0]),
        ];
        let results = Results {
            suite: "x".to_owned(),
            about: String::new(),
            arms: vec![ArmResults { arm, trials }],
            planned: 4,
            circumstances: Circumstances::default(),
            claims: vec![],
        };
        let expected = "arm,update,validation/loss,validation/loss low,validation/loss high,validation/loss n,validation/loss confidence\n\
            a,0,3.0,2.0,4.0,3,0.75\na,10,1.5,1.0,8.0,3,0.75\na,20,1.0,0.125,inf,3,0.75\na,30,0.5,0.125,inf,3,0.75\n";
        assert_eq!(csv(&curves(&results)).unwrap(), expected);
    }
}
