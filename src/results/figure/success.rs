//! How many replicates reached the target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Member, arrange};
use super::matrix::{Cell, Matrix, Row};
use super::registered::{Absent, Figure, Named};
use super::render::Drawing;
use crate::results::number;
use crate::results::table::Results;

/// How many replicates reached the target, by arm and by the `series` setting.
///
/// # Definition
///
/// k/n: of n replicates, k reached the target within the budget, on validation data. A diverged replicate
/// has not; one that ended by a fault or a limit of time or memory is not counted. Beside it Wilson's interval at 95 %
/// confidence for the probability of success. The darker a cell, the larger k/n.
///
/// # Why it is here
///
/// Learning a long lag is often all or nothing: the share of replicates that succeed says more than a
/// mean over those that do and those that don't.
///
/// # How to read it
///
/// Along a row, the column where cells turn pale is how far back in time the arm learns. With few
/// replicates the intervals are wide, and neighbouring cells may not differ at all.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: success, series: task.length}
/// ```
///
/// # References
///
/// Wilson 1927, doi:10.1080/01621459.1927.10502953; Newcombe 1998, table I, method 3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Success {
    /// The dotted path of the swept setting whose values are the columns. Defaults to `task.length`, else the first swept
    /// number.
    pub series: Option<String>,
}

impl Figure for Success {
    fn draw(&self, results: &Results) -> Result<Vec<Named>, Absent> {
        let arrangement = arrange(results, self.series.as_deref())?;
        let bounds = target_in_words(results)?;
        let rows: Vec<Row> = arrangement
            .groups
            .iter()
            .map(|group| {
                let cell_at = |rank| group.members.iter().find(|member| member.rank == rank).and_then(cell);
                let label = if group.label.is_empty() { results.suite.clone() } else { group.label.clone() };
                Row { label, cells: (0..arrangement.values.len()).map(cell_at).collect() }
            })
            .collect();
        let mut notes = Vec::new();
        notes.extend(left_out(results));
        if rows.iter().any(|row| row.cells.iter().any(Option::is_none)) {
            notes.push("A slanted line: nothing is stored or planned there.".to_owned());
        }
        let title = "Replicates that reached the target".to_owned();
        let subtitle = format!("{bounds}. Smaller: 95 % Wilson interval of the probability of success, in percent.");
        let caption =
            "Replicates that reached the target out of all, by arm; the darker, the more. Where the intervals of two \
                       cells overlap widely, they may not differ at all."
                .to_owned();
        let columns = arrangement
            .values
            .iter()
            .map(|value| if value.text.is_empty() { "solved".to_owned() } else { value.text.clone() })
            .collect();
        let matrix = Matrix { title: title.clone(), subtitle, key: arrangement.name.clone(), columns, rows, notes };
        Ok(vec![Named { name: "success".to_owned(), title, caption, drawing: Drawing::Matrix(matrix) }])
    }
}

fn cell(member: &Member) -> Option<Cell> {
    let solved = member.arm.solved()?;
    let percent = |share: f64| (100.0 * share).round() as u32;
    Some(Cell {
        share: solved.value,
        text: solved.as_fraction(),
        detail: format!("{}–{}", percent(solved.low), percent(solved.high)),
    })
}

/// The note on trials that say nothing of their arm, where there are any.
pub(super) fn left_out(results: &Results) -> Option<String> {
    let left_out = results.failed();
    (left_out > 0).then(|| format!("{left_out} of {} trials did not finish and are left out.", results.stored()))
}

/// The targets of the arms, such as `validation loss below 0.01 within 3000 updates`.
///
/// # Errors
/// When no arm has a target.
pub(super) fn target_in_words(results: &Results) -> Result<String, Absent> {
    let mut targets: Vec<String> = Vec::new();
    for (arm, target) in results.arms.iter().filter_map(|arm| Some((&arm.arm, arm.arm.target.as_ref()?))) {
        let bound = match (target.below, target.above) {
            (Some(below), _) => format!("below {}", number::short(below)),
            (None, Some(above)) => format!("above {}", number::short(above)),
            (None, None) => continue,
        };
        let budget = number::decimal(arm.budget as f64, 1.0);
        let words = format!("{} {bound} within {budget} updates", target.metric.words());
        if !targets.contains(&words) {
            targets.push(words);
        }
    }
    match targets.as_slice() {
        [] => Err(Absent("the suite states no target; add one as train.target to see when it is reached".to_owned())),
        [one] => Ok(format!("Target: {one}")),
        _ => Ok("Targets and budgets differ between arms".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::store::Status;

    fn matrix(results: &Results) -> Matrix {
        let named = Success::default().draw(results).unwrap();
        let Drawing::Matrix(matrix) = &named[0].drawing else { panic!("not a matrix") };
        matrix.clone()
    }

    #[test]
    fn counts_what_reached_the_target() {
        let matrix = matrix(&fixture::results());
        assert_eq!(matrix.columns, ["20", "50"]);
        let texts: Vec<Vec<String>> = matrix
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.as_ref().map_or("–", |cell| &cell.text).to_owned()).collect())
            .collect();
        assert_eq!(texts, [["0/3", "0/3"], ["3/3", "2/3"]]);
        assert!(matrix.subtitle.contains("validation loss below 0.01 within 1000 updates"), "{}", matrix.subtitle);
    }

    #[test]
    fn a_diverged_trial_counts_and_a_failed_one_does_not() {
        let mut results = fixture::results();
        results.trials_mut().last().unwrap().trial.status = Status::Error;
        results.trials_mut().next().unwrap().trial.status = Status::Diverged;
        let matrix = matrix(&results);
        assert_eq!(matrix.rows[0].cells[0].as_ref().unwrap().text, "0/3");
        assert_eq!(matrix.rows[1].cells[1].as_ref().unwrap().text, "2/2");
        assert_eq!(matrix.notes, ["1 of 12 trials did not finish and are left out."]);
    }

    #[test]
    fn without_a_target_there_is_no_success() {
        let mut results = fixture::results();
        for arm in &mut results.arms {
            arm.arm.target = None;
        }
        assert!(Success::default().draw(&results).unwrap_err().0.contains("train.target"));
    }
}
