//! A metric against the parameter update.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Group, Member, arrange, replicates};
use super::data::chart::{Axis, Chart, Panel, Point, ReferenceLine, Scale, Series, SeriesRole};
use super::drawing::Drawing;
use super::picture::{Figure, NothingToDraw, Picture};
use super::sentences::beyond;
use crate::results::table::{Results, Target, TrialResults};
use crate::stats::{band_in_words, spread};
use crate::store::Status;
use crate::train::{Measure, MetricName, Split};

/// A metric against the parameter update: how learning goes, and where it stays stuck.
///
/// # Definition
///
/// One panel per arm but for the `series` setting, one line per value of that setting. A line is the median
/// over replicates at each evaluation; the band spans the quartiles, or smallest to largest below four replicates. A
/// replicate that stopped because it reached the target keeps its last value; one that diverged counts as worse than any
/// other from then on. Dotted lines mark the chance level (the best constant predictor) and the target.
///
/// # Why it is here
///
/// A gradient that vanishes shows as a line that stays at the chance level. Lines that leave it later for
/// longer sequences, or not at all, show how far back in time learning reaches.
///
/// # How to read it
///
/// Lower is better for a loss. A line that ends with a cross ran into values that are not finite; one that
/// ends early has reached the target in all replicates.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: learning-curves, metric: validation/loss, series: task.length}
/// ```
///
/// # References
///
/// Median and quartiles for few runs: Agarwal et al. 2021, arXiv:2108.13264v4, section 4.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LearningCurves {
    /// Split and metric, such as `validation/loss`. Defaults to the target's metric, else `validation/loss`.
    pub metric: Option<MetricName>,
    /// The dotted path of the swept setting that tells the lines of a panel apart. Defaults to `task.length`, else the first
    /// swept number.
    pub series: Option<String>,
    /// The vertical scale. Defaults to `log` for a loss or error, else `linear`.
    pub scale: Option<Scale>,
}

/// The factor up to which a multiple of the chance level lies within the panel.
const WORSE_THAN_CHANCE: f64 = 10.0;

/// The factor from which on a multiple of where learning starts runs off the panel.
const WORSE_THAN_START: f64 = 2.0;

impl Figure for LearningCurves {
    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        let arrangement = arrange(results, self.series.as_deref())?;
        let metric = self.metric(results);
        let MetricName::Measured(split, measure) = metric else {
            return Err(NothingToDraw(format!(
                "`{metric}` is one number per trial, which has no curve; name a metric such as `validation/loss`"
            )));
        };
        let key = (split, measure);
        let curves = Curves { metric, key };
        if !results.trials().any(|trial| trial.curves.contains_key(&key)) {
            let known: BTreeSet<_> = results.trials().flat_map(|trial| trial.curves.keys()).collect();
            let known: Vec<String> =
                known.iter().map(|&&(split, measure)| format!("`{}`", MetricName::Measured(split, measure))).collect();
            let known = if known.is_empty() { "no metrics at all".to_owned() } else { known.join(", ") };
            return Err(NothingToDraw(format!("no stored trial has the metric `{metric}`; stored are {known}")));
        }
        let panels: Vec<Panel> = arrangement.groups.iter().map(|group| curves.panel(group, &arrangement)).collect();
        let values = || panels.iter().flat_map(|p| &p.series).flat_map(|s| &s.points).map(|point| point.value);
        let positive = values().all(|value| value.is_nan() || value >= 0.0)
            && values().any(|value| value > 0.0 && value.is_finite());
        let scale = match self.scale {
            Some(Scale::Log) if positive => Scale::Log,
            Some(_) => Scale::Linear,
            None if metric.lower_is_better() && positive => Scale::Log,
            _ => Scale::Linear,
        };
        let limit = curves.limit(&panels);
        let title = format!("Learning curves: {}", metric.words());
        let (least, most) = replicates(&arrangement);
        let band = match most {
            0 | 1 => "Lines: a single replicate each.".to_owned(),
            _ => format!("Lines: median over replicates; bands: {}.", band_in_words(least, most)),
        };
        let mut notes = Vec::new();
        if curves.any_solved_early(&arrangement) {
            notes.push("A replicate that stopped at the target keeps its last value.".to_owned());
        }
        if panels.iter().any(|panel| panel.notes.iter().any(|note| note.contains("diverged"))) {
            notes.push("A diverged replicate counts as worse than all others; a line ends where the median is no longer finite.".to_owned());
        }
        if let Some(limit) = limit.filter(|limit| values().any(|value| value.is_finite() && value > *limit)) {
            notes.push(beyond(limit));
        }
        let line = if arrangement.name.is_empty() { "arm" } else { &arrangement.name };
        let dashes =
            "Dotted lines: the chance level, which is what the best constant prediction scores, and the target.";
        let caption = format!("The metric {metric} against the parameter update, one line per {line}. {dashes}");
        let chart = Chart {
            title: title.clone(),
            subtitle: band,
            x: Axis { label: "parameter update".to_owned(), include: vec![0.0], ..Axis::default() },
            y: Axis { label: metric.words(), scale, limits: (None, limit), ..Axis::default() },
            key: arrangement.name.clone(),
            panels,
            columns: None,
            notes,
        };
        Ok(vec![Picture {
            name: "learning-curves".to_owned(),
            title,
            caption,
            drawing: Drawing::Chart(Box::new(chart)),
        }])
    }
}

