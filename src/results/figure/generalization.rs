//! How a trained network does on other lengths.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Group, Member, arrange};
use super::data::chart::{Axis, Chart, Panel, Point, ReferenceLine, Scale, Series, SeriesRole, Tick};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_PANELS, NothingToDraw, Picture};
use super::sentences::ran;
use crate::results::table::{ArmResults, Results, Tested};
use crate::stats::CONFIDENCE;
use crate::train::{Measure, MetricName};

/// The most lengths that are ticks of the axis.
const MOST_TICKS: usize = 8;

/// The score of trained networks on test sequences of other lengths.
///
/// # Definition
///
/// The median over replicates, with its exact 95 % interval, on the lengths that the suite's `evaluate` names, each on fresh sequences
/// of that length; at the length of training it is the test set's. A diverged replicate scores worse than every number.
///
/// # Why it is here
///
/// A network may solve its task at the length that it was trained on by a rule that holds at no other. One that has learnt the rule of
/// the task goes on beyond that length; where its curve bends is how far its memory reaches.
///
/// # How to read it
///
/// A level line is good. At `trained` stands the length of the training sequences; to its right nothing was ever seen. Where `chance`
/// is drawn, a network that has reached it knows nothing of the input.
///
/// # Example
///
/// ```yaml
/// evaluate: {lengths: [25, 100, 200, 400]}
/// figures: [{kind: generalization, metric: accuracy}]
/// ```
///
/// # References
///
/// Delétang et al. 2023, "Neural networks and the Chomsky hierarchy", arXiv:2207.02098v3, figure 1 and section 4, who test on lengths
/// from 41 to 500 what was trained on lengths up to 40.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Generalization {
    /// The dotted path of the swept setting whose values are the lines of a panel. Defaults to `task.length`, else the first swept
    /// number.
    pub series: Option<String>,
    /// The measure on the vertical axis.
    pub metric: TestMeasure,
}

/// A measure of test sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TestMeasure {
    /// Mean squared error, or cross-entropy in nats.
    #[default]
    Loss,
    /// Fraction of the scored outputs that are right.
    Accuracy,
    /// Fraction of the sequences all of whose scored outputs are right.
    ExactMatch,
}

impl From<TestMeasure> for Measure {
    fn from(measure: TestMeasure) -> Self {
        match measure {
            TestMeasure::Loss => Self::Loss,
            TestMeasure::Accuracy => Self::Accuracy,
            TestMeasure::ExactMatch => Self::ExactMatch,
        }
    }
}

impl Figure for Generalization {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        if plan.arms.iter().all(|arm| arm.arm.lengths.is_none()) {
            let remedy = "the suite tests on no other length; add `evaluate: {lengths: […]}`";
            return Err(NothingToDraw(remedy.to_owned()));
        }
        Ok(Fit::telling(arrange(plan, self.series.as_deref())?.groups.len() <= MOST_PANELS))
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        self.fits(results)?;
        let measure = Measure::from(self.metric);
        let arrangement = arrange(results, self.series.as_deref())?;
        let panels: Vec<Panel> = arrangement.groups.iter().map(|group| panel(group, &arrangement, measure)).collect();
        let points = || panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
        if points().next().is_none() {
            return Err(NothingToDraw(format!("no trial with a test {} has finished yet", measure.name())));
        }
        let ends = points().flat_map(|point| [Some(point.value), point.interval.map(|(low, _)| low)]).flatten();
        let positive = ends.filter(|end| end.is_finite()).all(|end| end > 0.0);
        let name = measure.name().replace('-', " ");
        let title = format!("Test {name} at other lengths");
        let y = match measure.range() {
            (low, high) if high.is_finite() => Axis { include: vec![low, high], ..Axis::default() },
            _ if positive => Axis { scale: Scale::Log, ..Axis::default() },
            _ => Axis { include: vec![0.0], ..Axis::default() },
        };
        let subtitle = format!(
            "Median over replicates; bar: its exact interval, which covers {}; trained: the length of training sequences.",
            coverage(results, measure)
        );
        let ticks = ticks(points().map(|point| point.x));
        let chart = Chart {
            title: title.clone(),
            subtitle,
            x: Axis { label: "length of test sequences".to_owned(), scale: Scale::Log, ticks, ..Axis::default() },
            y: Axis { label: format!("test {name}"), ..y },
            key: arrangement.name.clone(),
            panels,
            columns: None,
            notes: vec![],
        };
        let caption = format!(
            "Test {name} of trained networks against the length of the test sequences, each length on fresh ones; right of `trained` the \
             sequences are longer than any that were seen."
        );
        Ok(vec![Picture {
            name: "generalization".to_owned(),
            title,
            caption,
            drawing: Drawing::Chart(Box::new(chart)),
        }])
    }
}

/// The coverage of the intervals, such as `95 %`: less where replicates are few.
fn coverage(results: &Results, measure: Measure) -> String {
    let of_arm = |arm: &ArmResults| {
        let estimates = arm.tested().into_iter().filter_map(|at| arm.median(MetricName::Measured(at.split, measure)));
        estimates.map(|one| one.short_coverage().unwrap_or(CONFIDENCE)).collect::<Vec<f64>>()
    };
    let covered: Vec<f64> = results.arms.iter().flat_map(of_arm).collect();
    let percent = |share: f64| format!("{} %", (100.0 * share).round());
    let least = covered.iter().copied().fold(CONFIDENCE, f64::min);
    let most = covered.iter().copied().fold(0.0, f64::max);
    if least < most { format!("{} to {}", percent(least), percent(most)) } else { percent(least) }
}

