//! One of the small multiples: grid, references, bands, lines, marks and labels.

use super::axes::Axes;
use super::line_labels::write_labels;
use super::scene::{Anchor, Rect, Scene, Text};
use super::trace::{Trace, stagger};
use crate::results::figure::data::chart::Panel;
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{AXIS, GRID, MUTED, PAPER};
use crate::results::figure::style::{AXIS_LINE, DOTTED, FINE, GRID_LINE, HAIRLINE, REFERENCE, SMALL};

/// The width that the labels beside the panel need.
pub fn label_room(panel: &Panel) -> f64 {
    let series = panel.series.iter().map(|series| font::width(&series.label, SMALL, Weight::Bold));
    let references = panel.references.iter().map(|reference| font::width(&reference.label, SMALL, Weight::Regular));
    series.chain(references).fold(0.0, f64::max)
}

/// Between the texts along the foot of a panel, and before the first.
const FOOT_GAP: f64 = 1.5;

/// Draws the panel into `frame`, and its labels to the right of it.
pub fn draw(scene: &mut Scene, panel: &Panel, frame: Rect, axes: &Axes, plot_height: f64) {
    grid(scene, &frame, axes, plot_height);
    let plot = Rect { bottom: frame.bottom - axes.footer, ..frame };
    for reference in &panel.references {
        if let Some(y) = axes.y_of(&frame, reference.y) {
            scene.dashed(&[(frame.left, y), (frame.right, y)], DOTTED, MUTED, REFERENCE);
        }
    }
    let mut traces: Vec<Trace> = panel.series.iter().map(|series| Trace::new(series, &frame, &plot, axes)).collect();
    stagger(&mut traces);
    for trace in &traces {
        trace.band(scene);
    }
    // The line under the axis' floor belongs to the grid, what lies on it to the data.
    scene.line(vec![(frame.left, frame.bottom), (frame.right, frame.bottom)], AXIS, AXIS_LINE);
    for trace in &traces {
        trace.lines(scene);
    }
    for trace in &traces {
        trace.marks(scene);
    }
    let mut free = f64::NEG_INFINITY;
    for text in &panel.footer {
        if let Some(x) = axes.x_of(&frame, text.value) {
            let half = font::width(&text.label, FINE, Weight::Regular) / 2.0;
            let x = x.max(frame.left + FOOT_GAP + half);
            if x - half < free {
                continue;
            }
            // Two numbers that touch would be one.
            free = x + half + FOOT_GAP;
            let at = (x, frame.bottom - 2.5);
            scene.text(Text {
                at,
                text: text.label.clone(),
                size: FINE,
                weight: Weight::Regular,
                color: MUTED,
                anchor: Anchor::Middle,
            });
        }
    }
    if panel.series.iter().all(|series| series.points.iter().all(|point| !point.value.is_finite())) {
        let at = ((frame.left + frame.right) / 2.0, (frame.top + plot.bottom) / 2.0 + 2.5);
        let text = if panel.series.is_empty() { "no data" } else { "nothing finite" }.to_owned();
        scene.text(Text { at, text, size: SMALL, weight: Weight::Regular, color: MUTED, anchor: Anchor::Middle });
    }
    write_labels(scene, panel, &traces, &frame, &plot, axes);
}

fn grid(scene: &mut Scene, frame: &Rect, axes: &Axes, plot_height: f64) {
    for tick in axes.y.ticks(if plot_height > 100.0 { 6 } else { 5 }) {
        if let Some(y) = axes.y_of(frame, tick.value) {
            scene.line(vec![(frame.left, y), (frame.right, y)], GRID, GRID_LINE);
        }
    }
    for tick in axes.x.ticks(axes.x_ticks(frame)) {
        if let Some(x) = axes.x_of(frame, tick.value).filter(|x| (frame.left..=frame.right + 0.1).contains(x)) {
            scene.line(vec![(x, frame.top), (x, frame.bottom)], GRID, GRID_LINE);
        }
    }
    let plot = Rect { bottom: frame.bottom - axes.footer, ..*frame };
    scene.line(vec![(frame.left, frame.top), (frame.left, frame.bottom)], AXIS, AXIS_LINE);
    for value in axes.y.minor_ticks() {
        if let Some(y) = axes.y_of(frame, value) {
            scene.line(vec![(frame.left, y), (frame.left + 1.6, y)], AXIS, HAIRLINE);
        }
    }
    if let Some(share) = axes.y.breaks_at() {
        // Two slanted strokes: between them the axis leaves its scale for zero.
        let y = plot.bottom - share * plot.height();
        scene.area(
            vec![
                (frame.left - 2.0, y + 1.6),
                (frame.left + 2.0, y + 0.4),
                (frame.left + 2.0, y - 1.6),
                (frame.left - 2.0, y - 0.4),
            ],
            PAPER,
            1.0,
        );
        for lift in [0.0, -2.0] {
            scene.line(vec![(frame.left - 2.0, y + 1.6 + lift), (frame.left + 2.0, y + 0.4 + lift)], AXIS, AXIS_LINE);
        }
    }
}
