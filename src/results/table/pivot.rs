//! The arms of a plan against the values of one swept setting.

use super::cell::{Cell, INFINITY};
use super::content::{Column, Table};
use super::error::TableError;
use super::results::{Arm, ArmResults, MEDIAN_UPDATES, Results};
use super::setting::{Setting, join};
use crate::results::number::significant;
use crate::stats::Estimate;
use crate::text::nearest;
use crate::train::{Measure, MetricName, Split};

/// The path that is the axis by default, where it is swept.
const LENGTH: &str = "task.length";
/// Significant digits of updates.
const DIGITS: usize = 3;
/// Stands for the value of a setting that an arm's components lack.
const LACKING: &str = "–";

/// The arms grouped by all swept settings but `axis`, one row each, against its values in increasing order, or in the plan's order if
/// they are not numbers. Without `axis` it is the task's length, or the first swept number that no label mentions.
///
/// A cell is the median of `metric` over replicates with its interval; without `metric` how many replicates reached the target, and
/// in how many updates where half of them did; of arms without a target the test loss.
///
/// # Errors
/// When the axis is not swept: with the nearest path and all of them.
pub fn pivot(results: &Results, axis: Option<&str>, metric: Option<MetricName>) -> Result<Table, TableError> {
    let axis = axis_of(results, axis)?;
    let value = |arm: &Arm| arm.swept.iter().find(|setting| setting.path == axis).cloned();
    let mut values: Vec<Option<Setting>> = vec![];
    let same = |a: &Option<Setting>, b: &Option<Setting>| text(a.as_ref()) == text(b.as_ref());
    for arm in &results.arms {
        let found = value(&arm.arm);
        if !values.iter().any(|known| same(known, &found)) {
            values.push(found);
        }
    }
    if values.iter().flatten().all(|setting| setting.number().is_some()) {
        let number = |of: &Option<Setting>| of.as_ref().and_then(Setting::number).unwrap_or(f64::INFINITY);
        values.sort_by(|a, b| number(a).total_cmp(&number(b)));
    }
    let label = |arm: &Arm| {
        let told = join(&arm.settings_without(|path| path == axis));
        if told.is_empty() { "all".to_owned() } else { told }
    };
    let mut rows: Vec<(String, Vec<Option<&ArmResults>>)> = vec![];
    for arm in &results.arms {
        let (label, found) = (label(&arm.arm), value(&arm.arm));
        let place = values.iter().position(|known| same(known, &found)).unwrap_or(0);
        // Two arms that look alike (their difference has no text) never share a cell.
        let row = match rows.iter().position(|(known, cells)| *known == label && cells[place].is_none()) {
            Some(row) => row,
            None => {
                rows.push((label, vec![None; values.len()]));
                rows.len() - 1
            }
        };
        rows[row].1[place] = Some(arm);
    }
    let name = results.arms.iter().find_map(|arm| value(&arm.arm)).map(|setting| setting.name).unwrap_or_default();
    let heads = values.iter().map(|value| Column::number(format!("{name} {}", text(value.as_ref()))));
    let cell = |arm: &Option<&ArmResults>| arm.map_or(Cell::Null, |arm| of_arm(arm, metric));
    Ok(Table {
        columns: [Column::text("arm")].into_iter().chain(heads).collect(),
        rows: rows
            .iter()
            .map(|(label, cells)| [Cell::Text(label.clone())].into_iter().chain(cells.iter().map(cell)).collect())
            .collect(),
        notes: vec![note(results, metric)],
    })
}

fn text(setting: Option<&Setting>) -> &str {
    setting.map_or(LACKING, |setting| setting.text.as_str())
}

/// The swept path that is meant.
fn axis_of(results: &Results, axis: Option<&str>) -> Result<String, TableError> {
    let mut paths: Vec<(&str, bool)> = vec![];
    for setting in results.arms.iter().flat_map(|arm| &arm.arm.swept) {
        let is_number = setting.number().is_some();
        match paths.iter_mut().find(|(path, _)| *path == setting.path) {
            Some((_, numbers)) => *numbers &= is_number,
            None => paths.push((&setting.path, is_number)),
        }
    }
    let bare = |path: &str| path.replace('"', "");
    if let Some(axis) = axis {
        if let Some((path, _)) = paths.iter().find(|(path, _)| bare(path) == bare(axis)) {
            return Ok((*path).to_owned());
        }
        let names: Vec<&str> = paths.iter().map(|(path, _)| *path).collect();
        let hint = nearest(axis, &names).map(|path| format!("; did you mean `{path}`?")).unwrap_or_default();
        let swept = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        return Err(TableError::Pivot(format!("`{axis}` is not swept by this suite{hint}; it sweeps {swept}")));
    }
    let numbers = || paths.iter().filter(|(_, number)| *number).map(|(path, _)| *path);
    let found = numbers().find(|path| *path == LENGTH).or_else(|| numbers().next());
    found
        .map(str::to_owned)
        .ok_or_else(|| TableError::Pivot("no number is swept to be the axis; name a setting".to_owned()))
}

fn of_arm(arm: &ArmResults, metric: Option<MetricName>) -> Cell {
    let estimate = |estimate: Option<Estimate>, infinite: String| {
        estimate.map_or(Cell::Null, |estimate| Cell::Estimate { estimate, infinite: infinite.into() })
    };
    match metric {
        Some(MetricName::Solved) => arm.solved().map_or(Cell::Null, Cell::Share),
        Some(MetricName::UpdatesToTarget) => estimate(arm.updates_to_target(), format!("> {}", arm.arm.budget)),
        // A growth of -∞ is a gradient that vanished.
        Some(metric @ MetricName::Gradient(..)) => estimate(arm.median(metric), INFINITY.to_owned()),
        Some(metric) => estimate(arm.median(metric), "diverged".to_owned()),
        None => match (arm.solved(), arm.updates_to_target()) {
            (Some(solved), Some(updates)) => Cell::Text(reached(solved, updates, arm.arm.budget)),
            _ => of_arm(arm, Some(MetricName::Measured(Split::Test, Measure::Loss))),
        },
    }
}

