//! The share of replicates that reach the target, against a swept setting.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Group, arrange};
use super::data::chart::{Axis, Chart, Panel, Point, Series, SeriesRole, Tick};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_PANELS, NothingToDraw, Picture};
use super::sentences::{left_out, no_target_yet, planned_replicates, ran, target_in_words};
use crate::results::table::Results;

/// The share of replicates that reach the target, against the `series` setting, with its interval.
///
/// # Definition
///
/// k/n: of n replicates, k reached the target within the budget, on validation data; a diverged one has not, and one that ended by
/// a fault or a limit of time or memory is not counted. The bar is the exact 95 % interval of the probability of success, that of the
/// tables, which covers for any number of replicates; Wilson's, its shorter kin, covers 83 % of some shares of five. Along the foot of a
/// panel stand the counts.
///
/// # Why it is here
///
/// Where success gives way to failure along the length of the lag is how far back in time an arm learns. A share of a few
/// replicates is uncertain, and the bar says by how much.
///
/// # How to read it
///
/// The higher, the better; where the bars of two points overlap widely, they are not told apart. Where all replicates agree, the bar
/// still has a length: that may be luck.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: success-rate, series: task.length}
/// ```
///
/// # References
///
/// Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404. Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286 (coverage).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SuccessRate {
    /// The dotted path of the swept setting along the horizontal axis. Defaults to `task.length`, else the first swept
    /// number.
    pub series: Option<String>,
}

/// The fewest replicates of an arm for a share that is not nothing or all.
const FEWEST: usize = 3;

impl Figure for SuccessRate {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let arrangement = arrange(plan, self.series.as_deref())?;
        target_in_words(plan)?;
        arrangement.needs_an_axis()?;
        let numbers = arrangement.values.iter().filter(|value| value.number.is_some()).count();
        let few = arrangement.groups.len() <= MOST_PANELS;
        Ok(Fit::telling(numbers > 2 && few && planned_replicates(plan) >= FEWEST))
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
        let title = format!("Success by {}", arrangement.name);
        let chart = Chart {
            title: title.clone(),
            subtitle: format!(
                "{target}. Point: the share of replicates that reached it; bar: its exact 95 % interval; below, the counts."
            ),
            x: arrangement.axis(&places),
            y: Axis { label: "share that reached the target".to_owned(), include: vec![0.0, 1.0], ..Axis::default() },
            key: String::new(),
            panels,
            columns: None,
            notes: left_out(results).into_iter().collect(),
        };
        let caption = format!(
            "The share of replicates that reached the target, against {}. Where the bars of two points overlap widely, they are not \
             told apart.",
            arrangement.name
        );
        Ok(vec![Picture { name: "success-rate".to_owned(), title, caption, drawing: Drawing::Chart(Box::new(chart)) }])
    }
}

fn panel(group: &Group, arrangement: &Arrangement, places: &[Tick]) -> Panel {
    let mut panel = Panel { title: group.label.clone(), notes: group.remarks(arrangement), ..Panel::default() };
    let mut points = Vec::new();
    for member in &group.members {
        let x = places[member.rank].value;
        let Some(share) = member.arm.solved() else { continue };
        points.push(Point { x, value: share.value, interval: Some((share.low, share.high)), censored: false });
        panel.footer.push(Tick { value: x, label: share.as_fraction() });
    }
    panel.series.push(Series { points, role: SeriesRole::Sole, marked: true, ..Series::default() });
    panel
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn shares_have_the_tables_interval() {
        let named = SuccessRate::default().draw(&fixture::results()).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        let lstm = &chart.panels[1].series[0].points;
        let expected = crate::stats::clopper_pearson(2, 3, crate::stats::CONFIDENCE).unwrap();
        assert_eq!((lstm[1].value, lstm[1].interval), (2.0 / 3.0, Some((expected.low, expected.high))));
        assert_eq!((lstm[0].value, lstm[0].interval.unwrap().1), (1.0, 1.0));
        assert!(lstm[0].interval.unwrap().0 < 0.5);
        let counts: Vec<&str> = chart.panels[1].footer.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(counts, ["3/3", "2/3"]);
    }

    #[test]
    fn one_value_is_no_axis() {
        let mut results = fixture::results();
        results.arms.retain(|arm| arm.arm.label.ends_with("length 20"));
        let reason = SuccessRate { series: Some("task.length".to_owned()) }.draw(&results).unwrap_err();
        assert!(reason.0.contains("two values or more"), "{reason}");
    }
}
