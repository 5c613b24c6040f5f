//! Gradient reach at initialization against learnt reach.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::chart::{Axis, Chart, Panel, Point, Scale, Series, SeriesRole};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use super::reach::searched;
use crate::results::number::significant;
use crate::results::reach::{Found, FoundArm};
use crate::results::table::Results;
use crate::seed::{self, Purpose};
use crate::stats::{Alternative, CONFIDENCE, NonFinite, spearman_test};

/// Gradient reach at initialization against learnt reach, for the arms of a suite with `reach` and the probe `gradient-by-lag`.
///
/// # Definition
///
/// Across: the largest lag up to which the norm of the gradient before training is no less than a hundredth of that at lag 1, the median
/// over the arm's trials that were measured over the most lags. Upwards: the arm's reach with its 95 % credible interval. Spearman's
/// rank correlation over the arms, with its interval, stands above.
///
/// # Why it is here
///
/// That a network learns as far back as gradients flow at its initialization is the textbook's account of long lags. Here is whether it
/// holds.
///
/// # How to read it
///
/// If it held, the points would rise from the lower left to the upper right. The sign ≥ behind a name: the gradient does not fall
/// within the lags that were measured. A triangle at the top: the reach is beyond what was tried. An arrow: so does its interval go on.
///
/// # Example
///
/// ```yaml
/// probes: [{kind: gradient-by-lag, when: start, length: 400, lags-per-octave: 8}]
/// figures: [gradient-reach]
/// ```
///
/// # References
///
/// Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GradientReach {}

/// The fewest arms between which a correlation says something.
const FEWEST: usize = 3;

impl Figure for GradientReach {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let found = searched(plan)?;
        if !found.has_gradients {
            return Err(NothingToDraw("the suite has no probe `gradient-by-lag`".to_owned()));
        }
        if found.arms.len() < FEWEST {
            return Err(NothingToDraw(format!(
                "the suite has fewer than {FEWEST} arms, between which nothing correlates"
            )));
        }
        Ok(Fit::Telling)
    }

    fn reads_probes(&self) -> bool {
        true
    }

    fn is_of_search(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        self.fits(results)?;
        let found = searched(results)?;
        let known = |arm: &FoundArm| Some((arm.gradient_reach?, arm.estimate.as_ref()?.reach.median.number()));
        let pairs: Vec<(&FoundArm, (u32, bool), f64)> =
            found.arms.iter().filter_map(|arm| known(arm).map(|(flows, learnt)| (arm, flows, learnt))).collect();
        if pairs.len() < FEWEST {
            let message = format!(
                "fewer than {FEWEST} arms have a reach and a gradient that was measured before training: run the suite for more"
            );
            return Err(NothingToDraw(message));
        }
        // Where the gradient does not fall within a few lags, nothing says how far it reaches.
        let is_known = |lag: u32, beyond: bool| !beyond || u64::from(lag) + 1 >= found.to;
        let ranked: Vec<&(&FoundArm, (u32, bool), f64)> =
            pairs.iter().filter(|(_, (lag, beyond), _)| is_known(*lag, *beyond)).collect();
        // In order only: what is below, or beyond, all that was tried or measured is below, or beyond, every number.
        let flows: Vec<f64> =
            ranked.iter().map(|(_, (lag, beyond), _)| if *beyond { f64::MAX } else { f64::from(*lag) }).collect();
        let learnt: Vec<f64> = ranked.iter().map(|(_, _, learnt)| learnt.clamp(f64::MIN, f64::MAX)).collect();
        let mut draws = seed::stream(0, Purpose::Bootstrap, &[("figure", "gradient-reach")]).at(0);
        let sides = ((&flows[..], NonFinite::Highest), (&learnt[..], NonFinite::Highest));
        let test = spearman_test(sides.0, sides.1, Alternative::TwoSided, CONFIDENCE, || draws.bits());
        let correlation = test.map_or_else(String::new, |test| {
            let [rho, low, high] =
                [test.effect.value, test.effect.low, test.effect.high].map(|value| significant(value, 2));
            format!(" Spearman's ρ over {} arms: {rho} [{low}, {high}].", test.n)
        });
        let beyond = pairs.iter().any(|(_, (_, beyond), _)| *beyond);
        let below = pairs.iter().any(|(_, _, learnt)| *learnt == f64::NEG_INFINITY);
        let longest = found.to as f64;
        let series = |(rank, (arm, (lag, beyond), learnt)): (usize, &(&FoundArm, (u32, bool), f64))| Series {
            label: if *beyond { format!("{} (≥)", arm.label) } else { arm.label.clone() },
            points: vec![point(found, arm, f64::from(*lag), *learnt)],
            role: SeriesRole::Named { rank },
            marked: true,
            ..Series::default()
        };
        let title = "What flows at the start, and what is learnt".to_owned();
        let mut notes = vec![];
        if beyond {
            notes.push("(≥): the gradient does not fall to a hundredth within the lags that were measured; no part of ρ unless these are all that are \
                 searched."
                    .to_owned());
        }
        let open = |(arm, ..): &(&FoundArm, (u32, bool), f64)| {
            arm.estimate
                .iter()
                .flat_map(|estimated| [estimated.reach.low, estimated.reach.high])
                .any(|end| end.number().is_infinite())
        };
        if pairs.iter().any(open) {
            notes.push(format!("Arrow: the interval goes on beyond what was tried, {} to {}.", found.from, found.to));
        }
        if below {
            notes.push(format!("At {}: the reach is below all that was tried.", found.from));
        }
        let chart = Chart {
            title: title.clone(),
            subtitle: format!(
                "Across: the lag at which the gradient has fallen to 1 % of that at lag 1, before training. Upwards: the reach, with its \
                 95 % interval.{correlation}"
            ),
            x: Axis {
                label: "gradient reach at initialization (lag)".to_owned(),
                scale: Scale::Log,
                include: vec![1.0, longest],
                ..Axis::default()
            },
            y: Axis {
                label: format!("reach ({})", found.name),
                scale: Scale::Log,
                include: vec![found.from as f64, found.to as f64],
                ..Axis::default()
            },
            key: String::new(),
            panels: vec![Panel { series: pairs.iter().enumerate().map(series).collect(), ..Panel::default() }],
            columns: Some(1),
            notes,
        };
        let caption =
            "Whether networks learn as far back as gradients flow at their initialization: one point per arm."
                .to_owned();
        Ok(vec![Picture {
            name: "gradient-reach".to_owned(),
            title,
            caption,
            drawing: Drawing::Chart(Box::new(chart)),
        }])
    }
}

/// An arm: what lies outside of the range is at its end, as a bound.
fn point(found: &Found, arm: &FoundArm, flows: f64, learnt: f64) -> Point {
    let (from, to) = (found.from as f64, found.to as f64);
    let reach = arm.estimate.as_ref().map(|estimated| (estimated.reach.low.number(), estimated.reach.high.number()));
    let within = |end: f64, open: f64| if end == open { open } else { end.clamp(from, to) };
    let interval = reach.map(|(low, high)| (within(low, f64::NEG_INFINITY), within(high, f64::INFINITY)));
    Point { x: flows.max(1.0), value: learnt.clamp(from, to), interval, censored: learnt == f64::INFINITY }
}
