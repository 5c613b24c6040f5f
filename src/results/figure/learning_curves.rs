//! A metric against the parameter update.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Group, Member, arrange, replicates};
use super::data::chart::{Axis, Chart, Panel, Point, ReferenceLine, Scale, Series, SeriesRole};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_PANELS, NothingToDraw, Picture};
use super::sentences::{beyond, ran};
use crate::results::table::{Results, Target};
use crate::stats::{band_in_words, interquartile_mean, spread};
use crate::train::{Measure, MetricName, Split};

/// A metric against the parameter update: how learning goes, and where it stays stuck.
///
/// # Definition
///
/// One panel per arm but for the `series` setting, one line per value of that setting. A line is the interquartile mean (the mean of
/// the middle half) over replicates at each evaluation, or their median; the band spans the quartiles, or smallest to largest
/// below four replicates. A replicate that stopped because it reached the target keeps its last value; one that diverged counts as
/// worse than any other from then on. Dotted lines mark the chance level (the best constant predictor) and the target.
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
///   - {kind: learning-curves, aggregate: median, replicates: true}
/// ```
///
/// # References
///
/// Interquartile mean for few runs: Agarwal et al. 2021, arXiv:2108.13264v4, section 4.
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
    /// How the values of several replicates become one.
    pub aggregate: Centre,
    /// Whether each replicate is drawn as a thin line behind, too.
    pub replicates: bool,
}

/// How the values of several replicates become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Centre {
    /// The mean of the middle half.
    #[default]
    InterquartileMean,
    /// The value in the middle.
    Median,
}

impl Centre {
    fn words(self) -> &'static str {
        match self {
            Self::InterquartileMean => "interquartile mean",
            Self::Median => "median",
        }
    }
}

/// The factor up to which a multiple of the chance level lies within the panel.
const WORSE_THAN_CHANCE: f64 = 10.0;

/// The factor from which on a multiple of where learning starts runs off the panel.
const WORSE_THAN_START: f64 = 2.0;

impl Figure for LearningCurves {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let arrangement = arrange(plan, self.series.as_deref())?;
        self.measured(plan)?;
        Ok(Fit::telling(arrangement.groups.len() <= MOST_PANELS))
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let arrangement = arrange(results, self.series.as_deref())?;
        let (metric, key) = self.measured(results)?;
        let curves = Curves { metric, key, centre: self.aggregate, replicates: self.replicates };
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
            _ => format!("Lines: {} over replicates; bands: {}.", self.aggregate.words(), band_in_words(least, most)),
        };
        let thin = if self.replicates && most > 1 { " Thin lines: single replicates." } else { "" };
        let mut notes = Vec::new();
        if curves.any_solved_early(&arrangement) {
            notes.push("A replicate that stopped at the target keeps its last value.".to_owned());
        }
        if panels.iter().any(|panel| panel.notes.iter().any(|note| note.contains("diverged"))) {
            notes.push(
                "A diverged replicate counts as worse than all others; a line ends where that is no longer finite."
                    .to_owned(),
            );
        }
        if let Some(limit) = limit.filter(|limit| values().any(|value| value.is_finite() && value > *limit)) {
            notes.push(beyond(limit));
        }
        let budget = results.arms.iter().map(|arm| arm.arm.budget).max().unwrap_or(0) as f64;
        let line = if arrangement.name.is_empty() { "arm" } else { &arrangement.name };
        let drawn = |label: &str| {
            panels.iter().flat_map(|panel| &panel.references).any(|reference| reference.label.starts_with(label))
        };
        let dashes = match (drawn("chance"), drawn("target")) {
            (true, true) => {
                " Dotted lines: the chance level, which is what the best constant prediction scores, and the target."
            }
            (true, false) => " Dotted line: the chance level, which is what the best constant prediction scores.",
            (false, true) => " Dotted line: the target.",
            (false, false) => "",
        };
        let caption = format!("The metric {metric} against the parameter update, one line per {line}.{dashes}");
        let chart = Chart {
            title: title.clone(),
            subtitle: format!("{band}{thin}"),
            x: Axis { label: "parameter update".to_owned(), include: vec![0.0, budget], ..Axis::default() },
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
    /// The metric with its split and measure.
    ///
    /// # Errors
    /// When it has no curve.
    fn measured(&self, results: &Results) -> Result<(MetricName, (Split, Measure)), NothingToDraw> {
        match self.metric(results) {
            metric @ MetricName::Measured(split, measure) if matches!(split, Split::Train | Split::Validation) => {
                Ok((metric, (split, measure)))
            }
            metric => Err(NothingToDraw(format!(
                "`{metric}` is one number per trial, which has no curve; name a metric such as `validation/loss`"
            ))),
        }
    }

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
    centre: Centre,
    replicates: bool,
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
            let strands = if self.replicates { self.strands(member) } else { vec![] };
            panel.series.push(Series { label, points: self.points(member), role, strands, ..Series::default() });
            self.refer(&mut panel, member, value, several);
        }
        panel
    }

    fn points(&self, member: &Member) -> Vec<Point> {
        let curves = member.arm.results().filter_map(|trial| trial.curves.get(&self.key));
        let updates: BTreeSet<u64> = curves.flat_map(|curve| curve.iter().map(|(update, _)| *update)).collect();
        let mut points = Vec::new();
        for update in updates {
            let values: Vec<f64> = member.arm.results().filter_map(|trial| trial.at(self.key, update)).collect();
            let Some(spread) = spread(&values, self.metric.non_finite()) else { continue };
            let value = match self.centre {
                Centre::Median => spread.median,
                Centre::InterquartileMean => {
                    interquartile_mean(&values, self.metric.non_finite()).unwrap_or(spread.median)
                }
            };
            points.push(Point { x: update as f64, value, interval: spread.band, censored: false });
        }
        points
    }

    /// The curve of each replicate, as far as it is finite.
    fn strands(&self, member: &Member) -> Vec<Vec<(f64, f64)>> {
        let curves = member.arm.results().filter_map(|trial| trial.curves.get(&self.key));
        let finite = |curve: &Vec<(u64, f64)>| {
            let values = curve.iter().map(|&(update, value)| (update as f64, value));
            values.take_while(|(_, value)| value.is_finite()).collect()
        };
        if member.n() > 1 { curves.map(finite).collect() } else { vec![] }
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
        // Where the line goes on beyond the end of such a replicate.
        members.into_iter().any(|member| {
            let ends =
                || member.arm.results().filter(|trial| trial.curves.contains_key(&self.key)).map(|trial| &trial.trial);
            let longest = ends().map(|trial| trial.updates).max().unwrap_or(0);
            ends().any(|trial| trial.solved == Some(true) && trial.updates < longest)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::store::Status;

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
