//! Methods in the order of what they achieve over all tasks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bounds::ROWS;
use super::data::dot_plot::{DotPlot, DotRow};
use super::data::heatmap::HeatmapCell;
use super::drawing::Drawing;
use super::methods::{Comparison, Method, TASK, compare, needs_methods};
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use super::sentences::{left_out, no_target_yet, ran, target_in_words};
use crate::results::number;
use crate::results::table::{ArmResults, MEDIAN_UPDATES, Results};
use crate::seed::{self, Purpose};
use crate::stats::{
    CONFIDENCE, Estimate, NonFinite, bounded_interquartile_mean, bounded_mean, interquartile_mean, stratified_mean,
};

/// The most tasks that have a column each.
const MOST_COLUMNS: usize = 8;

/// All methods of a suite, best first, by how soon they reach the target over its tasks.
///
/// # Definition
///
/// A method is what an arm sweeps beside its task. Each trial scores the updates until its target divided by its budget: near
/// 0 it learns at once, and a trial that does not reach the target within the budget, or diverges, scores 1. A method's score
/// is, as `aggregate` says, the mean over tasks of the mean over replicates, which is the restricted mean time to the target;
/// or the interquartile mean of all its trials on all tasks. The bar is a 95 % interval that assumes of the scores only that
/// they lie between 0 and 1 (Gaffke's, task by task, by 4000 draws), and so covers for two replicates per task too, where the
/// bootstrap's covers 67 %. Cells: k/n, how many of n replicates reached the target of a task, and the median of the updates
/// they took. A trial that ended by a fault or a limit of time or memory is not counted.
///
/// # Why it is here
///
/// A comparison of many methods on several tasks needs one number for each, and the doubt about it: differences between
/// neighbours in a ranking are often smaller than the luck of a seed.
///
/// # How to read it
///
/// Methods whose bars overlap widely are not told apart by these results. Bars are wide for few replicates, also where all
/// agree: that may be luck. The interquartile mean ignores the best and the worst quarter of the trials, so that one task of
/// three that is never solved hardly counts; scores cannot lie far out, so that the mean is the better choice for most suites.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: ranking, tasks: task, aggregate: mean}
/// ```
///
/// # References
///
/// Agarwal et al., Deep reinforcement learning at the edge of the statistical precipice, arXiv:2108.13264v4, section 4
/// (interquartile mean, strata). Gaffke 2005; Learned-Miller and Thomas, arXiv:1905.06208v2 (interval of a bounded mean).
/// Royston and Parmar 2013, doi:10.1186/1471-2288-13-152 (restricted mean time).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ranking {
    /// The dotted path of what makes a task, such as `task`; swept settings at or beneath it are the tasks, all others the
    /// methods.
    pub tasks: String,
    /// How the scores of a method become one.
    pub aggregate: Aggregate,
}

/// How the scores of a method on several tasks become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// The mean over tasks of the mean over replicates.
    #[default]
    Mean,
    /// The mean of the middle half of all trials.
    InterquartileMean,
}

impl Aggregate {
    /// The score of trials that come task by task, each between 0 and 1, with its interval.
    fn of(self, tasks: &[&[f64]], random: impl FnMut() -> u64) -> Option<Estimate> {
        match self {
            Self::Mean => bounded_mean(tasks, (0.0, 1.0), CONFIDENCE, random),
            Self::InterquartileMean => bounded_interquartile_mean(tasks, (0.0, 1.0), CONFIDENCE, random),
        }
    }

    /// The score alone; absent without trials.
    fn value(self, tasks: &[&[f64]]) -> Option<f64> {
        match self {
            Self::Mean => (!tasks.is_empty()).then(|| stratified_mean(tasks)),
            Self::InterquartileMean => interquartile_mean(&tasks.concat(), NonFinite::Highest),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::InterquartileMean => "interquartile mean",
        }
    }
}

impl Default for Ranking {
    fn default() -> Self {
        Self { tasks: TASK.to_owned(), aggregate: Aggregate::default() }
    }
}

