//! A metric over two swept settings.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::heatmap::{Heatmap, HeatmapCell, HeatmapRow};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, MOST_ROWS, NothingToDraw, Picture};
use super::sentences::{left_out, ran};
use super::swept::{crossed, paths, resolve, value};
use crate::results::number;
use crate::results::table::{ArmResults, Results, Setting, join};
use crate::stats::{CONFIDENCE, clopper_pearson, median_interval};
use crate::train::{Measure, MetricName, Split};

/// A metric over two swept settings, such as activation and initialization: a table of shaded cells.
///
/// # Definition
///
/// One row per value of the one setting, one column per value of the other, one block of rows for each combination of all further
/// settings. A cell has the median over replicates with its exact interval between order statistics; of `solved` and `diverged`
/// the count k/n with the interval of Clopper and Pearson in percent. Shares are shaded as they are; any other metric from its worst to
/// its best value in the figure, on a logarithmic scale where the one is more than twenty times the other. The darker, the
/// better.
///
/// # Why it is here
///
/// Settings interact: an initialization may rescue one activation and ruin another. Averages over either setting hide that, a table
/// of all pairs shows it.
///
/// # How to read it
///
/// Rows that look alike: the setting along the rows does not matter. A single dark cell in a pale row and column is an interaction. Below
/// five replicates an interval between order statistics covers less than 95 %.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: heat-map, rows: model.cell.activation, columns: init.recurrent, metric: solved}
/// ```
///
/// # References
///
/// Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404. Wilkinson and Friendly 2009, doi:10.1198/tas.2009.0033 (heat maps).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeatMap {
    /// The dotted path of the swept setting whose values are the rows. Defaults to the first of two that are swept against
    /// each other and are no numbers, else of any two.
    pub rows: Option<String>,
    /// The dotted path of the swept setting whose values are the columns. Defaults to the second of those.
    pub columns: Option<String>,
    /// The metric of the cells. Defaults to `solved` where there is a target, else `validation/loss`.
    pub metric: Option<MetricName>,
}

/// From this ratio of the largest to the smallest value on, shades are logarithmic.
const WIDE: f64 = 20.0;
/// The most settings swept beside the two for a map that is drawn unasked.
const MOST_FURTHER: usize = 1;

impl Figure for HeatMap {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        let axes = self.axes(plan)?;
        let further = paths(plan).len() - 2;
        let rows = Blocks::of(plan, &axes).rows();
        let asked = self.rows.is_some() || self.columns.is_some();
        Ok(Fit::telling(asked || further <= MOST_FURTHER && axes.of_names && rows <= MOST_ROWS))
    }

    fn reads_probes(&self) -> bool {
        matches!(self.metric, Some(MetricName::Gradient(..)))
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let axes = self.axes(results)?;
        let metric = self.metric(results);
        let blocks = Blocks::of(results, &axes);
        let all: Vec<f64> = blocks.arms().flat_map(|arm| arm.values(metric)).collect();
        if all.is_empty() {
            return Err(NothingToDraw(format!("no stored trial has the metric `{metric}`")));
        }
        let medians = blocks.cells().filter_map(|cell| estimate(&cell, metric)).map(|(value, _)| value);
        let shading = Shading::of(metric, medians);
        let mut rows = vec![];
        for (label, block) in &blocks.blocks {
            if blocks.blocks.len() > 1 {
                rows.push(HeatmapRow { label: label.clone(), cells: vec![] });
            }
            // What a block has nothing of needs no row.
            let rows_of = blocks.row_labels.iter().zip(block);
            for (row, cells) in rows_of.filter(|(_, cells)| cells.iter().any(|arms| !arms.is_empty())) {
                let cell = |arms: &Vec<&ArmResults>| cell(arms, metric, &shading);
                rows.push(HeatmapRow { label: row.clone(), cells: cells.iter().map(cell).collect() });
            }
        }
        let mut notes: Vec<String> = left_out(results).into_iter().collect();
        if rows.iter().any(|row| row.cells.iter().any(Option::is_none)) {
            notes.push("A slanted line: nothing is stored or planned there.".to_owned());
        }
        let without = results.arms.len() - blocks.arms().count();
        if without > 0 {
            notes.push(format!("{without} arms have only one of the two settings and are left out."));
        }
        let (of_rows, of_columns) = (name(results, &axes.rows), name(results, &axes.columns));
        let title = format!("{} by {of_rows} and {of_columns}", capitalized(&metric.words()));
        let inside = if metric.is_binary() {
            "Replicates out of all; smaller: exact 95 % interval in percent"
        } else {
            "Median over replicates; smaller: its interval"
        };
        let heatmap = Heatmap {
            title: title.clone(),
            subtitle: format!("{inside}. {}", shading.legend()),
            key: of_columns.clone(),
            columns: blocks.column_labels.clone(),
            rows,
            notes,
        };
        let caption = format!(
            "{} for each pair of {of_rows} and {of_columns}: a row or column that is dark throughout needs nothing of the other \
             setting, a single dark cell needs both.",
            capitalized(&metric.words())
        );
        Ok(vec![Picture { name: "heat-map".to_owned(), title, caption, drawing: Drawing::Heatmap(heatmap) }])
    }
}