impl LearningCurves {
    fn metric(&self, results: &Results) -> MetricName {
        let targets = || results.arms.iter().filter_map(|arm| arm.arm.target.as_ref());
        let default = MetricName::Measured(Split::Validation, Measure::Loss);
        self.metric.or_else(|| targets().next().map(|target| target.metric)).unwrap_or(default)
    }
}

/// The evaluations of one metric.
struct Curves {
    metric: MetricName,
    key: (Split, Measure),
}

impl Curves {
    fn panel(&self, group: &Group, arrangement: &Arrangement) -> Panel {
        let of = arrangement.values.len();
        let several = of > 1;
        let mut panel = Panel { title: group.label.clone(), notes: group.remarks(arrangement), ..Panel::default() };
        for member in &group.members {
            let value = &arrangement.values[member.rank].text;
            let role = if several { SeriesRole::Ordered { rank: member.rank, of } } else { SeriesRole::Sole };
            let label = if several { value.clone() } else { String::new() };
            panel.series.push(Series { label, points: self.points(member), role, marked: false });
            self.refer(&mut panel, member, value, several);
        }
        panel
    }

    fn points(&self, member: &Member) -> Vec<Point> {
        let runs: Vec<(&TrialResults, &[(u64, f64)])> =
            member.arm.results().filter_map(|trial| Some((trial, trial.curves.get(&self.key)?.as_slice()))).collect();
        let updates: BTreeSet<u64> =
            runs.iter().flat_map(|(_, curve)| curve.iter().map(|(update, _)| *update)).collect();
        let mut points = Vec::new();
        for update in updates {
            let values: Vec<f64> = runs.iter().filter_map(|(trial, curve)| value_at(trial, curve, update)).collect();
            let Some(spread) = spread(&values, self.metric.non_finite()) else { continue };
            points.push(Point { x: update as f64, value: spread.median, interval: spread.band, censored: false });
        }
        points
    }

    fn refer(&self, panel: &mut Panel, member: &Member, value: &str, several: bool) {
        let chance = member.arm.chance(self.key.1);
        let bound = |target: &Target| target.below.or(target.above);
        let target = member.arm.arm.target.as_ref().filter(|target| target.metric == self.metric).and_then(bound);
        for (label, y) in [("chance", chance), ("target", target)] {
            let Some(y) = y else { continue };
            let near = |other: &ReferenceLine| (other.y - y).abs() <= 1e-9 * y.abs();
            if panel.references.iter().any(|other| other.label.starts_with(label) && near(other)) {
                continue;
            }
            let another = several && panel.references.iter().any(|other| other.label.starts_with(label));
            let label = if another { format!("{label} {value}") } else { label.to_owned() };
            panel.references.push(ReferenceLine { label, y });
        }
    }

