//! The most that a picture draws, so that none grows too large to be written or looked at, whatever the results.

use std::collections::{BTreeMap, BTreeSet};

use super::data::chart::{Chart, Panel, Point, Series};
use super::data::dot_plot::DotPlot;
use super::data::forest::Forest;
use super::data::heatmap::{Heatmap, HeatmapCell};
use super::data::rank_diagram::RankDiagram;
use crate::text::{printable, shortened_apart};

/// Panels of a chart, the first ones.
const PANELS: usize = 120;
/// Series of a panel, evenly spread from the first to the last.
const SERIES: usize = 12;
/// Reference lines of a panel.
const REFERENCES: usize = 4;
/// Remarks on a panel.
const REMARKS: usize = 4;
/// Texts along the foot of a panel, and labelled values of its axis.
const TICKS: usize = 60;
/// Points of all series of a chart together.
const POINTS: usize = 10_000;
/// Points of a series with markers.
const MARKED: usize = 100;
/// Single points of a chart with one panel that have a number each, and their names below.
const NUMBERED: usize = 60;
/// Thin lines behind a series.
const STRANDS: usize = 30;
/// Rows of a dot plot or a heatmap, the first ones.
pub(super) const ROWS: usize = 250;
/// Columns of a heatmap, evenly spread from the first to the last.
const COLUMNS: usize = 16;
/// Characters of a text.
const CHARACTERS: usize = 300;
/// Characters of a label beside a line or below an axis.
const LABEL: usize = 24;

/// The chart with no more of anything than a page can show, and notes on what it leaves out. Control characters, which no
/// document may hold, are spaces.
pub(super) fn chart(chart: &Chart) -> Chart {
    let mut chart = chart.clone();
    let (panels, most) = (chart.panels.len(), chart.panels.iter().map(|panel| panel.series.len()).max().unwrap_or(0));
    chart.panels.truncate(PANELS);
    let lines: usize = chart.panels.iter().map(|panel| panel.series.len().min(most_series(panel))).sum();
    let key = numbered(&mut chart);
    let (mut points, mut lines_left_out) = (false, false);
    for panel in chart.panels.iter().filter(|panel| panel.series.len() > SERIES) {
        let unnamed = are_points(panel) && key.is_none();
        points |= unnamed;
        lines_left_out |= !are_points(panel);
    }
    for panel in &mut chart.panels {
        panel.series = spread(&panel.series, most_series(panel));
    }
    let short = if key.is_some() { BTreeMap::new() } else { short_labels(&chart) };
    for panel in &mut chart.panels {
        bound_panel(panel, POINTS / lines.max(1), key.is_some(), &short);
    }
    for axis in [&mut chart.x, &mut chart.y] {
        axis.label = text(&axis.label);
        for ticks in axis.ticks.iter_mut() {
            *ticks = spread(ticks, TICKS);
            ticks.iter_mut().for_each(|tick| tick.label = label(&tick.label));
        }
    }
    chart.key = label(&chart.key);
    for words in [&mut chart.title, &mut chart.subtitle].into_iter().chain(&mut chart.notes) {
        *words = text(words);
    }
    chart.notes.extend(key);
    chart.notes.extend(left_out("panels", panels, PANELS));
    chart.notes.extend(lines_left_out.then(|| format!("Of up to {most} lines in a panel {SERIES} are drawn.")));
    chart.notes.extend(points.then(|| format!("Of up to {most} points in a panel {SERIES} are named.")));
    chart
}

/// Whether the panel's series are single points.
fn are_points(panel: &Panel) -> bool {
    panel.series.iter().all(|series| series.points.len() <= 1 && series.strands.is_empty())
}

fn most_series(panel: &Panel) -> usize {
    if are_points(panel) { MARKED } else { SERIES }
}