/// The two settings.
struct Axes {
    rows: String,
    columns: String,
    /// Whether neither is of numbers.
    of_names: bool,
}

impl HeatMap {
    fn metric(&self, results: &Results) -> MetricName {
        let aims = results.arms.iter().any(|arm| arm.arm.target.is_some());
        let loss = MetricName::Measured(Split::Validation, Measure::Loss);
        self.metric.unwrap_or(if aims { MetricName::Solved } else { loss })
    }

    fn axes(&self, plan: &Results) -> Result<Axes, NothingToDraw> {
        let given =
            |path: &Option<String>, what: &str| path.as_deref().map(|path| resolve(plan, what, path)).transpose();
        let (rows, columns) = (given(&self.rows, "rows")?, given(&self.columns, "columns")?);
        let numeric =
            |path: &str| plan.arms.iter().filter_map(|arm| value(&arm.arm, path)).all(|s| s.number().is_some());
        let all = paths(plan);
        let pairs =
            all.iter().enumerate().flat_map(|(index, row)| all[index + 1..].iter().map(move |column| (row, column)));
        let mut pairs: Vec<(String, String)> = pairs.map(|(row, column)| (row.clone(), column.clone())).collect();
        pairs.extend(pairs.clone().into_iter().map(|(row, column)| (column, row)));
        pairs.retain(|(row, column)| {
            rows.as_ref().is_none_or(|wanted| wanted == row) && columns.as_ref().is_none_or(|wanted| wanted == column)
        });
        // The first pair that is swept in full, names before numbers.
        let rank = |(row, column): &(String, String)| {
            let crossing = crossed(plan, row, column);
            (!crossing.is_full, numeric(row) || numeric(column), numeric(row))
        };
        let found = pairs.into_iter().filter(|(row, column)| crossed(plan, row, column).pairs > 1).min_by_key(rank);
        let Some((rows, columns)) = found else {
            let known: Vec<String> = all.iter().map(|path| format!("`{path}`")).collect();
            let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
            return Err(NothingToDraw(format!(
                "a heat map needs two settings that are swept against each other; the suite sweeps {known}"
            )));
        };
        let of_names = !numeric(&rows) && !numeric(&columns) && crossed(plan, &rows, &columns).is_full;
        Ok(Axes { rows, columns, of_names })
    }
}

/// The arms by row and column, in blocks of equal further settings.
struct Blocks<'a> {
    row_labels: Vec<String>,
    column_labels: Vec<String>,
    /// The words of a block's further settings, and its rows of cells.
    blocks: Vec<(String, Vec<Vec<Vec<&'a ArmResults>>>)>,
}

