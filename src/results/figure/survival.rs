//! The share of replicates that are still short of the target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Group, Member, arrange, replicates};
use super::data::chart::{Axis, Chart, Panel, Point, Series, SeriesRole};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_PANELS, NothingToDraw, Picture};
use super::sentences::{left_out, no_target_yet, planned_replicates, ran, target_in_words};
use crate::results::table::Results;
use crate::stats::{CONFIDENCE, Observation, kaplan_meier};
use crate::train::MetricName;

/// Survival curves of the updates to the target: the share of replicates that have not reached it yet.
///
/// # Definition
///
/// The Kaplan–Meier estimate: after each evaluation at which replicates reach the target, the share that has not, from 1 at the
/// start. The band is its pointwise 95 % interval: Clopper and Pearson's as long as no replicate has been censored, Greenwood's on
/// the scale ln(−ln S) from there on. An upright tick at a line's end: replicates that had not reached the target by then, which
/// are known only to need more; a diverged one counts as watched to the end of its budget. One that ended by a fault or a limit of
/// time or memory is not counted.
///
/// # Why it is here
///
/// The median of updates to the target says nothing of the other half: whether some replicates never learn, and whether the rest come
/// all at once or one by one. The curve says all of it, whatever share succeeds.
///
/// # How to read it
///
/// A line that falls early and steeply is learnt soon and by all; one that stays level is not learnt. The height at the right edge is
/// the share that never reached the target; where a line crosses one half is the median of `updates-to-target`.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: survival, series: task.length}
/// ```
///
/// # References
///
/// Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452. Greenwood 1926. Kalbfleisch and Prentice 1980 (interval).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Survival {
    /// The dotted path of the swept setting that tells the lines of a panel apart. Defaults to `task.length`, else the first
    /// swept number.
    pub series: Option<String>,
}

/// The fewest replicates of an arm whose curve says more than its median.
const FEWEST: usize = 5;

impl Figure for Survival {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let arrangement = arrange(plan, self.series.as_deref())?;
        target_in_words(plan)?;
        Ok(Fit::telling(planned_replicates(plan) >= FEWEST && arrangement.groups.len() <= MOST_PANELS))
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let arrangement = arrange(results, self.series.as_deref())?;
        let target = target_in_words(results)?;
        let panels: Vec<Panel> = arrangement.groups.iter().map(|group| panel(group, &arrangement)).collect();
        let points = || panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
        if points().next().is_none() {
            return Err(no_target_yet());
        }
        let several = replicates(&arrangement).1 > 1;
        let band = if several { "band: its pointwise 95 % interval" } else { "one replicate, whose band says little" };
        let mut notes = Vec::new();
        if points().any(|point| point.censored) {
            notes.push(
                "Upright tick: replicates that had not reached the target when their budget was spent.".to_owned(),
            );
        }
        notes.extend(left_out(results));
        let budget = results.arms.iter().map(|arm| arm.arm.budget).max().unwrap_or(0) as f64;
        let title = "Survival: replicates that have not reached the target yet".to_owned();
        let chart = Chart {
            title: title.clone(),
            subtitle: format!("{target}. Line: the share that has not reached it (Kaplan–Meier); {band}."),
            x: Axis { label: "parameter update".to_owned(), include: vec![0.0, budget], ..Axis::default() },
            y: Axis { label: "share short of the target".to_owned(), include: vec![0.0, 1.0], ..Axis::default() },
            key: arrangement.name.clone(),
            panels,
            columns: None,
            notes,
        };
        let caption = "The share of replicates that have not reached the target by each update. A line that falls early and steeply \
                       is learnt soon and by all; its height at the right edge is the share that never learnt."
            .to_owned();
        Ok(vec![Picture { name: "survival".to_owned(), title, caption, drawing: Drawing::Chart(Box::new(chart)) }])
    }
}

fn panel(group: &Group, arrangement: &Arrangement) -> Panel {
    let of = arrangement.values.len();
    let mut panel = Panel { title: group.label.clone(), notes: group.remarks(arrangement), ..Panel::default() };
    for member in &group.members {
        let label = if of > 1 { arrangement.values[member.rank].text.clone() } else { String::new() };
        let role = if of > 1 { SeriesRole::Ordered { rank: member.rank, of } } else { SeriesRole::Sole };
        panel.series.push(Series { label, points: points(member), role, ..Series::default() });
    }
    panel
}

/// The corners of the arm's curve; none without trials that aim at a target.
fn points(member: &Member) -> Vec<Point> {
    let budget = member.arm.arm.budget as f64;
    let observation = |updates: f64| match updates.is_finite() {
        true => Observation { time: updates, censored: false },
        false => Observation { time: budget, censored: true },
    };
    let needed = member.arm.values(MetricName::UpdatesToTarget);
    let observations: Vec<Observation> = needed.into_iter().map(observation).collect();
    let Some(steps) = kaplan_meier(&observations, CONFIDENCE) else { return vec![] };
    let at =
        |x: f64, (value, low, high): (f64, f64, f64)| Point { x, value, interval: Some((low, high)), censored: false };
    let mut now = (1.0, 1.0, 1.0);
    let mut points = vec![at(0.0, now)];
    for step in steps {
        points.push(at(step.time, now));
        now = (step.surviving.value, step.surviving.low, step.surviving.high);
        points.push(at(step.time, now));
    }
    // Where all have reached it, the line ends there.
    if now.0 > 0.0 {
        points.push(Point { censored: true, ..at(budget, now) });
    }
    points
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn chart(results: &Results) -> Chart {
        let named = Survival::default().draw(results).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        chart.as_ref().clone()
    }

    #[test]
    fn a_curve_falls_where_replicates_reach_the_target() {
        let chart = chart(&fixture::results());
        let corners = |panel: usize, series: usize| -> Vec<(f64, f64)> {
            chart.panels[panel].series[series].points.iter().map(|point| (point.x, point.value)).collect()
        };
        // The LSTM at length 50: at 600 and 800 of 1000, one not at all.
        let third = 1.0 / 3.0;
        let expected =
            [(0.0, 1.0), (600.0, 1.0), (600.0, 2.0 * third), (800.0, 2.0 * third), (800.0, third), (1000.0, third)];
        for (found, expected) in corners(1, 1).into_iter().zip(expected) {
            assert!(found.0 == expected.0 && (found.1 - expected.1).abs() <= 1e-12, "{found:?} {expected:?}");
        }
        assert_eq!(corners(1, 0).last(), Some(&(500.0, 0.0)));
        assert_eq!(corners(0, 0), [(0.0, 1.0), (1000.0, 1.0)]);
        let ends = |panel: usize, series: usize| chart.panels[panel].series[series].points.last().unwrap().censored;
        assert_eq!([ends(0, 0), ends(1, 0), ends(1, 1)], [true, false, true]);
        assert!(chart.notes[0].contains("Upright tick"));
    }

    #[test]
    fn ticks_are_explained_only_where_there_are_any() {
        let mut results = fixture::results();
        for trial in results.trials_mut().map(|trial| &mut trial.trial) {
            (trial.solved, trial.updates_to_target) = (Some(true), Some(500));
        }
        assert_eq!(chart(&results).notes, Vec::<String>::new());
    }
}
