//! How far back each arm learns, as its search found it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::chart::Scale;
use super::data::forest::{Forest, ForestGroup, ForestMark, ForestRow};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use crate::results::reach::{Estimated, Found, FoundArm, reach_in_words};
use crate::results::table::Results;
use crate::stats::Bound;

/// The reach of every arm of a suite with `reach`: how far back it learns, with its interval.
///
/// # Definition
///
/// One row per arm, the farthest first: the posterior's median of the value, such as the length, at which half of the seeds that learn at
/// all still reach the target within the budget, with its 95 % credible interval, on a logarithmic axis. Where more than one in ten
/// seeds fail at any value, the reach of all seeds stands beside it as a short upright line.
///
/// # Why it is here
///
/// How long a lag a network can learn is one number; a grid of lengths makes its reader guess it.
///
/// # How to read it
///
/// Farther to the right is better. Two arms whose bars do not overlap differ. An arrow: the interval goes on beyond what was tried; a
/// row with an arrow and no circle has its reach there. An open circle: the search is not over, or its outcomes are such that the reach
/// may not be believed; the table says why.
///
/// # Example
///
/// ```yaml
/// figures: [reach]
/// ```
///
/// # References
///
/// Wichmann and Hill 2001, "The psychometric function: I"; the page of `reach` has the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reach {}

/// From this share of seeds that fail at any value the reach of all seeds is shown too.
const MANY_LAPSES: f64 = 0.1;

impl Figure for Reach {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        searched(plan).map(|_| Fit::Telling)
    }

    fn is_of_search(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        let found = searched(results)?;
        let mut arms: Vec<(&FoundArm, &Estimated)> =
            found.arms.iter().filter_map(|arm| Some((arm, arm.estimate.as_ref()?))).collect();
        if arms.is_empty() {
            return Err(NothingToDraw("no trial of the searches is stored yet: run the suite".to_owned()));
        }
        arms.sort_by(|(_, a), (_, b)| {
            let low = b.reach.low.number().total_cmp(&a.reach.low.number());
            b.reach.median.number().total_cmp(&a.reach.median.number()).then(low)
        });
        let title = format!("Reach: how far back each arm learns, in {}", found.name);
        let subtitle = format!(
            "Circle: the {} at which half of the seeds that learn at all reach the target within the budget; bar: its 95 % credible \
             interval.",
            found.name
        );
        let mut notes = vec![];
        if arms.iter().any(|(_, estimated)| ends(estimated).any(f64::is_infinite)) {
            notes.push(format!("Arrow: beyond what was tried, {} to {}.", found.from, found.to));
        }
        if arms.iter().any(|(arm, estimated)| !sure(arm, estimated)) {
            notes.push("Open circle: the search is not over, or its outcomes are no such curve.".to_owned());
        }
        if arms.iter().any(|(_, estimated)| !estimated_bounds(estimated).is_empty()) {
            notes
                .push("Upright line: the reach of all seeds, where more than one in ten fail at any value.".to_owned());
        }
        let group = ForestGroup {
            unit: found.name.clone(),
            scale: Scale::Log,
            include: vec![found.from as f64, found.to as f64],
            rows: arms.iter().map(|(arm, estimated)| row(found, arm, estimated)).collect(),
        };
        let caption = format!(
            "The {} up to which each arm learns, for this budget and this target. Arms whose bars do not overlap differ.",
            found.name
        );
        let forest = Forest { title: title.clone(), subtitle, groups: vec![group], notes };
        Ok(vec![Picture { name: "reach".to_owned(), title, caption, drawing: Drawing::Forest(forest) }])
    }
}

/// The outcome of the searches of a suite.
///
/// # Errors
/// When the suite has no `reach`.
pub(super) fn searched(results: &Results) -> Result<&Found, NothingToDraw> {
    let found = results.circumstances.reach.as_ref();
    found.ok_or_else(|| NothingToDraw("the suite searches for no reach; add `reach`".to_owned()))
}

fn ends(estimated: &Estimated) -> impl Iterator<Item = f64> + use<> {
    [estimated.reach.low, estimated.reach.high].into_iter().map(Bound::number)
}

/// Whether the search is over and its outcomes are such a curve.
pub(super) fn sure(arm: &FoundArm, estimated: &Estimated) -> bool {
    arm.ending.is_some() && estimated.misfit.is_none()
}

fn estimated_bounds(estimated: &Estimated) -> Vec<f64> {
    let all = estimated.of_all.median.number();
    if estimated.lapse.value > MANY_LAPSES && all.is_finite() { vec![all] } else { vec![] }
}

fn row(found: &Found, arm: &FoundArm, estimated: &Estimated) -> ForestRow {
    let reach = estimated.reach;
    ForestRow {
        label: arm.label.clone(),
        value: Some(reach.median.number()),
        interval: Some((reach.low.number(), reach.high.number())),
        bounds: estimated_bounds(estimated),
        mark: if sure(arm, estimated) { ForestMark::For } else { ForestMark::Open },
        numbers: reach_in_words(&reach, found.range()),
        word: match arm.ending {
            None => "goes on".to_owned(),
            Some(_) => format!("n = {}", arm.trials()),
        },
    }
}
