//! Success against the value searched along, with the fitted curve.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::chart::{Axis, Chart, Panel, Point, Scale, Series, SeriesRole, Tick};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_PANELS, NothingToDraw, Picture};
use super::reach::searched;
use crate::results::reach::{Estimated, Found, FoundArm, misfit_in_words, reach_in_words};
use crate::results::table::Results;
use crate::stats::{CONFIDENCE, Count, clopper_pearson};

/// Psychometric functions: for each arm of a suite with `reach` the share of seeds that succeed at each value, with the fitted curve.
///
/// # Definition
///
/// The line is the posterior mean of the chance of success, (1 − λ)·σ((ln m − ln L)/s), the band its pointwise 95 % credible interval.
/// The points are outcomes, those within a factor of 1.6 of each other together, with the exact interval of Clopper and Pearson; the
/// fractions along the foot are their counts.
///
/// # Why it is here
///
/// The reach is one point of the curve. The curve shows what it rests on: where success ends, how gradually, whether some seeds fail at
/// any value, and where hardly anything was tried.
///
/// # How to read it
///
/// The reach is where half of the seeds that learn at all still do: half of the height that the line would have far to the left, 1 − λ,
/// which it may not come to within what was tried. A line that begins flat and below 1: seeds that fail at any value.
/// Points far from the line: outcomes that are no such curve.
///
/// # Example
///
/// ```yaml
/// figures: [psychometric]
/// ```
///
/// # References
///
/// Wichmann and Hill 2001, "The psychometric function: I".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Psychometric {}

/// The factor of values whose outcomes are drawn together.
const TOGETHER: f64 = 1.6;

impl Figure for Psychometric {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let found = searched(plan)?;
        Ok(Fit::telling(found.arms.len() <= 2 * MOST_PANELS))
    }

    fn is_of_search(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        let found = searched(results)?;
        let fitted = |arm: &FoundArm| Some(panel(found, arm, arm.estimate.as_ref()?));
        let panels: Vec<Panel> = found.arms.iter().filter_map(fitted).collect();
        if panels.is_empty() {
            return Err(NothingToDraw("no trial of the searches is stored yet: run the suite".to_owned()));
        }
        let title = format!("Success against {}", found.name);
        let chart = Chart {
            title: title.clone(),
            subtitle: "Line: the fitted chance of success with its 95 % credible band. Points: outcomes with exact intervals, and their \
                       counts below. Above: the reach."
                .to_owned(),
            x: Axis {
                label: found.name.clone(),
                scale: Scale::Log,
                include: vec![found.from as f64, found.to as f64],
                ..Axis::default()
            },
            y: Axis { label: "share that succeeds".to_owned(), include: vec![0.0, 1.0], ..Axis::default() },
            key: String::new(),
            panels,
            columns: None,
            notes: vec![],
        };
        let caption = format!(
            "The share of seeds that reach the target at each {0}. The reach is where half of the seeds that learn at all still do: at half of the \
             height that the line has far to the left. Outcomes at {0}s within a factor of {TOGETHER} are drawn together.",
            found.name
        );
        Ok(vec![Picture { name: "psychometric".to_owned(), title, caption, drawing: Drawing::Chart(Box::new(chart)) }])
    }
}

fn panel(found: &Found, arm: &FoundArm, estimated: &Estimated) -> Panel {
    let together = together(&arm.counts);
    let point = |(value, count): &(f64, Count)| {
        let share = clopper_pearson(count.solved as usize, count.tried as usize, CONFIDENCE);
        share.map(|share| Point {
            x: *value,
            value: share.value,
            interval: Some((share.low, share.high)),
            censored: false,
        })
    };
    let outcomes = Series {
        points: together.iter().filter_map(point).collect(),
        role: SeriesRole::Before,
        marked: true,
        loose: true,
        ..Series::default()
    };
    let fitted = estimated.curve.iter().map(|&(x, estimate)| Point {
        x,
        value: estimate.value,
        interval: Some((estimate.low, estimate.high)),
        censored: false,
    });
    let line = Series { points: fitted.collect(), role: SeriesRole::Sole, loose: true, ..Series::default() };
    let foot =
        |(value, count): &(f64, Count)| Tick { value: *value, label: format!("{}/{}", count.solved, count.tried) };
    Panel {
        title: format!("{}: {}", arm.label, reach_in_words(&estimated.reach, found.range())),
        series: vec![line, outcomes],
        notes: misfit_in_words(arm).into_iter().collect(),
        footer: together.iter().map(foot).collect(),
        ..Panel::default()
    }
}

/// The outcomes of values within a factor of each other added up, at their geometric mean by trials.
fn together(counts: &[Count]) -> Vec<(f64, Count)> {
    let mut all: Vec<(f64, Count, u64)> = vec![];
    for count in counts {
        let logarithm = f64::from(count.tried) * libm::log(count.length as f64);
        match all.last_mut() {
            Some((sum, known, first)) if (count.length as f64) < TOGETHER * *first as f64 => {
                *sum += logarithm;
                known.solved += count.solved;
                known.tried += count.tried;
            }
            _ => all.push((logarithm, *count, count.length)),
        }
    }
    all.into_iter().map(|(sum, count, _)| (libm::exp(sum / f64::from(count.tried)), count)).collect()
}
