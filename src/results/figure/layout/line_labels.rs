//! The labels of a panel's lines, at their ends or where they hide least.

use std::borrow::Cow;

use super::axes::Axes;
use super::labels;
use super::scene::{Anchor, Position, Rect, Scene, Text};
use super::trace::Trace;
use crate::results::figure::data::chart::{Panel, ReferenceLine};
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{MUTED, PAPER};
use crate::results::figure::style::{Color, HAIRLINE, SMALL, VEIL_OPACITY};

/// The distance from one label's middle to the next.
const LABEL_HEIGHT: f64 = 7.6;

/// A label: text, colour, weight, and the height at which its line ends.
struct Label<'a> {
    text: Cow<'a, str>,
    color: Color,
    weight: Weight,
    y: f64,
}

/// Writes the labels of the traces and of the reference lines.
pub fn write_labels(scene: &mut Scene, panel: &Panel, traces: &[Trace], frame: &Rect, plot: &Rect, axes: &Axes) {
    let references = panel.references.iter().filter_map(|ReferenceLine { label, y }| {
        let y = axes.y_of(frame, *y).filter(|y| (plot.top..=plot.bottom).contains(y))?;
        Some(Label { text: label.into(), color: MUTED, weight: Weight::Regular, y })
    });
    let mut at_edge: Vec<Label> = references.collect();
    let mut within: Vec<(Label, f64)> = Vec::new();
    let anything = traces.iter().any(|trace| trace.end().is_some());
    let middle = (plot.left + plot.right) / 2.0;
    for trace in traces {
        let (name, color, weight) = (trace.series.label.as_str(), trace.style.text(), Weight::Bold);
        let named = trace.end().filter(|_| !name.is_empty());
        let reach = trace.reach();
        match (named, reach) {
            (Some((x, y)), reach) if x > frame.right - 3.0 => {
                at_edge.push(Label { text: name.into(), color, weight, y });
                if let Some((text, (x, y))) = reach {
                    within.push((Label { text: text.into(), color, weight: Weight::Regular, y }, x));
                }
            }
            (Some((x, y)), None) => within.push((Label { text: name.into(), color, weight, y }, x)),
            (Some(_), Some((text, (x, y)))) => {
                within.push((Label { text: format!("{name}: {text}").into(), color, weight, y }, x));
            }
            (None, Some((text, (x, y)))) => {
                within.push((Label { text: text.into(), color, weight: Weight::Regular, y }, x));
            }
            // Of a panel without anything finite the panel itself tells.
            (None, None) if trace.series.points.is_empty() || name.is_empty() || !anything => {}
            (None, None) => {
                let text = format!("{name}: not finite").into();
                within.push((Label { text, color, weight, y: (plot.top + plot.bottom) / 2.0 }, middle));
            }
        }
    }

    let wanted: Vec<f64> = at_edge.iter().map(|label| label.y).collect();
    let half = LABEL_HEIGHT / 2.0;
    let placed = labels::spread(&wanted, LABEL_HEIGHT, (plot.top + half - 2.0, plot.bottom - half + 4.0));
    let mut taken: Vec<Rect> = Vec::new();
    for (label, y) in at_edge.into_iter().zip(placed) {
        if (y - label.y).abs() > 2.5 {
            scene.line(vec![(frame.right + 0.5, label.y), (frame.right + 3.2, y)], label.color, HAIRLINE);
        }
        taken.push(label.write(scene, (frame.right + 4.0, y)));
    }

    // Labels of lines that end before the edge stand where they hide least, the room beside the panel included.
    let room = Rect { right: frame.right + axes.gutter, ..*plot };
    let rows = traces.iter().flat_map(|trace| trace.runs.iter().map(|run| trace.row(run)));
    let lines = traces.iter().flat_map(|trace| trace.stretches.iter().cloned().chain(trace.outlines()));
    let paths: Vec<Vec<Position>> = lines.chain(rows).collect();
    for (label, x) in within {
        let size = (font::width(&label.text, SMALL, label.weight), LABEL_HEIGHT);
        let Some((left, y)) = labels::beside((x, label.y), size, &room, &taken, &paths) else { continue };
        let back = Rect { left, right: left + size.0, top: y - half, bottom: y + half };
        let corners =
            [(back.left, back.top), (back.right, back.top), (back.right, back.bottom), (back.left, back.bottom)];
        scene.area(corners.to_vec(), PAPER, VEIL_OPACITY);
        taken.push(label.write(scene, (left, y)));
    }
}

impl Label<'_> {
    /// Writes the label with the middle of its left edge at `place`; gives what it covers.
    fn write(&self, scene: &mut Scene, (left, y): Position) -> Rect {
        scene.text(Text {
            at: (left, y + SMALL.drop()),
            text: self.text.to_string(),
            size: SMALL,
            weight: self.weight,
            color: self.color,
            anchor: Anchor::Start,
        });
        let right = left + font::width(&self.text, SMALL, self.weight);
        Rect { left, right, top: y - LABEL_HEIGHT / 2.0, bottom: y + LABEL_HEIGHT / 2.0 }
    }
}