/// How many reached the target, and in how many updates where half did: `7/10 in 2400 [1400, > 3000]`.
fn reached(solved: Estimate, updates: Estimate, budget: u64) -> String {
    let fraction = solved.as_fraction();
    if !updates.value.is_finite() {
        return fraction;
    }
    let end = |end: f64| if end.is_finite() { significant(end, DIGITS) } else { format!("> {budget}") };
    // One value alone says nothing of its spread.
    let interval = if updates.confidence > 0.0 {
        format!(" [{}, {}]", end(updates.low), end(updates.high))
    } else {
        String::new()
    };
    format!("{fraction} in {}{interval}", end(updates.value))
}

fn note(results: &Results, metric: Option<MetricName>) -> String {
    let with_target = results.arms.iter().any(|arm| arm.arm.target.is_some());
    match metric {
        Some(MetricName::Solved) => {
            "Replicates that reached the target, with the exact 95 % interval (Clopper and Pearson).".to_owned()
        }
        Some(metric) => format!("{metric}: medians over replicates, in brackets their exact 95 % interval."),
        None if with_target => format!(
            "Replicates that reached the target, and in how many updates where half did: the median is {MEDIAN_UPDATES}, in brackets its \
             exact 95 % interval."
        ),
        None => "test/loss: medians over replicates, in brackets their exact 95 % interval.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Circumstances;
    use crate::results::table::LabelPart;
    use crate::results::table::{Target, TrialResults, text};
    use crate::store::{Status, samples::record};

    fn arm(number: u64, cell: &str, length: f64, solved_at: &[Option<u64>]) -> ArmResults {
        let settings = vec![Setting::new("model.cell", cell.into()), Setting::new("task.length", length.into())];
        let target = Target { metric: "validation/loss".parse().unwrap(), below: Some(0.01), above: None };
        let trial = |(index, solved_at): (usize, &Option<u64>)| {
            let mut trial = record(10 * number + index as u64).trial;
            (trial.status, trial.solved, trial.updates_to_target) =
                (Status::Finished, Some(solved_at.is_some()), *solved_at);
            TrialResults::new(trial, &[], vec![]).unwrap()
        };
        ArmResults {
            arm: Arm {
                label: format!("{cell} · length {length}"),
                swept: settings.clone(),
                settings,
                own_label: vec![],
                chance: vec![],
                budget: 3000,
                target: Some(target),
                lengths: None,
                probes: vec![],
            },
            trials: solved_at.iter().enumerate().map(trial).collect(),
        }
    }

    fn results() -> Results {
        let six = |update: u64| vec![Some(update); 6];
        let arms = vec![
            arm(0, "lstm", 100.0, &[Some(900), Some(900), Some(900), Some(900), None, None]),
            arm(1, "lstm", 20.0, &six(200)),
            arm(2, "elman", 100.0, &[None; 6]),
        ];
        Results {
            suite: "x".into(),
            about: String::new(),
            planned: 18,
            arms,
            circumstances: Circumstances::default(),
            claims: vec![],
        }
    }

    fn rows(table: &Table) -> Vec<String> {
        table.rows.iter().map(|row| row.iter().map(Cell::shown).collect::<Vec<_>>().join(" | ")).collect()
    }

    #[test]
    fn arms_stand_against_the_values_of_the_axis() {
        let table = pivot(&results(), None, None).unwrap();
        let heads: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(heads, ["arm", "length 20", "length 100"]);
        // An arm that is not in the plan is no zero.
        assert_eq!(rows(&table), ["lstm | 6/6 in 200 [200, 200] | 4/6 in 900 [900, > 3000]", "elman |  | 0/6"]);
        assert!(!text(&table, Some(80)).is_empty() && table.notes[0].contains("half"));
        let by_cell = pivot(&results(), Some("model.cell"), Some(MetricName::Solved)).unwrap();
        assert_eq!(rows(&by_cell)[0], "length 100 | 4/6 [0.22, 0.96] | 0/6 [0, 0.46]");
    }

    #[test]
    fn an_axis_that_is_mentioned_in_labels_is_taken_out_of_them() {
        let mut results = results();
        for arm in &mut results.arms {
            let [cell, length] = [0, 1].map(|place| arm.arm.swept[place].clone());
            let label = format!("{} at {}", cell.text, length.text);
            arm.arm.settings = vec![Setting::new("label", label.into())];
            let value = |setting: Setting| LabelPart::Value { path: setting.path, text: setting.text };
            arm.arm.own_label = vec![value(cell), LabelPart::Text(" at ".to_owned()), value(length)];
        }
        // A label is a name only: the axis is the one that it would be without labels.
        let table = pivot(&results, None, None).unwrap();
        assert_eq!(table, pivot(&results, Some("task.length"), None).unwrap());
        assert_eq!(table.rows.iter().map(|row| row[0].shown()).collect::<Vec<_>>(), ["lstm at …", "elman at …"]);
    }

    #[test]
    fn an_unknown_axis_is_named_beside_the_nearest() {
        let error = pivot(&results(), Some("task.lenght"), None).unwrap_err().to_string();
        assert!(error.contains("did you mean `task.length`?") && error.contains("model.cell"), "{error}");
    }
}