/// Gives each of the points of a chart a number for its name where they are too many for names beside them, but no more than
/// [`NUMBERED`]: the numbers and names in words.
fn numbered(chart: &mut Chart) -> Option<String> {
    let [panel] = &mut chart.panels[..] else { return None };
    let count = panel.series.len();
    let named = panel.series.iter().all(|series| !series.label.is_empty());
    if !are_points(panel) || !named || count <= SERIES || count > NUMBERED {
        return None;
    }
    let numbers = panel.series.iter_mut().enumerate().map(|(place, series)| {
        let number = (place + 1).to_string();
        let name = text(&std::mem::replace(&mut series.label, number.clone()));
        format!("{number}\u{a0}{}", name.replace(' ', "\u{a0}"))
    });
    let key = format!("{}.", numbers.collect::<Vec<_>>().join("; "));
    // Points in one place have their numbers beside each other.
    let place = |series: &Series| series.points.first().map(|point| (point.x.to_bits(), point.value.to_bits()));
    for first in 0..count {
        let same: Vec<usize> =
            (first + 1..count).filter(|&other| place(&panel.series[other]) == place(&panel.series[first])).collect();
        for other in same {
            let number = std::mem::take(&mut panel.series[other].label);
            if !panel.series[first].label.is_empty() && !number.is_empty() {
                panel.series[first].label += &format!(" {number}");
            }
        }
    }
    Some(key)
}

/// The labels of all series, shortened; the same wherever they stand.
fn short_labels(chart: &Chart) -> BTreeMap<String, String> {
    let labels = chart.panels.iter().flat_map(|panel| panel.series.iter().map(|series| series.label.as_str()));
    let labels: Vec<&str> = labels.collect::<BTreeSet<_>>().into_iter().collect();
    let short = shortened_apart(&labels, |_, text| label(text));
    labels.into_iter().map(str::to_owned).zip(short).collect()
}

fn bound_panel(panel: &mut Panel, points: usize, all_named: bool, short: &BTreeMap<String, String>) {
    // Of many points some have names.
    let count = panel.series.len();
    let is_named = |at: usize| all_named || count <= SERIES || (at * SERIES / count) != (at + 1) * SERIES / count;
    for (at, series) in panel.series.iter_mut().enumerate() {
        if !is_named(at) {
            series.label.clear();
        }
    }
    for series in &mut panel.series {
        if let Some(short) = short.get(&series.label) {
            series.label.clone_from(short);
        }
        bound_series(series, points);
    }
    panel.references = spread(&panel.references, REFERENCES);
    panel.references.iter_mut().for_each(|reference| reference.label = label(&reference.label));
    panel.footer = spread(&panel.footer, TICKS);
    panel.footer.iter_mut().for_each(|tick| tick.label = label(&tick.label));
    panel.title = text(&panel.title);
    let remarks = panel.notes.len();
    panel.notes.truncate(REMARKS);
    panel.notes.iter_mut().for_each(|note| *note = text(note));
    panel.notes.extend((remarks > REMARKS).then(|| format!("… and {} more remarks", remarks - REMARKS)));
}

fn bound_series(series: &mut Series, points: usize) {
    series.points = if series.marked { spread(&series.points, MARKED) } else { thinned(&series.points, points) };
    series.strands = spread(&series.strands, STRANDS);
    let each = (points / series.strands.len().max(1)).max(2);
    series.strands.iter_mut().for_each(|strand| *strand = spread(strand, each));
}

/// The dot plot, bounded as [`chart`] is.
pub(super) fn dot_plot(plot: &DotPlot) -> DotPlot {
    let mut plot = plot.clone();
    let rows = plot.rows.len();
    plot.rows.truncate(ROWS);
    for row in &mut plot.rows {
        row.label = text(&row.label);
        bound_cells(&mut row.cells);
    }
    let words = [&mut plot.title, &mut plot.subtitle, &mut plot.x];
    for words in words.into_iter().chain(&mut plot.columns).chain(&mut plot.notes) {
        *words = text(words);
    }
    plot.notes.extend(left_out("rows", rows, ROWS));
    plot
}

