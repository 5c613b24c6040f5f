//! How many updates it takes to reach the target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Group, Member, arrange, replicates};
use super::data::chart::{Axis, Chart, Panel, Point, ReferenceLine, Series, SeriesRole, Tick};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_PANELS, NothingToDraw, Picture};
use super::sentences::{no_target_yet, ran, target_in_words};
use crate::results::table::{MEDIAN_UPDATES, Results};
use crate::stats::{CONFIDENCE, band_in_words, clopper_pearson};
use crate::train::MetricName;

/// The updates it takes to reach the target, against the `series` setting.
///
/// # Definition
///
/// The Kaplan–Meier median over replicates: the first evaluation by which half of them had reached the target; the bar
/// spans the quartiles by the same rule, or soonest to latest below four replicates. A replicate that has not reached the target within the budget
/// is known only to need more: it ranks above all others. Where that makes the median unknown, an open triangle stands at
/// the budget. Below each point, k/n: how many replicates succeeded.
///
/// # Why it is here
///
/// How steeply the cost of learning grows with the lag is the number that separates architectures; a mean
/// over the replicates that succeeded would hide those that did not.
///
/// # How to read it
///
/// Lower is faster. A triangle means more than this many updates; a bar that ends at the budget, that its
/// upper quartile is not known.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: updates-to-target, series: task.length}
/// ```
///
/// # References
///
/// Medians under censoring: Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct UpdatesToTarget {
    /// The dotted path of the swept setting along the horizontal axis. Defaults to `task.length`, else the first swept
    /// number.
    pub series: Option<String>,
}

impl Figure for UpdatesToTarget {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let arrangement = arrange(plan, self.series.as_deref())?;
        target_in_words(plan)?;
        arrangement.needs_an_axis()?;
        Ok(Fit::telling(arrangement.groups.len() <= MOST_PANELS))
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let arrangement = arrange(results, self.series.as_deref())?;
        let target = target_in_words(results)?;
        arrangement.needs_an_axis()?;
        let places = arrangement.places();
        let panels: Vec<Panel> = arrangement.groups.iter().map(|group| panel(group, &arrangement, &places)).collect();
        if panels.iter().all(|panel| panel.series.iter().all(|series| series.points.is_empty())) {
            return Err(no_target_yet());
        }
        let (least, most) = replicates(&arrangement);
        let points = || panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
        let bars = points().any(|point| point.interval.is_some_and(|(low, high)| low < high));
        let bar = match (most > 1, bars) {
            (true, true) => format!("Point: median, {MEDIAN_UPDATES}; bar: {}", band_in_words(least, most)),
            (true, false) => format!("Point: median, {MEDIAN_UPDATES}"),
            (false, _) => "Point: one replicate".to_owned(),
        };
        let subtitle = format!("{target}. {bar}; below it, replicates that reached the target.");
        let mut notes = Vec::new();
        if points().any(|point| point.censored) {
            notes.push("Open triangle: the median is not reached within the budget, at which it stands.".to_owned());
        }
        let solved: Vec<f64> = results.arms.iter().flat_map(|arm| arm.values(MetricName::Solved)).collect();
        let n = solved.len();
        if let Some(none) = clopper_pearson(0, n, CONFIDENCE).filter(|_| solved.iter().all(|solved| *solved == 0.0)) {
            let high = (100.0 * none.high).round();
            notes.push(format!(
                "None of {n} trials reached the target: taken together, the probability of success is below {high} % (exact 95 % interval)."
            ));
        }
        let title = "Updates to reach the target".to_owned();
        let caption = format!(
            "Parameter updates until the target is first reached, against {}. Lower is faster; replicates that never reach it \
             rank above all others.",
            arrangement.name
        );
        let chart = Chart {
            title: title.clone(),
            subtitle,
            x: arrangement.axis(&places),
            y: Axis { label: "parameter updates".to_owned(), include: vec![0.0], ..Axis::default() },
            key: String::new(),
            panels,
            columns: None,
            notes,
        };
        Ok(vec![Picture {
            name: "updates-to-target".to_owned(),
            title,
            caption,
            drawing: Drawing::Chart(Box::new(chart)),
        }])
    }
}

fn panel(group: &Group, arrangement: &Arrangement, places: &[Tick]) -> Panel {
    let mut points = Vec::new();
    let mut panel = Panel { title: group.label.clone(), notes: group.remarks(arrangement), ..Panel::default() };
    for member in &group.members {
        let x = places[member.rank].value;
        points.extend(point(member, x));
        if let Some(solved) = member.arm.solved() {
            panel.footer.push(Tick { value: x, label: solved.as_fraction() });
        }
        let budget = ReferenceLine { label: "budget".to_owned(), y: member.arm.arm.budget as f64 };
        if !panel.references.contains(&budget) {
            panel.references.push(budget);
        }
    }
    panel.series.push(Series { points, role: SeriesRole::Sole, marked: true, ..Series::default() });
    panel
}

/// The median of the arm with its interval; what is censored counts as longer than anything, and is drawn at the budget.
fn point(member: &Member, x: f64) -> Option<Point> {
    let median = member.arm.updates_to_target()?.value;
    let band = member.arm.updates_to_target_band();
    let budget = member.arm.arm.budget as f64;
    let within = |updates: f64| updates.min(budget);
    Some(Point {
        x,
        value: within(median),
        interval: band.map(|(low, high)| (within(low), within(high))),
        censored: !median.is_finite(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::data::chart::Scale;
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_censored_median_stands_at_the_budget() {
        let results = fixture::results();
        let named = UpdatesToTarget::default().draw(&results).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        let tanh = &chart.panels[0].series[0].points;
        assert!(tanh.iter().all(|point| point.censored && point.value == 1000.0));
        let lstm = &chart.panels[1].series[0].points;
        assert!(lstm.iter().all(|point| !point.censored));
        assert!(lstm[0].value < lstm[1].value);
        assert_eq!(lstm[1].interval.unwrap().1, 1000.0);
        assert_eq!(chart.panels[1].footer[1].label, "2/3");
    }

    #[test]
    fn says_so_when_nothing_is_solved() {
        let mut results = fixture::results();
        for trial in results.trials_mut().map(|trial| &mut trial.trial) {
            (trial.solved, trial.updates_to_target) = (Some(false), None);
        }
        let named = UpdatesToTarget::default().draw(&results).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        assert!(chart.notes.iter().any(|note| note.starts_with("None of 12 trials")), "{:?}", chart.notes);
    }

    #[test]
    fn values_that_are_not_numbers_stand_side_by_side() {
        let figure = UpdatesToTarget { series: Some("model.cell".to_owned()) };
        let named = figure.draw(&fixture::results()).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        assert_eq!(chart.x.scale, Scale::Linear);
        assert_eq!(chart.panels[0].series[0].points[1].x, 2.0);
    }
}
