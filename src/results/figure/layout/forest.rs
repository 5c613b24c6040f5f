//! A forest plot laid out on a page.

use super::axis::FittedAxis;
use super::marker::marker;
use super::page::Page;
use super::scene::{Anchor, Scene};
use crate::results::figure::data::chart::{Axis, Scale, SeriesRole, Tick};
use crate::results::figure::data::forest::{Forest, ForestGroup, ForestMark, ForestRow};
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{ALARM, AXIS, GRID, INK, MUTED};
use crate::results::figure::style::{
    AXIS_LINE, BODY, BOUND_LINE, FINE, GRID_LINE, INTERVAL, MARGIN, MARK, Marker, REFERENCE, ROW, SMALL, Style,
    TypeSize, WIDTH,
};
use crate::results::number;

/// Labelled values of an axis.
const TICKS: usize = 6;
/// From here on values are labelled in powers of ten.
const LARGE: f64 = 1e5;
/// Between neighbouring columns.
const GAP: f64 = 7.0;

/// Lays out a forest plot.
pub fn lay_out(forest: &Forest) -> Scene {
    let mut page = Page::begin(&forest.title, &forest.subtitle);
    let rows = || forest.groups.iter().flat_map(|group| &group.rows);
    let widest = |text: &dyn Fn(&ForestRow) -> f64| rows().map(text).fold(0.0, f64::max);
    let labels = widest(&|row| font::width(&row.label, BODY, Weight::Regular)).min(0.32 * WIDTH) + 1.0;
    let numbers = widest(&|row| font::width(&row.numbers, SMALL, Weight::Regular)).min(0.25 * WIDTH) + 1.0;
    let words = widest(&|row| font::width(&row.word, SMALL, Weight::Bold)).min(0.15 * WIDTH) + 1.0;
    let columns = Columns {
        label: MARGIN + labels,
        left: MARGIN + labels + GAP,
        right: WIDTH - MARGIN - words - numbers - 3.0 * GAP,
        numbers: WIDTH - MARGIN - words - GAP,
        word: WIDTH - MARGIN - words,
    };
    for group in &forest.groups {
        page.down(6.0);
        columns.lay_out(&mut page, group);
    }
    page.end(&forest.notes)
}

/// Where columns begin or, of labels and numbers, end.
struct Columns {
    label: f64,
    left: f64,
    right: f64,
    numbers: f64,
    word: f64,
}

