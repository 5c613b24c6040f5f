//! The gradient's norm against how far back in time it reaches.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Member, arrange, replicates};
use super::data::chart::{Axis, Chart, Panel, Point, Scale, Series, SeriesRole};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_PANELS, NothingToDraw, Picture};
use super::sentences::{beyond, ran};
use crate::component::probe::{ALL_STATES, QUANTILES};
use crate::results::table::{Results, TrialResults};
use crate::stats::{NonFinite, band_in_words, spread};
use crate::store::ProbeRow;

const PROBE: &str = "gradient-by-lag";

/// The norm of the loss' gradient by a past state, against the lag: where it vanishes or explodes.
///
/// # Definition
///
/// ‖∂L/∂s‖, the Euclidean norm of the gradient of a sequence's own loss by the state s so many steps before
/// the last step whose output is read (lag 0). Per trial the median over sequences; the line is the median of these over
/// replicates, the band their quartiles (smallest to largest below four replicates; with a single replicate, from the 0.1 to
/// the 0.9 quantile over its sequences). One line before training, one at the last probe.
///
/// # Why it is here
///
/// A parameter learns from what happened a lag ago only as far as this gradient reaches. A straight
/// falling line is the exponential decay of Hochreiter and of Bengio; a rising one explodes.
///
/// # How to read it
///
/// To the right is further back in time, each grid line so many powers of ten. Level is good: the past
/// weighs as much as the present. Open circles on the floor, labelled 0, are gradients of exactly zero: they underflowed, or, as with
/// truncation or dilation, no path leads that far back; wedges along the top are values beyond the scale, with how far they reach; a cross ends a line whose next value is not
/// finite.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: gradient-by-lag, state: full, at: [100]}
/// ```
///
/// # References
///
/// Hochreiter 1991, diploma thesis, TU München; Bengio, Simard and Frasconi 1994,
/// doi:10.1109/72.279181, section IV; Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063v2, equation 5.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GradientByLag {
    /// The state component, such as `h` or `c`; `full` is all of them together. Defaults to `full`.
    pub state: String,
    /// The recurrent layer, from 0 at the input. Defaults to 0.
    pub layer: u32,
    /// The dotted path of the swept setting of which `at` selects values. Defaults to `task.length`, else the first swept
    /// number.
    pub series: Option<String>,
    /// Which values of that setting get panels. Defaults to the largest.
    pub at: Vec<f64>,
}

impl Default for GradientByLag {
    fn default() -> Self {
        Self { state: ALL_STATES.to_owned(), layer: 0, series: None, at: Vec::new() }
    }
}

impl Figure for GradientByLag {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let arrangement = arrange(plan, self.series.as_deref())?;
        self.is_probed(plan)?;
        let known = |at: &f64| arrangement.values.iter().any(|value| value.number == Some(*at));
        if let Some(unknown) = self.at.iter().find(|at| !known(at)) {
            let values: Vec<&str> = arrangement.values.iter().map(|value| value.text.as_str()).collect();
            let (name, values) = (&arrangement.name, values.join(", "));
            return Err(NothingToDraw(format!("`at: {unknown}` is no value of {name}; the plan has {values}")));
        }
        Ok(Fit::telling(arrangement.groups.len() <= MOST_PANELS))
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        self.fits(results)?;
        let arrangement = arrange(results, self.series.as_deref())?;
        self.check(results)?;
        let ranks: Vec<usize> = if self.at.is_empty() {
            vec![arrangement.values.len() - 1]
        } else {
            let wanted = |number: Option<f64>| number.is_some_and(|number| self.at.contains(&number));
            (0..arrangement.values.len()).filter(|&rank| wanted(arrangement.values[rank].number)).collect()
        };
        let selected: Vec<String> = ranks.iter().map(|&rank| arrangement.values[rank].text.clone()).collect();
        let mut panels = Vec::new();
        for group in &arrangement.groups {
            // An arm without the largest value still shows its own largest.
            let own = group.members.iter().filter(|member| ranks.contains(&member.rank));
            let fallback = || group.members.last().filter(|_| self.at.is_empty());
            let members: Vec<&Member> = own.collect();
            let members = if members.is_empty() { fallback().into_iter().collect() } else { members };
            for member in members {
                let value = &arrangement.values[member.rank].text;
                let mut panel = self.panel(member);
                let usual = ranks.len() == 1 && ranks[0] == member.rank;
                let parts =
                    [group.label.clone(), if usual { String::new() } else { format!("{} {value}", arrangement.name) }];
                let parts: Vec<String> = parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
                panel.title = parts.join(" · ");
                if !panel.series.is_empty() {
                    panels.push(panel);
                }
            }
        }
        if panels.is_empty() {
            let known: Vec<&str> = arrangement.values.iter().map(|value| value.text.as_str()).collect();
            return Err(NothingToDraw(format!(
                "no `{PROBE}` rows are stored at {} {:?}; the plan has {}",
                arrangement.name,
                self.at,
                known.join(", ")
            )));
        }
        Ok(vec![self.compose(panels, &arrangement.name, &selected, replicates(&arrangement))])
    }

    fn reads_probes(&self) -> bool {
        true
    }
}

