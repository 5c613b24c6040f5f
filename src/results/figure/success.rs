//! How many replicates reached the target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Member, arrange};
use super::data::heatmap::{Heatmap, HeatmapCell, HeatmapRow};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_ROWS, NothingToDraw, Picture};
use super::sentences::{left_out, ran, target_in_words};
use crate::results::table::Results;

/// How many replicates reached the target, by arm and by the `series` setting.
///
/// # Definition
///
/// k/n: of n replicates, k reached the target within the budget, on validation data. A diverged replicate
/// has not; one that ended by a fault or a limit of time or memory is not counted. Beside it the exact interval at 95 %
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
/// Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Success {
    /// The dotted path of the swept setting whose values are the columns. Defaults to `task.length`, else the first swept
    /// number.
    pub series: Option<String>,
}

impl Figure for Success {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let arrangement = arrange(plan, self.series.as_deref())?;
        target_in_words(plan)?;
        Ok(Fit::telling(arrangement.groups.len() <= MOST_ROWS))
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let arrangement = arrange(results, self.series.as_deref())?;
        let bounds = target_in_words(results)?;
        let rows: Vec<HeatmapRow> = arrangement
            .groups
            .iter()
            .map(|group| {
                let cell_at = |rank| group.members.iter().find(|member| member.rank == rank).and_then(cell);
                let label = if group.label.is_empty() { results.suite.clone() } else { group.label.clone() };
                HeatmapRow { label, cells: (0..arrangement.values.len()).map(cell_at).collect() }
            })
            .collect();
        let mut notes = Vec::new();
        notes.extend(left_out(results));
        if rows.iter().any(|row| row.cells.iter().any(Option::is_none)) {
            notes.push("A slanted line: nothing is stored or planned there.".to_owned());
        }
        let title = "Replicates that reached the target".to_owned();
        let subtitle = format!("{bounds}. Smaller: exact 95 % interval of the probability of success, in percent.");
        let caption =
            "Replicates that reached the target out of all, by arm; the darker, the more. Where the intervals of two \
                       cells overlap widely, they may not differ at all."
                .to_owned();
        let columns = arrangement
            .values
            .iter()
            .map(|value| if value.text.is_empty() { "solved".to_owned() } else { value.text.clone() })
            .collect();
        let heatmap = Heatmap { title: title.clone(), subtitle, key: arrangement.name.clone(), columns, rows, notes };
        Ok(vec![Picture { name: "success".to_owned(), title, caption, drawing: Drawing::Heatmap(heatmap) }])
    }
}

fn cell(member: &Member) -> Option<HeatmapCell> {
    let solved = member.arm.solved()?;
    let percent = |share: f64| (100.0 * share).round() as u32;
    Some(HeatmapCell {
        share: solved.value,
        text: solved.as_fraction(),
        detail: format!("{}–{}", percent(solved.low), percent(solved.high)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::store::Status;

    fn heatmap(results: &Results) -> Heatmap {
        let named = Success::default().draw(results).unwrap();
        let Drawing::Heatmap(heatmap) = &named[0].drawing else { panic!("not a heatmap") };
        heatmap.clone()
    }

    #[test]
    fn counts_what_reached_the_target() {
        let heatmap = heatmap(&fixture::results());
        assert_eq!(heatmap.columns, ["20", "50"]);
        let texts: Vec<Vec<String>> = heatmap
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.as_ref().map_or("–", |cell| &cell.text).to_owned()).collect())
            .collect();
        assert_eq!(texts, [["0/3", "0/3"], ["3/3", "2/3"]]);
        assert!(heatmap.subtitle.contains("validation loss below 0.01 within 1000 updates"), "{}", heatmap.subtitle);
    }

    #[test]
    fn a_diverged_trial_counts_and_a_failed_one_does_not() {
        let mut results = fixture::results();
        results.trials_mut().last().unwrap().trial.status = Status::Error;
        results.trials_mut().next().unwrap().trial.status = Status::Diverged;
        let heatmap = heatmap(&results);
        assert_eq!(heatmap.rows[0].cells[0].as_ref().unwrap().text, "0/3");
        assert_eq!(heatmap.rows[1].cells[1].as_ref().unwrap().text, "2/2");
        assert_eq!(heatmap.notes, ["1 of 12 trials did not finish and are left out."]);
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