impl<'a> Blocks<'a> {
    fn of(results: &'a Results, axes: &Axes) -> Self {
        let with_both =
            |arm: &'a ArmResults| Some((arm, value(&arm.arm, &axes.rows)?, value(&arm.arm, &axes.columns)?));
        let arms: Vec<(&ArmResults, &Setting, &Setting)> = results.arms.iter().filter_map(with_both).collect();
        let row_labels = labels(arms.iter().map(|(_, row, _)| *row), Setting::words);
        let column_labels = labels(arms.iter().map(|(_, _, column)| *column), |setting| setting.text.clone());
        // Further settings that are the same for all say nothing.
        let of_arm = |arm: &ArmResults| arm.arm.settings_without(|path| path == axes.rows || path == axes.columns);
        let further: Vec<Vec<Setting>> = arms.iter().map(|(arm, ..)| of_arm(arm)).collect();
        let mut settings: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
        for setting in further.iter().flatten() {
            let (count, texts) = settings.entry(&setting.path).or_default();
            *count += 1;
            texts.insert(&setting.text);
        }
        let varies = |setting: &&Setting| {
            settings.get(setting.path.as_str()).is_some_and(|(count, texts)| *count < arms.len() || texts.len() > 1)
        };
        let places = |labels: &[String]| -> BTreeMap<String, usize> {
            labels.iter().enumerate().map(|(place, label)| (label.clone(), place)).collect()
        };
        let (of_rows, of_columns) = (places(&row_labels), places(&column_labels));
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut blocks: Vec<(String, Vec<Vec<Vec<&ArmResults>>>)> = vec![];
        for ((arm, row, column), further) in arms.iter().zip(&further) {
            let label = join(further.iter().filter(varies));
            let place = *known.entry(label.clone()).or_insert_with(|| {
                blocks.push((label, vec![vec![vec![]; column_labels.len()]; row_labels.len()]));
                blocks.len() - 1
            });
            if let Some((row, column)) = of_rows.get(&row.words()).zip(of_columns.get(&column.text)) {
                blocks[place].1[*row][*column].push(*arm);
            }
        }
        Self { row_labels, column_labels, blocks }
    }

    fn rows(&self) -> usize {
        self.blocks.len() * (1 + self.row_labels.len())
    }

    fn cells(&self) -> impl Iterator<Item = Vec<&'a ArmResults>> {
        self.blocks.iter().flat_map(|(_, rows)| rows).flatten().filter(|arms| !arms.is_empty()).cloned()
    }

    fn arms(&self) -> impl Iterator<Item = &'a ArmResults> {
        self.cells().flatten()
    }
}

/// A label of each value: numbers in increasing order, others in that of the plan.
fn labels<'a>(settings: impl Iterator<Item = &'a Setting>, label: impl Fn(&Setting) -> String) -> Vec<String> {
    let mut found: Vec<(Option<f64>, String)> = vec![];
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for setting in settings {
        if known.insert(&setting.text) {
            found.push((setting.number(), label(setting)));
        }
    }
    if found.iter().all(|(number, _)| number.is_some()) {
        found.sort_by(|(a, _), (b, _)| a.unwrap_or(0.0).total_cmp(&b.unwrap_or(0.0)));
    }
    found.into_iter().map(|(_, words)| words).collect()
}

/// The value of a cell with its interval; absent without values.
fn estimate(arms: &[&ArmResults], metric: MetricName) -> Option<(f64, (f64, f64))> {
    let values: Vec<f64> = arms.iter().flat_map(|arm| arm.values(metric)).collect();
    let found = if metric.is_binary() {
        clopper_pearson(values.iter().filter(|value| **value == 1.0).count(), values.len(), CONFIDENCE)?
    } else {
        median_interval(&values, CONFIDENCE, metric.non_finite())?
    };
    Some((found.value, (found.low, found.high)))
}

fn cell(arms: &[&ArmResults], metric: MetricName, shading: &Shading) -> Option<HeatmapCell> {
    let (value, (low, high)) = estimate(arms, metric)?;
    let values = arms.iter().flat_map(|arm| arm.values(metric));
    let n = values.clone().count();
    let (text, detail) = if metric.is_binary() {
        let percent = |share: f64| (100.0 * share).round();
        let count = values.filter(|value| *value == 1.0).count();
        (format!("{count}/{n}"), format!("{}–{}", percent(low), percent(high)))
    } else {
        let beyond = |value: f64| match metric {
            MetricName::UpdatesToTarget if !value.is_finite() => {
                let budget = arms.iter().map(|arm| arm.arm.budget).max().unwrap_or(0);
                format!("> {}", number::decimal(budget as f64, 1.0))
            }
            _ => number::short(value),
        };
        let interval = if n > 1 { format!("{} to {}", beyond(low), beyond(high)) } else { String::new() };
        (beyond(value), interval)
    };
    Some(HeatmapCell { share: shading.share(value), text, detail })
}

/// How values become shades.
struct Shading {
    /// The values of the palest and the darkest shade.
    ends: (f64, f64),
    logarithmic: bool,
    /// Whether darker says better.
    judges: bool,
}