impl Figure for Ranking {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        target_in_words(plan)?;
        needs_methods(compare(plan, &self.tasks)?.methods.len(), 2, "a ranking")?;
        Ok(Fit::Telling)
    }

    fn averages_over_tasks(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let target = target_in_words(results)?;
        let Comparison { tasks, methods } = compare(results, &self.tasks)?;
        needs_methods(methods.len(), 2, "a ranking")?;
        let mut ranked: Vec<Ranked> = methods.iter().filter_map(|method| self.ranked(method)).collect();
        if ranked.is_empty() {
            return Err(no_target_yet());
        }
        // Of equal scores the one that solves more, then the order of the plan; what lacks a task cannot be compared.
        ranked.sort_by(|one, other| {
            let complete = other.method.is_complete().cmp(&one.method.is_complete());
            complete.then(one.value.total_cmp(&other.value)).then(other.solved.total_cmp(&one.solved))
        });
        // Of thousands of methods the intervals would take longer than all the rest of a report.
        let row = |(place, ranked): (usize, &Ranked)| self.row(ranked, &results.suite, place < ROWS);
        let mut rows: Vec<DotRow> = ranked.iter().enumerate().map(row).collect();
        let mut notes = Vec::new();
        notes.extend(left_out(results));
        if rows.iter().any(|row| !row.complete) {
            notes.push(
                "Open circle, last: some task has no trials (a slanted line), so that it cannot be compared."
                    .to_owned(),
            );
        }
        let mut columns: Vec<String> =
            tasks.iter().map(|task| if task.is_empty() { "solved".to_owned() } else { task.clone() }).collect();
        if columns.len() > MOST_COLUMNS {
            notes.push(format!("Over {} tasks, which are too many to show one by one.", columns.len()));
            columns.clear();
            rows.iter_mut().for_each(|row| row.cells.clear());
        }
        let bar = if rows.iter().any(|row| row.interval.is_some()) {
            "bar: its 95 % interval (Gaffke)"
        } else {
            "one replicate per task, so that there is no interval"
        };
        let cells = match columns.is_empty() {
            true => String::new(),
            false => format!(" Cells: replicates that reached it, and median updates, {MEDIAN_UPDATES}."),
        };
        let title = "Ranking".to_owned();
        let subtitle = format!(
            "{target}. Point: {} of updates to the target over the budget (1: not reached), lower is better; {bar}.{cells}",
            self.aggregate.name()
        );
        let caption =
            "Methods by how soon they reach the target over all tasks, best first. Methods whose intervals overlap \
                       widely are not told apart."
                .to_owned();
        let x = "updates to target / budget".to_owned();
        let plot = DotPlot { title: title.clone(), subtitle, x, columns, rows, notes };
        Ok(vec![Picture { name: "ranking".to_owned(), title, caption, drawing: Drawing::DotPlot(plot) }])
    }
}

/// A method with the scores of its trials.
struct Ranked<'a> {
    method: &'a Method<'a>,
    scores: Vec<Vec<f64>>,
    value: f64,
    /// The share of its trials that reached the target.
    solved: f64,
}

impl Ranking {
    /// The method with its score; absent without trials.
    fn ranked<'a>(&self, method: &'a Method<'a>) -> Option<Ranked<'a>> {
        let scores = method.scores();
        let strata: Vec<&[f64]> = scores.iter().map(Vec::as_slice).collect();
        let value = self.aggregate.value(&strata)?;
        let all = || method.tasks.iter().flatten().flat_map(|(_, needed)| needed);
        let solved = all().filter(|updates| updates.is_finite()).count() as f64 / all().count() as f64;
        Some(Ranked { method, scores, value, solved })
    }

    /// The row, with its interval only where that is asked for.
    fn row(&self, ranked: &Ranked, suite: &str, with_interval: bool) -> DotRow {
        let Ranked { method, scores, value, .. } = ranked;
        let strata: Vec<&[f64]> = scores.iter().map(Vec::as_slice).collect();
        // By its name, so that another method beside it changes nothing.
        let mut draws = seed::stream(0, Purpose::Bootstrap, &[("suite", suite), ("method", &method.label)]).at(0);
        let wanted = with_interval && strata.iter().any(|stratum| stratum.len() > 1);
        let found = wanted.then(|| self.aggregate.of(&strata, || draws.bits())).flatten();
        DotRow {
            label: method.label.clone(),
            value: *value,
            interval: found.map(|found| (found.low, found.high)),
            complete: method.is_complete(),
            cells: method.tasks.iter().map(|task| task.as_ref().and_then(|(arm, _)| cell(arm))).collect(),
        }
    }
}