impl GradientByLag {
    /// Nothing where some arm's trainings are probed in the wanted layer, which has the wanted state.
    fn is_probed(&self, plan: &Results) -> Result<(), NothingToDraw> {
        let probes = || plan.arms.iter().flat_map(|arm| &arm.arm.probes).filter(|probe| probe.kind == PROBE);
        let Some(layers) = probes().map(|probe| probe.states.len()).max() else {
            return Err(NothingToDraw(format!(
                "the suite has no probe `{PROBE}`; add {{kind: {PROBE}}} to its probes"
            )));
        };
        let layer = self.layer as usize;
        if layer >= layers {
            let last = if layers == 1 { "0".to_owned() } else { format!("0 to {}", layers - 1) };
            return Err(NothingToDraw(format!(
                "`layer: {layer}` is beyond the networks' layers, which are counted from the input: {last}"
            )));
        }
        let states: BTreeSet<&str> =
            probes().filter_map(|probe| probe.states.get(layer)).flatten().map(String::as_str).collect();
        if self.state != ALL_STATES && !states.contains(self.state.as_str()) {
            let known: Vec<&str> = [ALL_STATES].into_iter().chain(states).collect();
            return Err(NothingToDraw(format!(
                "`state: {}` is no state of layer {layer}; the states are {}",
                self.state,
                known.join(", ")
            )));
        }
        Ok(())
    }

    /// Whether there is anything of the wanted layer and state.
    fn check(&self, results: &Results) -> Result<(), NothingToDraw> {
        let rows = || results.trials().flat_map(|trial| &trial.probes).filter(|row| row.probe == PROBE);
        if rows().next().is_none() {
            return Err(NothingToDraw(format!(
                "no `{PROBE}` rows are stored; add {{kind: {PROBE}}} to the suite's probes"
            )));
        }
        if !rows().any(|row| self.wants(row)) {
            let mut known: Vec<&str> = rows().filter_map(|row| row.state.as_deref()).collect();
            known.sort_unstable();
            known.dedup();
            return Err(NothingToDraw(format!(
                "no `{PROBE}` rows are stored for state `{}` of layer {}; the stored states are {}",
                self.state,
                self.layer,
                known.join(", ")
            )));
        }
        Ok(())
    }

    fn wants(&self, row: &ProbeRow) -> bool {
        row.probe == PROBE && row.state.as_deref() == Some(&self.state) && row.layer.unwrap_or(0) == self.layer
    }

    /// The norms of one trial, by update.
    fn norms(&self, trial: &TrialResults) -> BTreeMap<u64, Lags> {
        let mut updates: BTreeMap<u64, Lags> = BTreeMap::new();
        for row in trial.probes.iter().filter(|row| self.wants(row)) {
            let Some(lag) = row.lag else { continue };
            let quantiles = updates.entry(row.update).or_default().entry(lag).or_insert([f64::NAN; 3]);
            if let Some(place) = QUANTILES.iter().position(|(statistic, _)| *statistic == row.statistic) {
                quantiles[place] = row.value;
            }
        }
        updates
    }

