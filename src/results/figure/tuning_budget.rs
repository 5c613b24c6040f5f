//! The expected outcome of a tuning against its budget.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Group, Member, arrange};
use super::data::chart::{Axis, Chart, Panel, Point, Scale, Series, SeriesRole, Tick};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use super::swept;
use crate::results::table::Results;
use crate::results::tuning::Ledger;
use crate::stats::Estimate;
use crate::text::pluralize;
use crate::train::{Measure, MetricName};

/// The expected validation performance of what a tuning chooses, against the number of candidates that it tries.
///
/// # Definition
///
/// Of the N candidates of an arm, n are tried, all choices of n being equally likely, and the suite's rule chooses one of them on
/// validation data. The line is the expected score of the chosen one for n = 1 … N, exact and without replacement; the band is where it
/// lies for 95 % of the choices. The score is the mean over the replicates of the tuning of what the suite selects by: updates to the
/// target, where a replicate that did not reach it counts as the budget, or the validation loss or accuracy. An arm whose candidates
/// are not all trained is left out. Of more panels than a page holds the best are drawn, by their mean rank over the lines of a panel
/// with all candidates tried.
///
/// # Why it is here
///
/// A method that is the best after a hundred trials may be the worst after five. A comparison is fair at the budget that it was made
/// with, and at no other; the curve says what a smaller one would have come to.
///
/// # How to read it
///
/// Where a line has become level, more candidates of this kind bring nothing. A line that still falls (or rises, of an accuracy) at its
/// right end says that the arm would gain from more tuning. A wide band on the left: luck decides as long as few are tried. Where
/// lines cross, the better method depends on the budget. At n = N nothing is left to chance, and the band is closed.
///
/// # Example
///
/// ```yaml
/// tune: {points: 16, over: {optimizer.learning-rate: {log-uniform: [1e-4, 1e-1]}}}
/// figures: [{kind: tuning-budget}]
/// ```
///
/// # References
///
/// Dodge et al. 2019, "Show your work", arXiv:1909.03004v1, section 3.1, equation 2, who draw with replacement. Tang et al. 2020,
/// arXiv:2004.13705v1, section 3, who give the unbiased estimate without.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TuningBudget {
    /// The dotted path of the swept setting whose values are the lines of a panel. Defaults to `task` where tasks are swept, else to
    /// `task.length`, else to the first swept number.
    pub series: Option<String>,
}

/// The fewest candidates whose curve is more than a line between two points.
const FEWEST: usize = 3;
/// The most panels, which are a page of them: what is compared stands side by side.
const MOST: usize = 12;
/// The most numbers of candidates that are ticks of the axis one by one.
const MOST_TICKS: usize = 8;