/// The forest plot, bounded as [`chart`] is.
pub(super) fn forest(forest: &Forest) -> Forest {
    let mut forest = forest.clone();
    let rows: usize = forest.groups.iter().map(|group| group.rows.len()).sum();
    let mut room = ROWS;
    for group in &mut forest.groups {
        group.rows.truncate(room);
        room -= group.rows.len();
        group.unit = text(&group.unit);
        for row in &mut group.rows {
            for words in [&mut row.label, &mut row.numbers, &mut row.word] {
                *words = text(words);
            }
        }
    }
    forest.groups.retain(|group| !group.rows.is_empty());
    for words in [&mut forest.title, &mut forest.subtitle].into_iter().chain(&mut forest.notes) {
        *words = text(words);
    }
    forest.notes.extend(left_out("claims", rows, ROWS));
    forest
}

/// The heatmap, bounded as [`chart`] is.
pub(super) fn heatmap(heatmap: &Heatmap) -> Heatmap {
    let mut heatmap = heatmap.clone();
    let (rows, columns) = (heatmap.rows.len(), heatmap.columns.len());
    heatmap.rows.truncate(ROWS);
    for row in &mut heatmap.rows {
        row.label = text(&row.label);
        row.cells = spread(&row.cells, COLUMNS);
        bound_cells(&mut row.cells);
    }
    heatmap.columns = spread(&heatmap.columns, COLUMNS);
    let words = [&mut heatmap.title, &mut heatmap.subtitle, &mut heatmap.key];
    for words in words.into_iter().chain(&mut heatmap.columns).chain(&mut heatmap.notes) {
        *words = text(words);
    }
    heatmap.notes.extend(left_out("rows", rows, ROWS));
    heatmap.notes.extend((columns > COLUMNS).then(|| format!("Of {columns} columns {COLUMNS} are drawn.")));
    heatmap
}

/// The critical-difference diagram, bounded as [`chart`] is; it has few enough methods.
pub(super) fn rank_diagram(diagram: &RankDiagram) -> RankDiagram {
    let mut diagram = diagram.clone();
    diagram.methods.iter_mut().for_each(|method| method.label = text(&method.label));
    for words in [&mut diagram.title, &mut diagram.subtitle, &mut diagram.x].into_iter().chain(&mut diagram.notes) {
        *words = text(words);
    }
    diagram
}

fn bound_cells(cells: &mut [Option<HeatmapCell>]) {
    for cell in cells.iter_mut().flatten() {
        (cell.text, cell.detail) = (text(&cell.text), text(&cell.detail));
    }
}

fn left_out(what: &str, of: usize, most: usize) -> Option<String> {
    (of > most).then(|| format!("The first {most} of {of} {what}; the tables have all."))
}

/// At most `most` of the items, evenly spread from the first to the last.
fn spread<T: Clone>(items: &[T], most: usize) -> Vec<T> {
    if items.len() <= most {
        return items.to_vec();
    }
    (0..most).map(|index| items[index * (items.len() - 1) / (most - 1)].clone()).collect()
}

