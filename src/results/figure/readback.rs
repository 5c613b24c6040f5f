//! A picture's numbers are the tables': figures of known results are drawn, their SVG is read back, and what stands there is
//! held against what the tables say and against order statistics counted by hand.

use super::fixture;
use super::gradient_by_lag::GradientByLag;
use super::learning_curves::{Centre, LearningCurves};
use super::picture::Figure;
use super::ranking::Ranking;
use super::success::Success;
use super::tuning_budget::TuningBudget;
use super::updates_to_target::UpdatesToTarget;
use crate::results::table::{ArmResults, Cell, Results, summary};
use crate::results::tuning::budget_table;
use crate::train::{Measure, MetricName, Split};

/// Replicates of every arm: the quartiles are the third and the seventh, the median the fifth.
const REPLICATES: usize = 9;
const UPDATES: u64 = 10;
/// The largest distance of a position read back from its number, as a share of the axis.
const CLOSE: f64 = 2e-3;

/// Jagged curves, so that no point is left out of a drawn line, and updates to the target on both sides of the budget.
fn known() -> Results {
    let mut results = fixture::results();
    for (number, arm) in results.arms.iter_mut().enumerate() {
        let template = arm.trials[0].clone();
        let trial = |replicate: usize| {
            let mut trial = template.clone();
            let share = |k: usize| ((31 * number + 57 * replicate + 73 * k + 11) % 97) as f64 / 97.0;
            let curve = (0..=UPDATES).map(|k| (100 * k, 0.02 + 0.95 * share(k as usize))).collect();
            trial.curves.insert((Split::Validation, Measure::Accuracy), curve);
            trial.curves.insert((Split::Test, Measure::Loss), vec![(1000, share(3))]);
            for row in &mut trial.probes {
                row.value *= libm::pow(10.0, 3.0 * share(row.update as usize));
            }
            let needed = 100 * (1 + ((number + 5 * replicate) % (9 + 2 * number)) as u64);
            let solved = needed <= 1000;
            trial.trial.replicate = replicate as u32;
            (trial.trial.solved, trial.trial.censored) = (Some(solved), Some(!solved));
            trial.trial.updates_to_target = solved.then_some(needed);
            trial
        };
        arm.trials = (0..REPLICATES).map(trial).collect();
    }
    results.planned = results.stored();
    results
}

/// The third, fifth and seventh of nine values.
fn by_hand(mut values: Vec<f64>) -> [f64; 3] {
    assert_eq!(values.len(), REPLICATES);
    values.sort_by(f64::total_cmp);
    [values[2], values[4], values[6]]
}

/// An element of a document.
#[derive(Debug)]
struct Element {
    name: String,
    line: String,
    points: Vec<(f64, f64)>,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        let of = |line| Some(str::split_once(str::split_once(line, &format!(" {name}=\""))?.1, '"')?.0);
        of(&self.line).unwrap_or("")
    }

    fn number(&self, name: &str) -> f64 {
        self.attribute(name).parse().unwrap()
    }

    fn text(&self) -> &str {
        self.line.split_once('>').and_then(|(_, rest)| rest.split_once('<')).map_or("", |(text, _)| text)
    }

    fn centre(&self) -> (f64, f64) {
        let n = self.points.len() as f64;
        (self.points.iter().map(|p| p.0).sum::<f64>() / n, self.points.iter().map(|p| p.1).sum::<f64>() / n)
    }
}

struct Document(Vec<Element>);

impl Document {
    fn of(figure: &impl Figure, results: &Results) -> Self {
        let pictures = figure.draw(results).unwrap();
        let svg = pictures[0].drawing.svg().unwrap();
        let element = |line: &str| {
            let name = line.trim_start_matches('<').split([' ', '>']).next().unwrap_or("").to_owned();
            let mut element = Element { name, line: line.to_owned(), points: vec![] };
            let pair = |pair: &str| {
                let (x, y) = pair.split_once(',').unwrap();
                (x.parse().unwrap(), y.parse().unwrap())
            };
            element.points = element.attribute("points").split_whitespace().map(pair).collect();
            element
        };
        Self(svg.lines().map(element).collect())
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.0.iter().filter(move |element| element.name == name)
    }

    fn texts(&self, anchor: &str) -> impl Iterator<Item = &Element> {
        self.named("text").filter(move |text| text.attribute("text-anchor") == anchor)
    }

    /// The bands, in the order of panels and series.
    fn bands(&self) -> Vec<&Element> {
        self.named("polygon").filter(|polygon| polygon.attribute("opacity") == "0.14").collect()
    }