    /// Where the axis of a lower-is-better metric is cut, so that one explosion does not flatten all other lines.
    fn limit(&self, panels: &[Panel]) -> Option<f64> {
        if !self.metric.lower_is_better() {
            return None;
        }
        // Where the chance level is known it tells the scale; an explosion may already be there at the start.
        let references = panels.iter().flat_map(|panel| &panel.references).map(|reference| reference.y);
        let reference = references.filter(|y| y.is_finite()).fold(0.0, f64::max);
        if reference > 0.0 {
            return Some(WORSE_THAN_CHANCE * reference);
        }
        let starts = panels.iter().flat_map(|panel| &panel.series).filter_map(|series| series.points.first());
        let start = starts.map(|point| point.value).filter(|y| y.is_finite()).fold(0.0, f64::max);
        (start > 0.0).then_some(WORSE_THAN_START * start)
    }

    fn any_solved_early(&self, arrangement: &Arrangement) -> bool {
        let members = arrangement.groups.iter().flat_map(|group| &group.members);
        members
            .flat_map(|member| member.arm.trials.iter().map(|trial| (member.arm.arm.budget, &trial.trial)))
            .any(|(budget, trial)| trial.solved == Some(true) && trial.updates < budget)
    }
}

/// The contribution of a replicate at `update`: what it measured; after its end, its last value if it had reached the target,
/// NaN if it diverged; nothing between its evaluations.
fn value_at(trial: &TrialResults, curve: &[(u64, f64)], update: u64) -> Option<f64> {
    let last = *curve.last()?;
    if update > last.0 {
        return match trial.trial.status {
            Status::Diverged => Some(f64::NAN),
            _ if trial.trial.solved == Some(true) => Some(last.1),
            _ => None,
        };
    }
    curve.binary_search_by_key(&update, |(at, _)| *at).ok().map(|index| curve[index].1)
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn chart(results: &Results) -> Chart {
        let named = LearningCurves::default().draw(results).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        chart.as_ref().clone()
    }

    #[test]
    fn draws_the_targets_metric_with_chance_and_target() {
        let chart = chart(&fixture::results());
        assert_eq!(chart.y.label, "validation loss");
        assert_eq!(chart.y.scale, Scale::Log);
        let labels: Vec<&str> = chart.panels[0].references.iter().map(|reference| reference.label.as_str()).collect();
        assert_eq!(labels, ["chance", "target"]);
    }

    #[test]
    fn a_solved_replicate_keeps_its_last_value() {
        let results = fixture::results();
        let chart = chart(&results);
        // The LSTM at length 20 is solved by replicate 0 before the others: the median goes on over all three.
        let series = &chart.panels[1].series[0];
        assert!(series.points.last().unwrap().interval.is_some());
        assert!(chart.notes.iter().any(|note| note.contains("keeps its last value")));
    }

    #[test]
    fn divergence_is_counted_and_ranks_as_worst() {
        let mut results = fixture::results();
        for trial in &mut results.arms[0].trials[..2] {
            trial.trial.status = Status::Diverged;
            trial.trial.solved = Some(false);
            trial.curves.values_mut().for_each(|curve| curve.retain(|(update, _)| *update < 500));
        }
        let chart = chart(&results);
        assert_eq!(chart.panels[0].notes, ["length 20: 2 of 3 diverged"]);
        let points = &chart.panels[0].series[0].points;
        assert_eq!(points.last().unwrap().x, 1000.0);
        assert_eq!(points.last().unwrap().value, f64::INFINITY);
    }

    #[test]
    fn a_metric_that_is_not_stored_names_those_that_are() {
        let of = |metric: &str| LearningCurves { metric: metric.parse().ok(), ..LearningCurves::default() };
        let NothingToDraw(reason) = of("test/accuracy").draw(&fixture::results()).unwrap_err();
        assert!(reason.contains("test/accuracy") && reason.contains("`validation/loss`"), "{reason}");
        let NothingToDraw(reason) = of("solved").draw(&fixture::results()).unwrap_err();
        assert!(reason.contains("has no curve"), "{reason}");
    }
}