impl Figure for TuningBudget {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let candidates = most_candidates(ledger(plan)?);
        if candidates < 2 {
            return Err(NothingToDraw("the suite tunes with one candidate, which leaves nothing to choose".to_owned()));
        }
        self.arrange(plan)?;
        Ok(Fit::telling(candidates >= FEWEST))
    }

    fn is_of_search(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        self.fits(results)?;
        let ledger = ledger(results)?;
        let arrangement = self.arrange(results)?;
        let groups: Vec<Curves> = arrangement.groups.iter().map(|group| Curves::of(group, ledger)).collect();
        let unfinished = groups.iter().flat_map(|group| &group.curves).filter(|(_, curve)| curve.is_empty()).count();
        let mut drawn: Vec<&Curves> = groups.iter().filter(|group| group.is_any_known()).collect();
        if drawn.is_empty() {
            return Err(NothingToDraw("no arm has all of its candidates trained yet; run the suite first".to_owned()));
        }
        let mut notes = vec![];
        let known = drawn.len();
        if known > MOST {
            drawn = best_first(&drawn, &arrangement, ledger.score);
            drawn.truncate(MOST);
            let over = if arrangement.values.len() > 1 {
                format!("mean rank over {}", arrangement.name)
            } else {
                "score".to_owned()
            };
            notes.push(format!(
                "Not shown, for want of room: {} of {}. These {MOST} have the best {over} with all candidates tried, best \
                 first; the table `tuning-budget` has all.",
                known - MOST,
                pluralize(known as u64, "panel"),
            ));
        }
        if unfinished > 0 {
            notes
                .push(format!("{} left out: not all candidates are trained yet.", pluralize(unfinished as u64, "arm")));
        }
        let panels: Vec<Panel> = drawn.iter().map(|group| group.panel(&arrangement)).collect();
        let points = || panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
        if points().any(|point| !point.value.is_finite()) && points().any(|point| point.value.is_finite()) {
            notes.push(
                "A line begins where a candidate without a diverged replicate is sure to be among those tried."
                    .to_owned(),
            );
        }
        let replicates = match ledger.replicates {
            1 => "one replicate each".to_owned(),
            count => format!("mean over {}", pluralize(count as u64, "replicate")),
        };
        let title = "Performance against the tuning's budget".to_owned();
        let chart = Chart {
            title: title.clone(),
            subtitle: format!(
                "Line: expected score of the best of so many candidates ({replicates}); band: where it lies for 95 % of the choices."
            ),
            x: across(most_candidates(ledger)),
            y: upright(ledger, results, &panels),
            key: arrangement.name.clone(),
            panels,
            columns: None,
            notes,
        };
        let better = if ledger.score.lower_is_better() { "lower" } else { "higher" };
        let caption = format!(
            "Expected {} of what the tuning chooses, against the number of candidates that it tries; {better} is better. A line that \
             is not level at its right end would gain from more candidates.",
            ledger.score.words()
        );
        let drawing = Drawing::Chart(Box::new(chart));
        Ok(vec![Picture { name: "tuning-budget".to_owned(), title, caption, drawing }])
    }
}

impl TuningBudget {
    fn arrange<'a>(&self, results: &'a Results) -> Result<Arrangement<'a>, NothingToDraw> {
        let tasks = || swept::paths(results).into_iter().find(|path| path == "task");
        arrange(results, self.series.clone().or_else(tasks).as_deref())
    }
}

/// The ledger of the tuning.
///
/// # Errors
/// When the suite tunes nothing.
fn ledger(results: &Results) -> Result<&Ledger, NothingToDraw> {
    let remedy = "the suite tunes nothing; `tune` chooses settings for each arm";
    results.circumstances.tuning.as_ref().ok_or_else(|| NothingToDraw(remedy.to_owned()))
}

fn most_candidates(ledger: &Ledger) -> usize {
    ledger.arms.iter().map(|arm| arm.candidates.len()).max().unwrap_or(0)
}

/// The arms of a panel with their curves, which are empty where not all candidates are trained.
struct Curves<'a> {
    group: &'a Group<'a>,
    curves: Vec<(&'a Member<'a>, Vec<Estimate>)>,
}

impl<'a> Curves<'a> {
    fn of(group: &'a Group<'a>, ledger: &Ledger) -> Self {
        let curve = |member: &'a Member<'a>| (member, ledger.budget_curve(member.number));
        Self { group, curves: group.members.iter().map(curve).collect() }
    }

    fn is_any_known(&self) -> bool {
        self.curves.iter().any(|(_, curve)| !curve.is_empty())
    }

    /// The score with all candidates tried, by the rank of the line.
    fn outcomes(&self) -> impl Iterator<Item = (usize, f64)> {
        self.curves.iter().filter_map(|(member, curve)| Some((member.rank, curve.last()?.value)))
    }

    fn panel(&self, arrangement: &Arrangement) -> Panel {
        let of = arrangement.values.len();
        let numeric = arrangement.values.iter().all(|value| value.number.is_some());
        let series = self.curves.iter().map(|(member, curve)| Series {
            label: if of > 1 { arrangement.values[member.rank].text.clone() } else { String::new() },
            points: (1..).zip(curve).map(|(tried, estimate)| point(tried, estimate)).collect(),
            role: match of {
                1 => SeriesRole::Sole,
                _ if numeric => SeriesRole::Ordered { rank: member.rank, of },
                _ => SeriesRole::Named { rank: member.rank },
            },
            ..Series::default()
        });
        Panel { title: self.group.label.clone(), series: series.collect(), ..Panel::default() }
    }
}

