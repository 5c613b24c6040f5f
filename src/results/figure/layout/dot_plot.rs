//! A dot plot laid out on a page.

use super::marker::marker;
use super::page::Page;
use super::scene::{Anchor, Scene};
use crate::results::figure::data::chart::SeriesRole;
use crate::results::figure::data::dot_plot::{DotPlot, DotRow};
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{AXIS, GRID, INK, MUTED};
use crate::results::figure::style::{
    AXIS_LINE, BODY, DENSE_ROW, EDGE, FINE, GRID_LINE, INTERVAL, MARGIN, MARK, Marker, ROW, SMALL, Style, WIDTH, shade,
};
use crate::results::number;

/// The number of rows from which on they are set close, in smaller type.
const MANY: usize = 24;
/// The widest a column of cells may be.
const WIDEST: f64 = 58.0;
/// Between two cells.
const GAP: f64 = 1.5;
/// Labelled values of the axis.
const TICKS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// Lays out a dot plot.
pub fn lay_out(plot: &DotPlot) -> Scene {
    let mut page = Page::begin(&plot.title, &plot.subtitle);
    let (size, row_height) = if plot.rows.len() < MANY { (BODY, ROW) } else { (SMALL, DENSE_ROW) };
    let measure = |text: &str| font::width(text, size, Weight::Regular);
    let labels = plot.rows.iter().map(|row| measure(&row.label)).fold(0.0, f64::max).min(0.32 * WIDTH) + 7.0;
    let numbers = plot.rows.iter().map(|row| font::width(&in_numbers(row), FINE, Weight::Regular));
    let numbers = numbers.fold(0.0, f64::max) + 12.0;
    let columns = plot.columns.len();
    let cell = (0.36 * WIDTH / columns.max(1) as f64).min(WIDEST);
    let left = MARGIN + labels;
    let cells = WIDTH - MARGIN - columns as f64 * cell;
    let right = cells - numbers;
    let x_of = |value: f64| left + value.clamp(0.0, 1.0) * (right - left);

    page.down(3.0);
    let heads: Vec<Vec<String>> = plot.columns.iter().map(|name| head(name, cell - 3.0)).collect();
    let lines = heads.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for line in 0..lines {
        page.down(1.15 * SMALL);
        for (column, head) in heads.iter().enumerate() {
            // The last lines stand on the cells.
            let Some(text) = (line + head.len()).checked_sub(lines).and_then(|line| head.get(line)) else { continue };
            let middle = cells + (column as f64 + 0.5) * cell;
            page.put((middle, page.y), text, FINE, Weight::Bold, INK, Anchor::Middle);
        }
        if line + 1 == lines {
            let middle = (left + right) / 2.0;
            page.put((middle, page.y), &plot.x, SMALL, Weight::Regular, INK, Anchor::Middle);
        }
    }
    let tick_labels = |page: &mut Page| {
        for value in TICKS {
            let text = number::short(value);
            page.put((x_of(value), page.y), &text, FINE, Weight::Regular, MUTED, Anchor::Middle);
        }
    };
    page.down(1.35 * SMALL);
    tick_labels(&mut page);
    page.down(3.0);
    let (top, bottom) = (page.y, page.y + plot.rows.len() as f64 * row_height);
    for value in TICKS {
        page.scene.line(vec![(x_of(value), top), (x_of(value), bottom)], GRID, GRID_LINE);
    }
    for edge in [top, bottom] {
        page.scene.line(vec![(left, edge), (right, edge)], AXIS, AXIS_LINE);
    }
    let style = Style::of(SeriesRole::Sole);
    let names: Vec<&str> = plot.rows.iter().map(|row| row.label.as_str()).collect();
    let names = font::shorten_each(&names, size, Weight::Regular, labels - 7.0);
    for (row, name) in plot.rows.iter().zip(names) {
        let middle = page.y + row_height / 2.0;
        let baseline = middle + size.drop();
        page.scene.line(vec![(left, middle), (right, middle)], GRID, EDGE);
        page.put((left - 7.0, baseline), &name, size, Weight::Regular, INK, Anchor::End);
        if let Some((low, high)) = row.interval {
            page.scene.line(vec![(x_of(low), middle), (x_of(high), middle)], style.color, INTERVAL);
        }
        marker(&mut page.scene, (x_of(row.value), middle), Marker::Circle, MARK, style.color, row.complete);
        let at = (cells - 6.0, middle + FINE.drop());
        page.put(at, &in_numbers(row), FINE, Weight::Regular, MUTED, Anchor::End);
        for (column, content) in row.cells.iter().enumerate() {
            let (near, far) = (cells + column as f64 * cell + GAP, cells + (column + 1) as f64 * cell);
            let (above, below) = (page.y + GAP / 2.0, page.y + row_height - GAP / 2.0);
            let Some(content) = content else {
                page.scene.line(vec![(near, below), (far, above)], GRID, GRID_LINE);
                continue;
            };
            let (fill, ink) = shade(content.share);
            page.scene.area(vec![(near, above), (far, above), (far, below), (near, below)], fill, 1.0);
            let main = font::width(&content.text, FINE, Weight::Bold);
            let detail = font::width(&content.detail, FINE, Weight::Regular);
            let beside = !content.detail.is_empty() && main + detail + 8.0 <= far - near;
            let start = (near + far - main - if beside { detail + 4.0 } else { 0.0 }) / 2.0;
            let baseline = middle + FINE.drop();
            if main > far - near {
                continue;
            }
            page.put((start, baseline), &content.text, FINE, Weight::Bold, ink, Anchor::Start);
            if beside {
                let at = (start + main + 4.0, baseline);
                page.put(at, &content.detail, FINE, Weight::Regular, ink, Anchor::Start);
            }
        }
        page.down(row_height);
    }
    // At the far end of a long list the axis is out of sight.
    page.down(1.3 * SMALL);
    if plot.rows.len() >= MANY {
        tick_labels(&mut page);
    }
    page.end(&plot.notes)
}

/// The estimate in digits.
fn in_numbers(row: &DotRow) -> String {
    match row.interval {
        Some((low, high)) => format!("{:.2} [{low:.2}, {high:.2}]", row.value),
        None => format!("{:.2}", row.value),
    }
}

/// The head of a column in at most three lines.
fn head(name: &str, room: f64) -> Vec<String> {
    let (size, weight) = (FINE, Weight::Bold);
    let lines = font::wrap(name, size, weight, room);
    let (first, rest) = lines.split_at(lines.len().min(2));
    let lines = first.iter().cloned().chain([rest.join(" ")]).filter(|line| !line.is_empty());
    lines.map(|line| font::shorten(&line, size, weight, room)).collect()
}