impl Shading {
    fn of(metric: MetricName, values: impl Iterator<Item = f64>) -> Self {
        let finite: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        let low = finite.iter().copied().fold(f64::INFINITY, f64::min);
        let high = finite.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_share =
            metric.is_binary() || matches!(metric, MetricName::Measured(_, measure) if measure.range() == (0.0, 1.0));
        let (low, high) = match (is_share, finite.is_empty()) {
            (true, _) | (_, true) => (0.0, 1.0),
            _ => (low, high),
        };
        let ends = if metric.lower_is_better() { (high, low) } else { (low, high) };
        Self { ends, logarithmic: low > 0.0 && high >= WIDE * low, judges: metric.has_direction() }
    }

    /// The shade of a value, from 0 to 1; one that is not finite is the palest.
    fn share(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return 0.0;
        }
        let scaled = |value: f64| if self.logarithmic { libm::log10(value) } else { value };
        let (pale, dark) = (scaled(self.ends.0), scaled(self.ends.1));
        if pale == dark { 0.5 } else { ((scaled(value) - pale) / (dark - pale)).clamp(0.0, 1.0) }
    }

    fn legend(&self) -> String {
        let scale = if self.logarithmic { ", on a logarithmic scale" } else { "" };
        let sense = if self.judges { "The darker, the better" } else { "The darker, the larger" };
        format!("{sense}: from {} to {}{scale}.", number::short(self.ends.0), number::short(self.ends.1))
    }
}

/// The name of the setting at `path`, as arms have it.
fn name(results: &Results, path: &str) -> String {
    let setting = results.arms.iter().find_map(|arm| value(&arm.arm, path));
    setting.map(|setting| setting.name.replace('-', " ")).unwrap_or_default()
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn heatmap(figure: &HeatMap, results: &Results) -> Heatmap {
        let named = figure.draw(results).unwrap();
        let Drawing::Heatmap(heatmap) = &named[0].drawing else { panic!("not a heatmap") };
        heatmap.clone()
    }

    #[test]
    fn a_cell_has_the_replicates_of_its_pair() {
        let heatmap = heatmap(&HeatMap::default(), &fixture::results());
        assert_eq!(
            (heatmap.key.as_str(), heatmap.columns.as_slice()),
            ("length", ["20".to_owned(), "50".to_owned()].as_slice())
        );
        let texts: Vec<(&str, Vec<&str>)> = heatmap
            .rows
            .iter()
            .map(|row| (row.label.as_str(), row.cells.iter().flatten().map(|cell| cell.text.as_str()).collect()))
            .collect();
        assert_eq!(texts, [("elman tanh", vec!["0/3", "0/3"]), ("lstm", vec!["3/3", "2/3"])]);
        assert!(heatmap.rows[1].cells[0].as_ref().unwrap().share > heatmap.rows[1].cells[1].as_ref().unwrap().share);
    }

    /// The best is the darkest and the worst the palest; what is not finite is as pale as the worst.
    #[test]
    fn shades_run_from_the_worst_to_the_best() {
        let loss = "validation/loss".parse().unwrap();
        let shading = Shading::of(loss, [0.001, 0.1, f64::INFINITY].into_iter());
        assert_eq!(
            [0.001, 0.01, 0.1, f64::INFINITY].map(|loss| (10.0 * shading.share(loss)).round()),
            [10.0, 5.0, 0.0, 0.0]
        );
        assert_eq!(shading.legend(), "The darker, the better: from 0.1 to 0.001, on a logarithmic scale.");
        let even = Shading::of(loss, [0.1, 0.1].into_iter());
        assert_eq!(even.share(0.1), 0.5);
    }

    #[test]
    fn further_settings_make_blocks_and_what_is_not_crossed_is_told() {
        let mut results = fixture::showcase();
        let figure = HeatMap { metric: "updates-to-target".parse().ok(), ..HeatMap::default() };
        let heatmap = heatmap(&figure, &results);
        assert!(heatmap.rows.iter().any(|row| row.cells.is_empty()), "{:?}", heatmap.rows);
        results.arms.truncate(1);
        results.arms[0].arm.swept.truncate(1);
        results.arms[0].arm.settings.truncate(1);
        let reason = HeatMap::default().fits(&results).unwrap_err();
        assert!(reason.0.contains("swept against each other"), "{reason}");
        let reason =
            HeatMap { rows: Some("model.hidden".to_owned()), ..HeatMap::default() }.fits(&results).unwrap_err();
        assert!(reason.0.contains("`rows: model.hidden` is not swept"), "{reason}");
    }
}
