//! A chart of small multiples laid out on a page.

use super::axes::Axes;
use super::axis::FittedAxis;
use super::page::Page;
use super::panel;
use super::scene::{Anchor, Rect, Scene};
use crate::results::figure::data::chart::{Chart, Panel};
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{ALARM, AXIS, INK, MUTED};
use crate::results::figure::style::{AXIS_LINE, BODY, FINE, LEADING, MARGIN, SMALL, TypeSize, WIDTH};

/// The distance between two panels, beyond the room for labels.
const GAP: f64 = 10.0;
/// How far a label of the axis may reach beyond its panel.
const OVERHANG: f64 = 14.0;
/// The least width of a panel without its labels.
const NARROWEST: f64 = 36.0;
/// The most lines of a panel's title.
const MOST_LINES: usize = 6;
/// The distance from the axis to its tick labels.
const TICK: f64 = 3.0;

/// Lays out a chart.
pub fn lay_out(chart: &Chart) -> Scene {
    let mut page = Page::begin(&chart.title, &chart.subtitle);
    let labels = chart.panels.iter().map(|panel| panel.series.len() + panel.references.len()).max().unwrap_or(0);
    let columns = chart.columns.unwrap_or_else(|| columns_for(chart.panels.len()).min(columns_with(labels))).max(1);
    let gutter = chart.panels.iter().map(panel::label_room).fold(0.0, f64::max);
    // The label of the axis' end reaches beyond the last panel.
    let beyond =
        fit(chart, 0.0).x.ticks(8).last().map_or(0.0, |tick| font::width(&tick.label, SMALL, Weight::Regular) / 2.0);
    let gutter = if gutter > 0.0 { 4.0 + gutter.max(font::width(&chart.key, SMALL, Weight::Regular)) } else { 0.0 };
    let gutter = gutter.max((beyond - MARGIN + 1.0).clamp(0.0, OVERHANG));
    // A panel keeps some room beside long labels.
    let columns = columns.min(((WIDTH / (NARROWEST + gutter + GAP)) as usize).max(1));
    let plot_height = match columns {
        1 => 190.0,
        2 => 130.0,
        3 => 92.0,
        4 => 76.0,
        _ => 64.0,
    };
    let axes = fit(chart, gutter);
    let y_ticks = axes.y.ticks(if plot_height > 100.0 { 6 } else { 5 });
    let y_room = y_ticks.iter().map(|tick| font::width(&tick.label, SMALL, Weight::Regular)).fold(0.0, f64::max);
    let left = MARGIN + y_room + TICK + 2.0;
    let cell = (WIDTH - MARGIN - left + GAP) / columns as f64;
    let plot_width = cell - gutter - GAP;

    // The axes' labels stand upright, where they are read without turning the head.
    page.down(3.0);
    page.text_at(MARGIN, &chart.y.label, BODY, Weight::Regular, INK, Anchor::Start);
    page.down(4.0);

    let rows: Vec<&[Panel]> = chart.panels.chunks(columns).collect();
    for (row, panels) in rows.iter().enumerate() {
        let titles: Vec<Vec<(String, TypeSize)>> =
            panels.iter().map(|panel| title_lines(&panel.title, plot_width)).collect();
        let notes: Vec<Vec<String>> = panels
            .iter()
            .map(|panel| {
                let room = plot_width + gutter;
                let lines = panel.notes.iter().flat_map(|note| font::wrap(note, FINE, Weight::Regular, room));
                lines.map(|line| font::shorten(&line, FINE, Weight::Regular, room)).collect()
            })
            .collect();
        let title_height = titles.iter().map(Vec::len).max().unwrap_or(0) as f64 * BODY * LEADING;
        let note_height = notes.iter().map(Vec::len).max().unwrap_or(0) as f64 * FINE * LEADING;
        let top = page.y + title_height + note_height + 4.0;
        for (column, panel) in panels.iter().enumerate() {
            let plot_left = left + column as f64 * cell;
            let frame = Rect { left: plot_left, top, right: plot_left + plot_width, bottom: top + plot_height };
            // Titles stand on the plot, so that those of one line lie beside the last of two.
            let notes_top = top - 4.0 - notes[column].len() as f64 * FINE * LEADING;
            for (line, (text, size)) in titles[column].iter().rev().enumerate() {
                let at = (plot_left, notes_top - line as f64 * BODY * LEADING);
                page.put(at, text, *size, Weight::Bold, INK, Anchor::Start);
            }
            for (line, note) in notes[column].iter().enumerate() {
                let at = (plot_left, notes_top + (line + 1) as f64 * FINE * LEADING);
                page.put(at, note, FINE, Weight::Regular, ALARM, Anchor::Start);
            }
            if gutter > 0.0 && !panel.series.is_empty() {
                page.put((frame.right + 4.0, notes_top), &chart.key, SMALL, Weight::Regular, MUTED, Anchor::Start);
            }
            panel::draw(&mut page.scene, panel, frame, &axes, plot_height);
            if column == 0 {
                for tick in &y_ticks {
                    if let Some(y) = axes.y_of(&frame, tick.value) {
                        let at = (frame.left - TICK - 1.5, y + SMALL.drop());
                        page.put(at, &tick.label, SMALL, Weight::Regular, MUTED, Anchor::End);
                    }
                }
            }
            let last_in_column = row + 1 == rows.len() || (row + 2 == rows.len() && rows[row + 1].len() <= column);
            if last_in_column {
                x_tick_labels(&mut page, &axes, &frame);
            }
        }
        page.y = top + plot_height + if row + 1 == rows.len() { TICK + SMALL.points() } else { 10.0 };
    }
    page.down(2.5);
    let middle = left + (columns.min(chart.panels.len()).max(1) as f64 * cell - gutter - GAP) / 2.0;
    page.text_at(middle, &chart.x.label, BODY, Weight::Regular, INK, Anchor::Middle);
    page.end(&chart.notes)
}