fn cell(arm: &ArmResults) -> Option<HeatmapCell> {
    let solved = arm.solved()?;
    let median = arm.updates_to_target()?.value;
    let beyond = || format!("> {}", number::decimal(arm.arm.budget as f64, 1.0));
    Some(HeatmapCell {
        share: solved.value,
        text: solved.as_fraction(),
        detail: if median.is_finite() { number::decimal(median, 1.0) } else { beyond() },
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::store::Status;

    fn plot(results: &Results) -> DotPlot {
        let named = Ranking::default().draw(results).unwrap();
        let Drawing::DotPlot(plot) = &named[0].drawing else { panic!("not a dot plot") };
        plot.clone()
    }

    #[test]
    fn methods_are_ordered_by_what_they_achieve_over_all_tasks() {
        let plot = plot(&fixture::results());
        assert_eq!(plot.columns, ["length 20", "length 50"]);
        let labels: Vec<&str> = plot.rows.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(labels, ["lstm", "elman tanh"]);
        // 300, 400, 500 and 600, 800 of 1000, one not at all.
        let lstm = &plot.rows[0];
        assert!((lstm.value - 0.6).abs() <= 1e-12, "{}", lstm.value);
        let (low, high) = lstm.interval.unwrap();
        assert!(low >= 0.2 && low < lstm.value && lstm.value < high && high <= 1.0, "{low} {high}");
        let texts: Vec<_> =
            lstm.cells.iter().flatten().map(|cell| (cell.text.as_str(), cell.detail.as_str())).collect();
        assert_eq!(texts, [("3/3", "400"), ("2/3", "800")]);
        // Nothing of it reaches the target: the whole budget.
        assert_eq!((plot.rows[1].value, plot.rows[1].interval.map(|(_, high)| high)), (1.0, Some(1.0)));
    }

    #[test]
    fn a_diverged_trial_scores_the_budget_and_a_failed_one_nothing() {
        let mut results = fixture::results();
        results.trials_mut().last().unwrap().trial.status = Status::Error;
        let plot = plot(&results);
        assert_eq!(plot.rows[0].cells[1].as_ref().unwrap().text, "2/2");
        assert_eq!(plot.notes, ["1 of 12 trials did not finish and are left out."]);
        for trial in results.trials_mut().map(|trial| &mut trial.trial) {
            (trial.status, trial.solved, trial.updates_to_target) = (Status::Diverged, Some(false), None);
        }
        assert!(self::plot(&results).rows.iter().all(|row| row.value == 1.0));
    }

    #[test]
    fn a_mean_weighs_tasks_alike_and_the_interquartile_mean_trials() {
        let tasks: [&[f64]; 2] = [&[0.1, 0.2, 0.3], &[0.8, 0.9, 1.0, 1.0, 1.0]];
        let of = |aggregate: Aggregate| {
            let mut draws = seed::stream(0, Purpose::Bootstrap, &[]).at(0);
            aggregate.of(&tasks, || draws.bits()).unwrap()
        };
        let mean = of(Aggregate::Mean);
        assert!((mean.value - (0.2 + 0.94) / 2.0).abs() <= 1e-12, "{mean:?}");
        let middle = of(Aggregate::InterquartileMean);
        assert!((middle.value - (0.3 + 0.8 + 0.9 + 1.0) / 4.0).abs() <= 1e-12, "{middle:?}");
        for found in [mean, middle] {
            assert!(found.low < found.value - 0.1 && found.high > found.value + 0.05, "{found:?}");
        }
        assert_eq!(Aggregate::Mean.of(&[], || 0), None);
    }

    /// A method that solves nothing scores the whole budget, with an interval that leaves room for luck: more of it for two replicates.
    #[test]
    fn few_replicates_that_agree_are_no_certainty() {
        let low = |replicates: usize| {
            let mut results = fixture::results();
            results.arms.iter_mut().for_each(|arm| arm.trials.truncate(replicates));
            plot(&results).rows[1].interval.map(|(low, _)| low)
        };
        assert_eq!(low(1), None);
        let (two, three) = (low(2).unwrap(), low(3).unwrap());
        assert!(two > 0.2 && two < three && three < 0.7, "{two} {three}");
    }

    #[test]
    fn of_equal_scores_the_one_that_solves_more_comes_first() {
        let mut results = fixture::results();
        // The first method solves half of its trials at once, the second all of them half-way.
        for (arm, updates) in
            results.arms.iter_mut().zip([[Some(0), None], [Some(0), None], [Some(500); 2], [Some(500); 2]])
        {
            arm.trials.truncate(2);
            for (trial, updates) in arm.trials.iter_mut().map(|trial| &mut trial.trial).zip(updates) {
                (trial.solved, trial.updates_to_target) = (Some(updates.is_some()), updates);
            }
        }
        let plot = plot(&results);
        let rows: Vec<_> = plot.rows.iter().map(|row| (row.label.as_str(), row.value)).collect();
        assert_eq!(rows, [("lstm", 0.5), ("elman tanh", 0.5)]);
    }

    #[test]
    fn what_lacks_a_task_comes_last() {
        let mut results = fixture::results();
        // The second length of the lstm.
        results.arms[3].trials.clear();
        let plot = plot(&results);
        let ends: Vec<_> = plot.rows.iter().map(|row| (row.label.as_str(), row.complete)).collect();
        assert_eq!(ends, [("elman tanh", true), ("lstm", false)]);
        assert!(plot.notes[0].contains("cannot be compared"), "{:?}", plot.notes);
    }

    #[test]
    fn one_method_is_no_ranking_and_other_settings_can_be_the_tasks() {
        let mut results = fixture::results();
        let by_cell = Ranking { tasks: "model.cell".to_owned(), ..Ranking::default() };
        let Drawing::DotPlot(plot) = &by_cell.draw(&results).unwrap()[0].drawing else { panic!("not a dot plot") };
        assert_eq!(plot.columns, ["elman tanh", "lstm"]);
        assert_eq!(plot.rows[0].label, "length 20");
        results.arms.truncate(2);
        assert!(Ranking::default().draw(&results).unwrap_err().0.contains("two methods"));
    }
}