    /// The round markers.
    fn circles(&self) -> Vec<&Element> {
        self.named("polygon").filter(|polygon| polygon.points.len() == 24).collect()
    }

    /// The lines of that width in units of the document.
    fn lines(&self, width: &str) -> Vec<&Element> {
        self.named("polyline").filter(|line| line.attribute("stroke-width") == width).collect()
    }

    /// The vertical axis, from its labels.
    fn vertical(&self, scale: fn(f64) -> f64) -> Ruled {
        // A label's baseline lies 0.36 of its size below its middle.
        let label =
            |text: &Element| Some((text.number("y") - 0.36 * text.number("font-size"), scale(value_of(text.text())?)));
        Ruled::through(self.texts("end").filter_map(label).collect())
    }

    /// The horizontal axis of each panel, from its labels.
    fn horizontals(&self, scale: fn(f64) -> f64) -> Vec<Ruled> {
        let labels = self.texts("middle").filter_map(|text| Some((text.number("x"), scale(value_of(text.text())?))));
        let mut panels: Vec<Vec<(f64, f64)>> = vec![];
        for label in labels {
            match panels.last_mut().filter(|panel| panel.last().is_some_and(|last| last.1 < label.1)) {
                Some(panel) => panel.push(label),
                None => panels.push(vec![label]),
            }
        }
        panels.into_iter().map(Ruled::through).collect()
    }
}

/// The number of a label of an axis: `0.5`, `1000`, `10⁻⁶`.
fn value_of(label: &str) -> Option<f64> {
    let plain: String = label.chars().filter(|sign| *sign != '\u{a0}').collect();
    if let Some(raised) = plain.strip_prefix("10").filter(|rest| rest.starts_with(|sign| "⁰¹²³⁴⁵⁶⁷⁸⁹⁻".contains(sign)))
    {
        let digit =
            |sign: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|raised| raised == sign).map_or(-1, |digit| digit as i32);
        let exponent = raised.chars().filter(|sign| *sign != '⁻').fold(0, |number, sign| 10 * number + digit(sign));
        return Some(libm::pow(10.0, f64::from(if raised.starts_with('⁻') { -exponent } else { exponent })));
    }
    plain.parse().ok()
}

/// An axis as its labels rule it: position and value.
#[derive(Debug)]
struct Ruled {
    from: (f64, f64),
    to: (f64, f64),
}

impl Ruled {
    fn through(labels: Vec<(f64, f64)>) -> Self {
        assert!(labels.len() > 1, "too few labels: {labels:?}");
        let ruled = Self { from: labels[0], to: labels[labels.len() - 1] };
        // Every label stands where the two outer ones say.
        for (at, value) in labels {
            ruled.assert_close(at, value, "a label");
        }
        ruled
    }

    fn read(&self, at: f64) -> f64 {
        self.from.1 + (at - self.from.0) / (self.to.0 - self.from.0) * (self.to.1 - self.from.1)
    }

    fn assert_close(&self, at: f64, value: f64, what: &str) {
        let (read, span) = (self.read(at), (self.to.1 - self.from.1).abs());
        assert!((read - value).abs() <= CLOSE * span, "{what}: {read} is drawn, {value} it is");
    }
}

/// Upper and lower edge of a band, each from left to right.
fn edges(band: &Element) -> [Vec<(f64, f64)>; 2] {
    let right = band.points.iter().map(|point| point.0).fold(0.0, f64::max);
    let turn = band.points.iter().position(|point| point.0 == right).unwrap() + 1;
    let (upper, lower) = band.points.split_at(turn);
    [upper.to_vec(), lower.iter().rev().copied().collect()]
}

#[test]
fn curves_are_means_of_the_middle_half_or_medians_and_their_bands_quartiles() {
    curves_are(Centre::InterquartileMean);
    curves_are(Centre::Median);
}

fn curves_are(aggregate: Centre) {
    let results = known();
    let metric = MetricName::Measured(Split::Validation, Measure::Accuracy);
    let figure = LearningCurves { metric: Some(metric), aggregate, ..LearningCurves::default() };
    let document = Document::of(&figure, &results);
    let (y, panels) = (document.vertical(|value| value), document.horizontals(|value| value));
    let (bands, lines) = (document.bands(), document.lines("23"));
    assert_eq!((panels.len(), bands.len(), lines.len()), (2, 4, 4));
    for (number, arm) in results.arms.iter().enumerate() {
        let x = &panels[number / 2];
        let expected = |update: usize| {
            let at = |trial: &crate::results::table::TrialResults| {
                trial.curves[&(Split::Validation, Measure::Accuracy)][update].1
            };
            let mut values: Vec<f64> = arm.trials.iter().map(at).collect();
            let [low, median, high] = by_hand(values.clone());
            values.sort_by(f64::total_cmp);
            // Of nine values two are cut off at either end.
            let middle = values[2..7].iter().sum::<f64>() / 5.0;
            [low, if aggregate == Centre::Median { median } else { middle }, high]
        };
        let [upper, lower] = edges(bands[number]);
        for (path, quantile, what) in [(&lines[number].points, 1, "centre"), (&upper, 2, "upper"), (&lower, 0, "lower")]
        {
            assert!(path.len() >= UPDATES as usize - 1, "{what}: {path:?}");
            for &(across, down) in path {
                let update = (x.read(across) / 100.0).round();
                x.assert_close(across, 100.0 * update, "an update");
                y.assert_close(down, expected(update as usize)[quantile], what);
            }
        }
    }
}