fn point(tried: u32, estimate: &Estimate) -> Point {
    Point { x: f64::from(tried), value: estimate.value, interval: Some((estimate.low, estimate.high)), censored: false }
}

/// The groups by their mean rank over the lines of a panel, with all candidates tried; those that lack a line last, and of equal ones
/// the first of the plan first. Ranks, since the scores of two tasks have no common scale.
fn best_first<'a>(groups: &[&'a Curves<'a>], arrangement: &Arrangement, score: MetricName) -> Vec<&'a Curves<'a>> {
    let oriented = |value: f64| if score.lower_is_better() { value } else { -value };
    let mut of_line: Vec<Vec<f64>> = vec![vec![]; arrangement.values.len()];
    for (line, value) in groups.iter().flat_map(|group| group.outcomes()) {
        of_line[line].push(oriented(value));
    }
    of_line.iter_mut().for_each(|values| values.sort_by(f64::total_cmp));
    let mean_rank = |group: &Curves| {
        let ranks: Vec<f64> = group
            .outcomes()
            .map(|(line, value)| of_line[line].partition_point(|other| *other < oriented(value)) as f64)
            .collect();
        ranks.iter().sum::<f64>() / ranks.len() as f64
    };
    let lines = groups.iter().map(|group| group.outcomes().count()).max().unwrap_or(0);
    let mut ordered: Vec<(bool, f64, &Curves)> =
        groups.iter().map(|group| (group.outcomes().count() < lines, mean_rank(group), *group)).collect();
    ordered.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    ordered.into_iter().map(|(_, _, group)| group).collect()
}

/// The axis of the numbers of candidates.
fn across(candidates: usize) -> Axis {
    let tick = |value: usize| Tick { value: value as f64, label: value.to_string() };
    let ticks = (candidates <= MOST_TICKS).then(|| (1..=candidates).map(tick).collect());
    let include = vec![1.0, candidates as f64];
    Axis { label: "candidates tried".to_owned(), include, ticks, ..Axis::default() }
}

