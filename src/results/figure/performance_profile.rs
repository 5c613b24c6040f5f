//! The share of trials that each method brings to the target, against the budget spent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::chart::{Axis, Chart, Panel, Point, Series, SeriesRole};
use super::drawing::Drawing;
use super::methods::{Comparison, Method, TASK, compare, needs_whole_methods};
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use super::sentences::{left_out, ran, target_in_words};
use crate::results::table::Results;
use crate::seed::{self, Purpose};
use crate::stats;

/// Performance profiles: for each share of the budget, the share of its trials over all tasks that a method brings to the target
/// within it.
///
/// # Definition
///
/// A method is what an arm sweeps beside its task. The score of a trial is the updates until its target divided by its budget; a
/// trial that does not reach the target, or diverges, has none. The line is, at each threshold τ, the mean over tasks of the share of
/// replicates whose score is at most τ. The band is its pointwise 95 % interval (Gaffke's of a bounded mean; Clopper and Pearson's
/// of a single task); of more than three methods, or of very many trials, it is left out. A trial that ended by a fault or a limit
/// of time or memory is not counted.
///
/// # Why it is here
///
/// One number per method, as in `ranking`, hides whether a method is soon on some tasks and never on others. The profile shows all
/// of the distribution, for all tasks at once.
///
/// # How to read it
///
/// A line above another is better at that share of the budget: a method whose line lies above everywhere is the better one, lines that
/// cross trade speed for reach. The height at the right edge is the share of trials that reach the target at all.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: performance-profile, tasks: task}
/// ```
///
/// # References
///
/// Dolan and Moré 2002, doi:10.1007/s101070100263. Agarwal et al. 2021, arXiv:2108.13264v4, section 4.2 (run-score distributions).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PerformanceProfile {
    /// The dotted path of what makes a task, such as `task`; swept settings at or beneath it are the tasks, all others the
    /// methods.
    pub tasks: String,
}

impl Default for PerformanceProfile {
    fn default() -> Self {
        Self { tasks: TASK.to_owned() }
    }
}

/// The most methods whose lines can be told apart.
const MOST_METHODS: usize = 12;
/// The most methods whose bands can be told apart.
const MOST_BANDS: usize = 3;
/// The most thresholds at which the band is computed.
const THRESHOLDS: usize = 40;
/// The most trials of a method whose line has a band.
const MOST_TRIALS: usize = 400;

impl Figure for PerformanceProfile {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        target_in_words(plan)?;
        let Comparison { tasks, methods } = compare(plan, &self.tasks)?;
        needs_whole_methods(&methods, 2, "a performance profile")?;
        Ok(Fit::telling(tasks.len() > 1 && methods.len() <= MOST_METHODS))
    }

    fn averages_over_tasks(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let target = target_in_words(results)?;
        let Comparison { tasks, methods } = compare(results, &self.tasks)?;
        needs_whole_methods(&methods, 2, "a performance profile")?;
        let complete: Vec<&Method> = methods.iter().filter(|method| method.is_complete()).collect();
        if complete.is_empty() {
            return Err(NothingToDraw(
                "no method has finished trials on all tasks yet; run the suite first".to_owned(),
            ));
        }
        let banded = complete.len() <= MOST_BANDS
            && complete.iter().all(|method| method.scores().iter().map(Vec::len).sum::<usize>() <= MOST_TRIALS);
        let series = complete.iter().enumerate().map(|(rank, method)| Series {
            label: method.label.clone(),
            points: points(method, &results.suite, banded),
            role: SeriesRole::Named { rank },
            ..Series::default()
        });
        let panel = Panel { series: series.collect(), ..Panel::default() };
        let mut notes: Vec<String> = left_out(results).into_iter().collect();
        let lacking = methods.len() - complete.len();
        if lacking > 0 {
            notes.push(format!("{lacking} of {} methods have no trials on some task and are left out.", methods.len()));
        }
        let over = match tasks.len() {
            1 => String::new(),
            count => format!(", mean over {count} tasks"),
        };
        let band = if banded { "; band: its pointwise 95 % interval" } else { "" };
        let title = "Performance profiles".to_owned();
        let chart = Chart {
            title: title.clone(),
            subtitle: format!(
                "{target}. Line: the share of trials that reached it within that share of the budget{over}{band}."
            ),
            x: Axis { label: "updates / budget".to_owned(), include: vec![0.0, 1.0], ..Axis::default() },
            y: Axis { label: "share that reached the target".to_owned(), include: vec![0.0, 1.0], ..Axis::default() },
            key: String::new(),
            panels: vec![panel],
            columns: Some(1),
            notes,
        };
        let caption = "The share of trials that each method brings to the target, against the share of the budget spent: higher is \
                       better; at the right edge stands how many reach it at all."
            .to_owned();
        let drawing = Drawing::Chart(Box::new(chart));
        Ok(vec![Picture { name: "performance-profile".to_owned(), title, caption, drawing }])
    }
}