#[test]
fn gradients_are_medians_and_their_bands_quartiles() {
    let results = known();
    let document = Document::of(&GradientByLag::default(), &results);
    let (y, panels) = (document.vertical(libm::log10), document.horizontals(|value| value));
    let trained: Vec<&Element> =
        document.lines("23").into_iter().filter(|line| line.attribute("stroke") == "#0072B2").collect();
    let bands = document.bands();
    assert_eq!((panels.len(), bands.len(), trained.len()), (2, 4, 2));
    // The panels are of the two arms of length 50.
    for (panel, arm) in [&results.arms[1], &results.arms[3]].into_iter().enumerate() {
        let expected = |after: bool, lag: u32| {
            let rows = arm.trials.iter().flat_map(|trial| &trial.probes);
            let here =
                rows.filter(|row| row.lag == Some(lag) && (row.update > 0) == after && row.statistic == "median");
            by_hand(here.map(|row| libm::log10(row.value)).collect())
        };
        let [upper, lower] = edges(bands[2 * panel + 1]);
        let [upper_before, lower_before] = edges(bands[2 * panel]);
        for (path, after, quantile) in [
            (&trained[panel].points, true, 1),
            (&upper, true, 2),
            (&lower, true, 0),
            (&upper_before, false, 2),
            (&lower_before, false, 0),
        ] {
            for &(across, down) in path {
                let lag = panels[panel].read(across).round();
                y.assert_close(down, expected(after, lag as u32)[quantile], "a norm");
            }
        }
    }
}

/// With one replicate the band is of its sequences: the 0.1 and the 0.9 quantile that the probe stored, of the layer asked for.
#[test]
fn one_replicate_shows_the_quantiles_of_its_sequences() {
    let mut results = known();
    results.arms.iter_mut().for_each(|arm| arm.trials.truncate(1));
    // Another layer, stored after the first, must not replace it.
    for trial in results.trials_mut() {
        let above = trial.probes.clone().into_iter().map(|row| crate::store::ProbeRow {
            layer: Some(1),
            value: 1e6 * row.value,
            ..row
        });
        trial.probes.extend(above);
    }
    let document = Document::of(&GradientByLag::default(), &results);
    let (y, x) = (document.vertical(libm::log10), &document.horizontals(|value| value)[0]);
    let [upper, lower] = edges(document.bands()[1]);
    for (path, statistic) in [(upper, "q90"), (lower, "q10")] {
        for (across, down) in path {
            let lag = x.read(across).round() as u32;
            let mut rows = results.arms[1].trials[0].probes.iter().filter(|row| row.layer == Some(0) && row.update > 0);
            let row = rows.find(|row| row.lag == Some(lag) && row.statistic == statistic).unwrap();
            y.assert_close(down, libm::log10(row.value), statistic);
        }
    }
}

/// The cells of `column` in the table of arms, arm by arm.
fn told(results: &Results, column: &str) -> Vec<Cell> {
    let table = summary(results);
    let place = table.columns.iter().position(|head| head.name == column).unwrap();
    table.rows.iter().map(|row| row[place].clone()).collect()
}

#[test]
fn updates_to_the_target_are_the_tables() {
    let results = known();
    let document = Document::of(&UpdatesToTarget::default(), &results);
    let y = document.vertical(|value| value);
    let circles = document.circles();
    let triangles: Vec<&Element> = document.named("polygon").filter(|polygon| polygon.points.len() == 3).collect();
    let bars: Vec<&Element> =
        document.lines("20").into_iter().filter(|line| line.points[0].0 == line.points[1].0).collect();
    let (mut circles, mut triangles, mut bars) = (circles.into_iter(), triangles.into_iter(), bars.into_iter());
    for (cell, arm) in told(&results, "updates to target").iter().zip(&results.arms) {
        let Cell::Estimate { estimate, .. } = cell else { panic!("{cell:?}") };
        if estimate.value.is_finite() {
            y.assert_close(circles.next().unwrap().centre().1, estimate.value, "a median");
        } else {
            triangles.next().unwrap();
        }
        let [low, _, high] = by_hand(arm.values(MetricName::UpdatesToTarget));
        let bar = &bars.next().unwrap().points;
        y.assert_close(bar[0].1, low.min(1000.0), "a lower quartile");
        y.assert_close(bar[1].1, high.min(1000.0), "an upper quartile");
    }
    assert!(circles.next().is_none() && triangles.next().is_none() && bars.next().is_none());
    assert_eq!(fractions(&document), solved(&results).map(|cell| cell.0));
}