    fn panel(&self, member: &Member) -> Panel {
        let probed = member.arm.results().map(|trial| self.norms(trial)).filter(|updates| !updates.is_empty());
        let probed: Vec<BTreeMap<u64, Lags>> = probed.collect();
        let before: Vec<&Lags> = probed.iter().filter_map(|updates| updates.get(&0)).collect();
        let last = probed.iter().filter_map(|updates| updates.last_key_value());
        let after: Vec<&Lags> = last.filter(|(update, _)| **update > 0).map(|(_, lags)| lags).collect();
        let mut panel = Panel { notes: member.remarks(), ..Panel::default() };
        if !before.is_empty() {
            panel.series.push(line("initial", SeriesRole::Before, &before));
        }
        if !after.is_empty() {
            panel.series.push(line("trained", SeriesRole::After, &after));
            let broken = after.iter().filter(|lags| lags.values().any(|q| !q[1].is_finite())).count();
            if broken > 0 {
                panel.notes.push(format!("{broken} of {} not finite when last probed", after.len()));
            }
        }
        panel
    }

    fn compose(&self, panels: Vec<Panel>, name: &str, selected: &[String], (least, most): (usize, usize)) -> Picture {
        let state = if self.state == ALL_STATES { "state".to_owned() } else { self.state.clone() };
        let at = match selected {
            [one] if !one.is_empty() => format!(", {name} {one}"),
            _ => String::new(),
        };
        let title = format!("How far back the gradient reaches{at}");
        let band = match most {
            0 | 1 => "band: 0.1 to 0.9 quantile over sequences.".to_owned(),
            _ => format!("band: {} over replicates.", band_in_words(least, most)),
        };
        let subtitle = format!("Line: median; {band} Level is good: the past weighs as much as the present.");
        let points = || panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
        let mut notes = Vec::new();
        if points().any(|point| point.value == 0.0) {
            notes.push("Open circles on the floor: a gradient of exactly zero, by underflow or because no path leads that far back.".to_owned());
        }
        if panels.iter().flat_map(|panel| &panel.series).any(Series::stops) {
            notes.push("A line stops at × where the next median is not finite.".to_owned());
        }
        if points().any(|point| point.value.is_finite() && point.value > LARGEST) {
            notes.push(beyond(LARGEST));
        }
        let drawn = |role: SeriesRole| panels.iter().flat_map(|panel| &panel.series).any(|series| series.role == role);
        let lines = match (drawn(SeriesRole::Before), drawn(SeriesRole::After)) {
            (true, true) => "; dashed before training, full at the last probe",
            (true, false) => ", before training",
            _ => ", at the last probe",
        };
        let caption = format!(
            "Norm of the loss' gradient by the {state} so many steps back, on a logarithmic scale{lines}. A straight fall is \
             exponential vanishing, a straight rise exponential explosion."
        );
        let suffix = if self.state == ALL_STATES { String::new() } else { format!("-{}", file_stem(&self.state)) };
        let chart = Chart {
            title: title.clone(),
            subtitle,
            x: Axis { label: "lag: steps back from the last output".to_owned(), ..Axis::default() },
            y: Axis {
                label: format!("‖∂L/∂{state}‖"),
                scale: Scale::Log,
                limits: (None, Some(LARGEST)),
                ..Axis::default()
            },
            key: String::new(),
            panels,
            columns: None,
            notes,
        };
        Picture { name: format!("gradient-by-lag{suffix}"), title, caption, drawing: Drawing::Chart(Box::new(chart)) }
    }
}

/// The largest norm within the panels, so that one explosion does not flatten what vanishes.
const LARGEST: f64 = 1e10;

/// Letters and digits of a name, for a file.
fn file_stem(name: &str) -> String {
    name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' }).collect()
}

/// The [`QUANTILES`] over sequences, by lag.
type Lags = BTreeMap<u32, [f64; 3]>;