/// The tested lengths as ticks, where they stand far enough apart to be read; none where they do not.
fn ticks(lengths: impl Iterator<Item = f64>) -> Option<Vec<Tick>> {
    let mut lengths: Vec<f64> = lengths.collect();
    lengths.sort_by(f64::total_cmp);
    lengths.dedup();
    let apart = lengths.windows(2).all(|pair| pair[1] >= 1.25 * pair[0]);
    let tick = |length: &f64| Tick { value: *length, label: format!("{length}") };
    (apart && lengths.len() <= MOST_TICKS).then(|| lengths.iter().map(tick).collect())
}

fn panel(group: &Group, arrangement: &Arrangement, measure: Measure) -> Panel {
    let mut panel = Panel { title: group.label.clone(), notes: group.remarks(arrangement), ..Panel::default() };
    let mut chances: Vec<f64> = vec![];
    for member in &group.members {
        let tested = member.arm.tested();
        for at in tested.iter().filter(|at| at.trained) {
            let mark = Tick { value: at.length.into(), label: "trained".to_owned() };
            if !panel.footer.contains(&mark) {
                panel.footer.push(mark);
            }
        }
        chances
            .extend(tested.iter().flat_map(|at| &at.chance).filter(|(of, _)| *of == measure).map(|(_, level)| level));
        let points: Vec<Point> = tested.iter().filter_map(|at| point(member, at, measure)).collect();
        if points.is_empty() {
            continue;
        }
        let of = arrangement.values.len();
        let role = match arrangement.values.iter().all(|value| value.number.is_some()) {
            _ if of < 2 => SeriesRole::Sole,
            true => SeriesRole::Ordered { rank: member.rank, of },
            false => SeriesRole::Named { rank: member.rank },
        };
        let label = if of < 2 { String::new() } else { arrangement.values[member.rank].text.clone() };
        panel.series.push(Series { label, points, role, marked: true, ..Series::default() });
    }
    panel.footer.sort_by(|a, b| a.value.total_cmp(&b.value));
    // One that changes with the length has no place on a line.
    if let [first, others @ ..] = &chances[..]
        && others.iter().all(|other| (other - first).abs() <= 1e-9 * first.abs())
    {
        panel.references.push(ReferenceLine { label: "chance".to_owned(), y: *first });
    }
    panel
}

fn point(member: &Member, at: &Tested, measure: Measure) -> Option<Point> {
    let median = member.arm.median(MetricName::Measured(at.split, measure))?;
    let interval = (median.confidence > 0.0).then_some((median.low, median.high));
    Some(Point { x: at.length.into(), value: median.value, interval, censored: false })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::train::Split;

    fn chart(results: &Results) -> Chart {
        let drawn = Generalization::default().draw(results).unwrap().remove(0);
        let Drawing::Chart(chart) = drawn.drawing else { panic!("not a chart") };
        *chart
    }

    #[test]
    fn lines_go_over_all_lengths_and_the_trained_ones_are_marked() {
        let chart = chart(&fixture::results());
        let lstm = &chart.panels[1];
        let x = |series: &Series| series.points.iter().map(|point| point.x).collect::<Vec<_>>();
        assert_eq!(
            lstm.series.iter().map(x).collect::<Vec<_>>(),
            [[10.0, 20.0, 40.0, 80.0], [25.0, 50.0, 100.0, 200.0]]
        );
        let solved = &lstm.series[0].points;
        assert!(solved.windows(2).all(|pair| pair[0].value < pair[1].value), "{solved:?}");
        assert!(
            solved
                .iter()
                .all(|point| point.interval.is_some_and(|(low, high)| low <= point.value && point.value <= high))
        );
        assert_eq!(lstm.footer.iter().map(|mark| mark.value).collect::<Vec<_>>(), [20.0, 50.0]);
        assert_eq!(lstm.references.len(), 1);
        assert_eq!(chart.y.scale, Scale::Log);
    }

    /// The length of training is the test set's, unless the suite names it.
    #[test]
    fn the_own_length_is_a_point_too() {
        let mut results = fixture::results();
        for arm in &mut results.arms {
            arm.arm.lengths.as_mut().unwrap().others.remove(1);
            for trial in &mut arm.trials {
                trial.curves.insert((Split::Test, Measure::Loss), vec![(1000, 0.125)]);
            }
        }
        let chart = chart(&results);
        let own = chart.panels[1].series[0].points[1];
        assert_eq!((own.x, own.value), (20.0, 0.125));
    }

    #[test]
    fn nothing_is_drawn_of_a_suite_that_tests_on_no_other_length() {
        let mut results = fixture::results();
        results.arms.iter_mut().for_each(|arm| arm.arm.lengths = None);
        let Err(NothingToDraw(reason)) = Generalization::default().draw(&results) else { panic!("drawn") };
        assert!(reason.contains("evaluate"), "{reason}");
    }

    #[test]
    fn a_measure_that_nothing_has_is_told() {
        let figure = Generalization { metric: TestMeasure::ExactMatch, ..Generalization::default() };
        assert!(figure.draw(&fixture::results()).is_err());
    }

    #[test]
    fn lengths_are_ticks_where_they_are_few_and_far_apart() {
        let labels = |lengths: &[f64]| {
            ticks(lengths.iter().copied()).map(|ticks| ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>())
        };
        assert_eq!(labels(&[100.0, 50.0, 100.0]), Some(vec!["50".to_owned(), "100".to_owned()]));
        assert_eq!(labels(&[100.0, 124.0]), None);
        let many: Vec<f64> = (0..=MOST_TICKS).map(|power| (1_u64 << power) as f64).collect();
        assert_eq!(labels(&many[1..]).map(|labels| labels.len()), Some(MOST_TICKS));
        assert_eq!(labels(&many), None);
    }
}