/// The texts of the kind `k/n`.
fn fractions(document: &Document) -> Vec<String> {
    let fraction = |text: &&str| text.contains('/') && text.chars().all(|sign| sign == '/' || sign.is_ascii_digit());
    document.named("text").map(Element::text).filter(fraction).map(str::to_owned).collect()
}

/// The table's count of replicates that solved each arm, and the ends of the interval in percent.
fn solved(results: &Results) -> [(String, String); 4] {
    let texts = told(results, "solved").into_iter().map(|cell| {
        let Cell::Share(share) = cell else { panic!("{cell:?}") };
        (share.as_fraction(), format!("{:.0}–{:.0}", 100.0 * share.low, 100.0 * share.high))
    });
    texts.collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn successes_are_the_tables() {
    let results = known();
    let document = Document::of(&Success::default(), &results);
    assert_eq!(fractions(&document), solved(&results).map(|cell| cell.0));
    let interval = |text: &&str| text.contains('–') && text.chars().all(|sign| sign == '–' || sign.is_ascii_digit());
    let intervals: Vec<&str> = document.named("text").map(Element::text).filter(interval).collect();
    assert_eq!(intervals, solved(&results).map(|cell| cell.1));
}

#[test]
fn scores_are_means_of_the_updates_over_the_budget() {
    let results = known();
    let document = Document::of(&Ranking::default(), &results);
    let x = &document.horizontals(|value| value)[0];
    let mean = |arm: &ArmResults| {
        let needed = arm.values(MetricName::UpdatesToTarget);
        needed.iter().map(|updates| updates.min(1000.0) / 1000.0).sum::<f64>() / needed.len() as f64
    };
    let mut scores: Vec<f64> =
        results.arms.chunks(2).map(|method| (mean(&method[0]) + mean(&method[1])) / 2.0).collect();
    scores.sort_by(f64::total_cmp);
    let circles = document.circles();
    let written: Vec<&Element> = document.texts("end").filter(|text| text.text().contains('[')).collect();
    assert_eq!((circles.len(), written.len()), (2, 2));
    for ((circle, text), score) in circles.iter().zip(written).zip(scores) {
        x.assert_close(circle.centre().0, score, "a score");
        assert!(text.text().starts_with(&format!("{score:.2} [")), "{}: {score}", text.text());
    }
}

#[test]
fn expected_scores_of_a_tuning_are_the_tables() {
    let results = known();
    let document = Document::of(&TuningBudget::default(), &results);
    let (y, panels) = (document.vertical(|value| value), document.horizontals(|value| value));
    let (bands, lines) = (document.bands(), document.lines("23"));
    assert_eq!((panels.len(), bands.len(), lines.len()), (2, 4, 4));
    let table = budget_table(results.circumstances.tuning.as_ref().unwrap());
    for (number, rows) in table.rows.chunks(fixture::CANDIDATES).enumerate() {
        assert_eq!(rows[0][0], Cell::Text(results.arms[number].arm.label.clone()));
        let expected = |tried: usize| {
            let Cell::Estimate { estimate, .. } = &rows[tried - 1][2] else { panic!("{:?}", rows[tried - 1]) };
            [estimate.low, estimate.value, estimate.high]
        };
        let x = &panels[number / 2];
        let [upper, lower] = edges(bands[number]);
        for (path, of, what) in [(&lines[number].points, 1, "a score"), (&upper, 2, "upper"), (&lower, 0, "lower")] {
            // The ends, and where the path bends: what lies on a straight line is left out.
            let tried: Vec<usize> = path.iter().map(|&(across, _)| x.read(across).round() as usize).collect();
            assert_eq!((tried.first(), tried.last()), (Some(&1), Some(&fixture::CANDIDATES)), "{what}");
            for (&(across, down), &tried) in path.iter().zip(&tried) {
                x.assert_close(across, tried as f64, "a number of candidates");
                y.assert_close(down, expected(tried)[of], what);
            }
        }
    }
}