/// Labels of the x axis, as many as have room.
fn x_tick_labels(page: &mut Page, axes: &Axes, frame: &Rect) {
    let mut free = f64::NEG_INFINITY;
    for tick in axes.x.ticks(axes.x_ticks(frame)) {
        let Some(x) = axes.x_of(frame, tick.value).filter(|x| (frame.left - 0.5..=frame.right + 0.5).contains(x))
        else {
            continue;
        };
        // A name may be longer than a number.
        let room = 2.0 * (OVERHANG + (x - frame.left).min(frame.right - x));
        let label = font::shorten(&tick.label, SMALL, Weight::Regular, room);
        let half = font::width(&label, SMALL, Weight::Regular) / 2.0;
        if x - half < free {
            continue;
        }
        free = x + half + 3.0;
        page.put((x, frame.bottom + TICK + SMALL.points()), &label, SMALL, Weight::Regular, MUTED, Anchor::Middle);
        page.scene.line(vec![(x, frame.bottom), (x, frame.bottom + 2.0)], AXIS, AXIS_LINE);
    }
}

fn fit(chart: &Chart, gutter: f64) -> Axes {
    let points = || chart.panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
    let footers = chart.panels.iter().flat_map(|panel| panel.footer.iter().map(|tick| tick.value));
    let marked = chart.panels.iter().flat_map(|panel| &panel.series).any(|series| series.marked);
    let references = chart.panels.iter().flat_map(|panel| panel.references.iter().map(|reference| reference.y));
    let heights = points().flat_map(|point| {
        let (low, high) = point.interval.unwrap_or((point.value, point.value));
        [point.value, low, high]
    });
    Axes {
        x: FittedAxis::fit(&chart.x, points().map(|point| point.x).chain(footers), if marked { 0.14 } else { 0.0 }),
        y: FittedAxis::fit(&chart.y, heights.chain(references), 0.05),
        gutter,
        footer: if chart.panels.iter().any(|panel| !panel.footer.is_empty()) { 11.0 } else { 0.0 },
    }
}

fn columns_for(panels: usize) -> usize {
    match panels {
        0 | 1 => 1,
        2 | 4 => 2,
        3 | 5..=9 => 3,
        10..=16 => 4,
        _ => 5,
    }
}

/// The most columns whose panels are high enough for so many labels below each other.
fn columns_with(labels: usize) -> usize {
    match labels {
        0..=8 => 5,
        9..=12 => 3,
        _ => 2,
    }
}

/// The title in at most two lines; else, in smaller type, in as many as it takes. Only one that takes more than [`MOST_LINES`] loses its
/// end.
fn title_lines(title: &str, room: f64) -> Vec<(String, TypeSize)> {
    let lines = font::wrap(title, BODY, Weight::Bold, room);
    if lines.len() <= 2 && lines.iter().all(|line| font::width(line, BODY, Weight::Bold) <= room) {
        return lines.into_iter().map(|line| (line, BODY)).collect();
    }
    let mut lines = font::wrap_all(title, SMALL, Weight::Bold, room);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            *last = font::cut(&format!("{last}…"), SMALL, Weight::Bold, room);
        }
    }
    lines.into_iter().map(|line| (line, SMALL)).collect()
}