/// The axis of the score: updates from 0 to the budget, shares from 0 to 1, losses by their ratios.
fn upright(ledger: &Ledger, results: &Results, panels: &[Panel]) -> Axis {
    let label = format!("expected {}", ledger.score.words());
    let points = panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
    let mut ends = points.flat_map(|point| point.interval.map_or(vec![], |(low, high)| vec![low, point.value, high]));
    match ledger.score {
        MetricName::UpdatesToTarget => {
            let budgets = results.arms.iter().filter(|arm| arm.arm.target.is_some()).map(|arm| arm.arm.budget);
            Axis { label, include: vec![0.0, budgets.max().unwrap_or(0) as f64], ..Axis::default() }
        }
        MetricName::Measured(_, Measure::Accuracy) => Axis { label, include: vec![0.0, 1.0], ..Axis::default() },
        _ if !ends.any(|end| end <= 0.0) => Axis { label, scale: Scale::Log, ..Axis::default() },
        _ => Axis { label, include: vec![0.0], ..Axis::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn chart(results: &Results) -> Chart {
        let named = TuningBudget::default().draw(results).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        chart.as_ref().clone()
    }

    #[test]
    fn a_line_is_the_table_of_its_arm() {
        let results = fixture::results();
        let chart = chart(&results);
        let ledger = results.circumstances.tuning.as_ref().unwrap();
        let lines: Vec<&Series> = chart.panels.iter().flat_map(|panel| &panel.series).collect();
        assert_eq!(lines.len(), results.arms.len());
        for (number, line) in lines.into_iter().enumerate() {
            let expected: Vec<Point> = (1..).zip(&ledger.budget_curve(number)).map(|(n, one)| point(n, one)).collect();
            assert_eq!((expected.len(), &line.points), (fixture::CANDIDATES, &expected));
        }
        assert_eq!((chart.y.include.clone(), chart.y.scale), (vec![0.0, 1000.0], Scale::Linear));
        assert_eq!(chart.notes, [""; 0]);
    }

    /// Tasks are lines although no number tells them apart, and of fifty-six methods a page holds the best.
    #[test]
    fn of_many_arms_the_best_are_drawn_and_the_others_counted() {
        let results = fixture::zoo();
        let chart = chart(&results);
        assert_eq!((chart.panels.len(), chart.key.as_str()), (MOST, "task"));
        assert!(
            chart.notes[0].starts_with("Not shown, for want of room: 44 of 56 panels. These 12"),
            "{:?}",
            chart.notes
        );
        let ledger = results.circumstances.tuning.as_ref().unwrap();
        // Over all tasks alike, whatever a score on one of them amounts to.
        let outcome = |number: usize| ledger.budget_curve(number).last().unwrap().value;
        let outcomes: Vec<f64> = (0..results.arms.len()).map(outcome).collect();
        let rank = |method: usize, task: usize| {
            let own = outcomes[3 * method + task];
            outcomes.iter().skip(task).step_by(3).filter(|other| **other < own).count()
        };
        let mut order: Vec<usize> = (0..56).collect();
        order.sort_by_key(|&method| (0..3).map(|task| rank(method, task)).sum::<usize>());
        let expected = order[..MOST].iter().map(|&method| results.arms[3 * method].arm.swept[0].text.as_str());
        assert_eq!(
            chart.panels.iter().map(|panel| panel.title.as_str()).collect::<Vec<_>>(),
            expected.collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_arm_that_is_not_tuned_yet_is_counted_and_left_out() {
        let mut results = fixture::results();
        results.circumstances.tuning.as_mut().unwrap().arms[1].candidates[0].rank = None;
        let chart = chart(&results);
        assert!(chart.panels[0].series[1].points.is_empty());
        assert_eq!(chart.notes, ["1 arm left out: not all candidates are trained yet."]);
    }

    /// As long as all that are tried may have diverged, nothing is expected.
    #[test]
    fn a_line_begins_where_something_is_sure_to_have_a_score() {
        let results = fixture::showcase();
        let chart = chart(&results);
        let begins = |line: &Series| line.points.iter().position(|point| point.value.is_finite());
        let first: Vec<_> = chart.panels.iter().flat_map(|panel| &panel.series).map(begins).collect();
        assert!(first.contains(&Some(0)) && first.contains(&Some(2)), "{first:?}");
        assert!(chart.notes.iter().any(|note| note.starts_with("A line begins")), "{:?}", chart.notes);
        assert_eq!(chart.y.scale, Scale::Log);
    }

    #[test]
    fn the_axis_follows_the_score() {
        let mut results = fixture::results();
        let ledger = results.circumstances.tuning.as_mut().unwrap();
        ledger.score = "validation/accuracy".parse().unwrap();
        assert_eq!(chart(&results).y.include, [0.0, 1.0]);
    }

    #[test]
    fn what_a_suite_does_not_tune_has_no_budget() {
        let mut results = fixture::results();
        results.circumstances.tuning.as_mut().unwrap().arms.iter_mut().for_each(|arm| arm.candidates.truncate(2));
        assert_eq!(TuningBudget::default().fits(&results), Ok(Fit::OnRequest));
        results.circumstances.tuning.as_mut().unwrap().arms.iter_mut().for_each(|arm| arm.candidates.truncate(1));
        assert!(TuningBudget::default().fits(&results).unwrap_err().0.contains("one candidate"));
        results.circumstances.tuning = None;
        assert!(TuningBudget::default().draw(&results).unwrap_err().0.contains("`tune`"));
    }
}