impl Columns {
    fn lay_out(&self, page: &mut Page, group: &ForestGroup) {
        let values = group.rows.iter().flat_map(|row| {
            let ends = row.interval.into_iter().flat_map(|(low, high)| [low, high]);
            row.value.into_iter().chain(ends).chain(row.bounds.iter().copied())
        });
        let linear = group.scale == Scale::Linear;
        let include = if linear { [&[0.0], &group.include[..]].concat() } else { group.include.clone() };
        let axis = FittedAxis::fit(
            &Axis { include, scale: group.scale, ..Axis::default() },
            values.filter(|value| linear || value.is_finite()),
            0.04,
        );
        let x_of = |value: f64| {
            let outside = if value > 0.0 && value != f64::NEG_INFINITY { 1.0 } else { 0.0 };
            let place = if linear || value.is_finite() { axis.place(value).unwrap_or(outside) } else { outside };
            self.left + place.clamp(0.0, 1.0) * (self.right - self.left)
        };
        let (top, bottom) = (page.y, page.y + ROW * group.rows.len() as f64);
        let within = |value: &f64| axis.place(*value).is_some_and(|place| (0.0..=1.0).contains(&place));
        // As many labelled values as stand clear of each other.
        let labelled = |most: usize| -> Vec<(f64, String)> {
            let ticks = axis.ticks(most).into_iter().filter(|tick| within(&tick.value));
            let label = |tick: Tick| if tick.value.abs() < LARGE { tick.label } else { number::short(tick.value) };
            ticks.map(|tick| (tick.value, label(tick))).collect()
        };
        let half = |text: &str| 0.5 * font::width(text, FINE, Weight::Regular) + 2.0;
        let clear = |ticks: &Vec<(f64, String)>| {
            ticks.windows(2).all(|pair| x_of(pair[1].0) - x_of(pair[0].0) >= half(&pair[0].1) + half(&pair[1].1))
        };
        let ticks = (1..=TICKS).rev().map(labelled).find(clear).unwrap_or_default();
        for (value, _) in &ticks {
            page.scene.line(vec![(x_of(*value), top), (x_of(*value), bottom)], GRID, GRID_LINE);
        }
        if linear && within(&0.0) {
            page.scene.line(vec![(x_of(0.0), top), (x_of(0.0), bottom)], AXIS, REFERENCE);
        }
        for edge in [top, bottom] {
            page.scene.line(vec![(self.left, edge), (self.right, edge)], AXIS, AXIS_LINE);
        }
        let names: Vec<&str> = group.rows.iter().map(|row| row.label.as_str()).collect();
        let names = font::shorten_each(&names, BODY, Weight::Regular, self.label - MARGIN);
        for (row, name) in group.rows.iter().zip(&names) {
            self.row(page, (row, name), !linear, &x_of);
        }
        page.down(1.3 * SMALL);
        for (value, label) in &ticks {
            page.put((x_of(*value), page.y), label, FINE, Weight::Regular, MUTED, Anchor::Middle);
        }
        page.down(1.25 * SMALL);
        let unit = font::shorten(&group.unit, SMALL, Weight::Regular, self.right - self.left);
        let middle = ((self.left + self.right) / 2.0, page.y);
        page.put(middle, &unit, SMALL, Weight::Regular, INK, Anchor::Middle);
    }

    fn row(&self, page: &mut Page, (row, name): (&ForestRow, &str), arrows: bool, x_of: &dyn Fn(f64) -> f64) {
        let middle = page.y + ROW / 2.0;
        let put = |page: &mut Page, x: f64, text: &str, size: TypeSize, weight: Weight, color, anchor, room: f64| {
            let text = font::shorten(text, size, weight, room);
            page.put((x, middle + size.drop()), &text, size, weight, color, anchor);
        };
        let (shape, filled, color) = match row.mark {
            ForestMark::For => (Marker::Circle, true, Style::of(SeriesRole::Sole).color),
            ForestMark::Against => (Marker::Diamond, true, ALARM),
            ForestMark::Open => (Marker::Circle, false, MUTED),
        };
        put(page, self.label, name, BODY, Weight::Regular, INK, Anchor::End, self.label - MARGIN);
        for bound in &row.bounds {
            let x = x_of(*bound);
            page.scene.line(vec![(x, middle - 0.36 * ROW), (x, middle + 0.36 * ROW)], INK, BOUND_LINE);
        }
        if let Some((low, high)) = row.interval {
            page.scene.line(vec![(x_of(low), middle), (x_of(high), middle)], color, INTERVAL);
            // What has no end on a logarithmic axis goes on beyond what was looked at.
            let open = [(low, f64::NEG_INFINITY, 1.0), (high, f64::INFINITY, -1.0)];
            for (end, _, side) in open.into_iter().filter(|(end, edge, _)| arrows && end == edge) {
                let (x, head) = (x_of(end), 0.22 * ROW);
                let wing = |up: f64| vec![(x, middle), (x + side * head, middle + up * head)];
                page.scene.line(wing(1.0), color, INTERVAL);
                page.scene.line(wing(-1.0), color, INTERVAL);
            }
        }
        if let Some(value) = row.value.filter(|value| !(value.is_nan() || arrows && value.is_infinite())) {
            marker(&mut page.scene, (x_of(value), middle), shape, MARK, color, filled);
        }
        let room = self.numbers - self.right - GAP;
        put(page, self.numbers, &row.numbers, SMALL, Weight::Regular, MUTED, Anchor::End, room);
        put(page, self.word, &row.word, SMALL, Weight::Bold, color, Anchor::Start, WIDTH - MARGIN - self.word);
        page.down(ROW);
    }
}