fn line(label: &str, role: SeriesRole, replicates: &[&Lags]) -> Series {
    let mut lags: Vec<u32> = replicates.iter().flat_map(|lags| lags.keys().copied()).collect();
    lags.sort_unstable();
    lags.dedup();
    let mut points = Vec::new();
    for lag in lags {
        let here: Vec<&[f64; 3]> = replicates.iter().filter_map(|lags| lags.get(&lag)).collect();
        let medians: Vec<f64> = here.iter().map(|quantiles| quantiles[1]).collect();
        // A gradient that is not a number has gone through an infinite one.
        let Some(spread) = spread(&medians, NonFinite::Highest) else { continue };
        let sequences = || here.first().map(|q| (q[0], q[2])).filter(|(low, high)| !low.is_nan() && !high.is_nan());
        let interval = if replicates.len() == 1 { sequences() } else { spread.band };
        points.push(Point { x: f64::from(lag), value: spread.median, interval, censored: false });
    }
    Series { label: label.to_owned(), points, role, ..Series::default() }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn chart(figure: &GradientByLag, results: &Results) -> Chart {
        let named = figure.draw(results).unwrap();
        let Drawing::Chart(chart) = &named[0].drawing else { panic!("not a chart") };
        chart.as_ref().clone()
    }

    #[test]
    fn shows_the_longest_length_before_and_after_training() {
        let chart = chart(&GradientByLag::default(), &fixture::results());
        assert_eq!(chart.panels.len(), 2);
        assert!(chart.title.ends_with("length 50"), "{}", chart.title);
        let labels: Vec<&str> = chart.panels[0].series.iter().map(|series| series.label.as_str()).collect();
        assert_eq!(labels, ["initial", "trained"]);
        assert_eq!(chart.panels[0].series[0].points.len(), 50);
        // The fixture's untrained tanh network loses a decade per two lags.
        let points = &chart.panels[0].series[0].points;
        assert!((libm::log10(points[40].value / points[0].value) + 20.0).abs() < 1e-6);
    }

    #[test]
    fn several_values_each_get_a_panel() {
        let figure = GradientByLag { at: vec![20.0, 50.0], ..GradientByLag::default() };
        let chart = chart(&figure, &fixture::results());
        let titles: Vec<&str> = chart.panels.iter().map(|panel| panel.title.as_str()).collect();
        assert_eq!(
            titles,
            ["elman tanh · length 20", "elman tanh · length 50", "lstm · length 20", "lstm · length 50"]
        );
    }

    /// A line without any finite point has no cross either.
    #[test]
    fn crosses_are_explained_where_a_line_stops_only() {
        let explained = |from: u32| {
            let mut results = fixture::results();
            let rows = results.trials_mut().flat_map(|trial| &mut trial.probes);
            rows.filter(|row| row.lag >= Some(from)).for_each(|row| row.value = f64::INFINITY);
            chart(&GradientByLag::default(), &results).notes.iter().any(|note| note.contains('×'))
        };
        assert!(explained(20) && !explained(0) && !explained(1000));
    }

    /// A zero may be an underflow or a lag to which no path leads, which the figure cannot tell apart and does not claim to.
    #[test]
    fn zeros_are_explained_by_both_of_their_causes_where_there_are_any() {
        let noted = |zero: &dyn Fn(u32) -> bool| {
            let mut results = fixture::results();
            let rows = results.trials_mut().flat_map(|trial| &mut trial.probes);
            rows.filter(|row| row.lag.is_some_and(zero)).for_each(|row| row.value = 0.0);
            chart(&GradientByLag::default(), &results).notes
        };
        let note = "Open circles on the floor: a gradient of exactly zero, by underflow or because no path leads that far back.";
        for zero in [&(|lag: u32| lag % 2 == 1) as &dyn Fn(u32) -> bool, &|lag| lag > 5] {
            assert_eq!(noted(zero), [note]);
        }
        assert_eq!(noted(&|_| false), [""; 0]);
    }

    #[test]
    fn says_what_is_missing() {
        let mut results = fixture::results();
        // No plan gives it, which is known before anything is trained.
        for (figure, words) in [
            (GradientByLag { state: "c".to_owned(), ..GradientByLag::default() }, "the states are full, h"),
            (GradientByLag { layer: 7, ..GradientByLag::default() }, "`layer: 7` is beyond the networks' layers"),
            (GradientByLag { layer: 1, ..GradientByLag::default() }, "counted from the input: 0"),
        ] {
            assert!(figure.fits(&results).unwrap_err().0.contains(words), "{figure:?}: {:?}", figure.fits(&results));
            assert_eq!(figure.draw(&results).unwrap_err(), figure.fits(&results).unwrap_err());
        }
        // Planned, but not stored.
        let figure = GradientByLag { state: "h".to_owned(), ..GradientByLag::default() };
        assert_eq!(figure.fits(&results), Ok(Fit::Telling));
        assert!(figure.draw(&results).unwrap_err().0.contains("the stored states are full"));
        results.trials_mut().for_each(|trial| trial.probes.clear());
        assert!(GradientByLag::default().draw(&results).unwrap_err().0.contains("add {kind: gradient-by-lag}"));
    }
}