/// The extremes of each of as many stretches of a line as make about `most` points: what is drawn looks the same.
fn thinned(points: &[Point], most: usize) -> Vec<Point> {
    /// Points that are kept of a stretch.
    const KEPT: usize = 8;
    if points.len() <= most.max(KEPT) {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil((most / KEPT).max(1));
    let mut thin = Vec::new();
    for points in points.chunks(stretch) {
        let mut kept = vec![0, points.len() - 1];
        let by = |of: &dyn Fn(&Point) -> f64, kept: &mut Vec<usize>| {
            let finite = || (0..points.len()).filter(|&index| of(&points[index]).is_finite());
            kept.extend(finite().min_by(|&a, &b| of(&points[a]).total_cmp(&of(&points[b]))));
            kept.extend(finite().max_by(|&a, &b| of(&points[a]).total_cmp(&of(&points[b]))));
        };
        by(&|point| point.value, &mut kept);
        by(&|point| point.interval.map_or(f64::NAN, |(low, _)| low), &mut kept);
        by(&|point| point.interval.map_or(f64::NAN, |(_, high)| high), &mut kept);
        // Where a line breaks off, and where it goes on.
        kept.extend((0..points.len()).find(|&index| !points[index].value.is_finite()));
        kept.sort_unstable();
        kept.dedup();
        thin.extend(kept.into_iter().map(|index| points[index]));
    }
    thin
}

fn text(text: &str) -> String {
    shortened(text, CHARACTERS)
}

fn label(text: &str) -> String {
    shortened(text, LABEL)
}

/// The text without control characters, its middle left out where it is longer than `most` characters.
fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.chars().map(printable).collect();
    }
    let half = most / 2;
    text.chars().take(half).chain(['…']).chain(text.chars().skip(count - half)).map(printable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::figure::data::chart::Axis;

    #[test]
    fn thinning_keeps_ends_extremes_and_gaps() {
        let value = |index: usize| match index {
            70_001 => f64::NAN,
            41_234 => 1e9,
            12_345 => 0.0,
            index => 1.0 + 0.5 * libm::sin(index as f64),
        };
        let point = |index| Point { x: index as f64, value: value(index), interval: None, censored: false };
        let points: Vec<Point> = (0..100_000).map(point).collect();
        let thin = thinned(&points, 1000);
        assert!(thin.len() <= 1000, "{}", thin.len());
        for index in [0, 12_345, 41_234, 70_001, 99_999] {
            assert!(thin.iter().any(|point| point.x == index as f64), "{index}");
        }
        assert!(thin.is_sorted_by(|a, b| a.x < b.x));
        assert_eq!(thinned(&points[..1000], 1000).len(), 1000);
    }

    /// Points in as many places, but for the last two, with names that are shortened.
    fn points(count: usize) -> Chart {
        let series = |place: usize| Series {
            label: format!("copy of five items, network {place}"),
            points: vec![Point { x: place.min(count - 2) as f64, value: 1.0, interval: None, censored: false }],
            marked: true,
            ..Series::default()
        };
        Chart {
            title: String::new(),
            subtitle: String::new(),
            x: Axis::default(),
            y: Axis::default(),
            key: String::new(),
            panels: vec![Panel { series: (0..count).map(series).collect(), ..Panel::default() }],
            columns: Some(1),
            notes: vec![],
        }
    }

    /// Every point can be told: by its name, by a number that stands for it below, or, of very many, by the table.
    #[test]
    fn points_have_names_or_numbers() {
        let labels =
            |chart: &Chart| chart.panels[0].series.iter().map(|series| series.label.clone()).collect::<Vec<_>>();
        let few = chart(&points(12));
        let names: BTreeSet<String> = labels(&few).into_iter().collect();
        assert!(names.len() == 12 && names.iter().all(|name| name.chars().count() <= LABEL + 1), "{names:?}");
        assert_eq!(few.notes, [""; 0]);
        for count in [13, 26, NUMBERED] {
            let many = chart(&points(count));
            let [.., before, shared, last] = &labels(&many)[..] else { panic!("no labels") };
            assert_eq!(
                [before.clone(), shared.clone(), last.clone()],
                [(count - 2).to_string(), format!("{} {count}", count - 1), String::new()]
            );
            let [key] = &many.notes[..] else { panic!("{:?}", many.notes) };
            for place in 0..count {
                let entry = format!("{} copy of five items, network {place}", place + 1).replace(' ', "\u{a0}");
                assert!(key.split(['.', ';']).any(|found| found.trim_start_matches(' ') == entry), "{entry}: {key}");
            }
        }
        let most = chart(&points(NUMBERED + 1));
        assert_eq!(labels(&most).iter().filter(|label| !label.is_empty()).count(), SERIES);
        assert_eq!(most.notes, ["Of up to 61 points in a panel 12 are named."]);
    }

    #[test]
    fn what_is_spread_has_its_ends() {
        let items: Vec<usize> = (0..1000).collect();
        assert_eq!(spread(&items, 4), [0, 333, 666, 999]);
        assert_eq!(spread(&items[..4], 4), [0, 1, 2, 3]);
    }

    #[test]
    fn long_text_keeps_its_ends_and_no_control_characters() {
        let long = format!("begin\u{1b}{}\u{0}end", "x".repeat(100_000));
        let short = text(&long);
        assert!(short.starts_with("begin x") && short.ends_with("x end") && short.chars().count() <= CHARACTERS + 1);
        assert_eq!(text("a\u{ffff}b\n"), "a b ");
    }
}