/// The corners of a method's profile.
fn points(method: &Method, suite: &str, banded: bool) -> Vec<Point> {
    let strata: Vec<Vec<f64>> = method
        .tasks
        .iter()
        .flatten()
        .map(|(arm, needed)| needed.iter().map(|updates| updates / arm.arm.budget as f64).collect::<Vec<f64>>())
        .collect();
    let strata: Vec<&[f64]> = strata.iter().map(Vec::as_slice).collect();
    let mut scores: Vec<f64> =
        strata.iter().flat_map(|stratum| stratum.iter().copied()).filter(|s| *s <= 1.0).collect();
    scores.sort_by(f64::total_cmp);
    scores.dedup();
    let thresholds: Vec<f64> = if banded && scores.len() > THRESHOLDS {
        (0..THRESHOLDS).map(|index| scores[index * (scores.len() - 1) / (THRESHOLDS - 1)]).collect()
    } else {
        scores
    };
    let shares: Vec<(f64, Option<(f64, f64)>)> = if banded {
        // By its name, so that another method beside it changes nothing.
        let mut draws = seed::stream(0, Purpose::Bootstrap, &[("suite", suite), ("method", &method.label)]).at(1);
        let with_start: Vec<f64> = [0.0].into_iter().chain(thresholds.iter().copied()).collect();
        let found = stats::performance_profile(&strata, &with_start, stats::CONFIDENCE, || draws.bits());
        found.unwrap_or_default().iter().map(|share| (share.value, Some((share.low, share.high)))).collect()
    } else {
        let share = |threshold: f64| {
            let of =
                |stratum: &&[f64]| stratum.iter().filter(|s| **s <= threshold).count() as f64 / stratum.len() as f64;
            strata.iter().map(of).sum::<f64>() / strata.len() as f64
        };
        [0.0].into_iter().chain(thresholds.iter().copied()).map(|threshold| (share(threshold), None)).collect()
    };
    let Some(&(mut value, mut interval)) = shares.first() else { return vec![] };
    let at = |x: f64, value: f64, interval| Point { x, value, interval, censored: false };
    // Until the first trial reaches the target there is nothing to be sure of.
    interval = interval.filter(|_| value > 0.0);
    let mut points = vec![at(0.0, value, interval)];
    for (&threshold, &(next, band)) in thresholds.iter().zip(&shares[1..]) {
        points.push(at(threshold, value, interval));
        (value, interval) = (next, band);
        points.push(at(threshold, value, interval));
    }
    points.push(at(1.0, value, interval));
    points
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_profile_steps_up_at_each_score_and_ends_at_what_is_solved() {
        let named = PerformanceProfile::default().draw(&fixture::results()).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        let labels: Vec<&str> = chart.panels[0].series.iter().map(|series| series.label.as_str()).collect();
        assert_eq!(labels, ["elman tanh", "lstm"]);
        let lstm = &chart.panels[0].series[1].points;
        // 300, 400, 500 of 1000 on one task, 600, 800 and one never on the other: each a sixth of all.
        let expected = [(0.0, 0), (0.3, 1), (0.4, 2), (0.5, 3), (0.6, 4), (0.8, 5), (1.0, 5)];
        for (x, sixths) in expected {
            let at = lstm.iter().rev().find(|point| point.x <= x).unwrap();
            assert!((at.value - f64::from(sixths) / 6.0).abs() <= 1e-12, "{x}: {at:?}");
            assert_eq!(at.interval.is_some(), sixths > 0, "{at:?}");
            assert!(at.interval.is_none_or(|(low, high)| low <= at.value && at.value <= high && low < high), "{at:?}");
        }
        let tanh = &chart.panels[0].series[0].points;
        assert!(tanh.iter().all(|point| point.value == 0.0) && tanh.last().unwrap().x == 1.0);
    }

    #[test]
    fn a_method_without_a_task_is_left_out_and_told() {
        let mut results = fixture::results();
        results.arms[3].trials.clear();
        let named = PerformanceProfile::default().draw(&results).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        assert_eq!(chart.panels[0].series.len(), 1);
        assert_eq!(chart.notes, ["1 of 2 methods have no trials on some task and are left out."]);
    }
}
