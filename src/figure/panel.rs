//! One of the small multiples: grid, references, bands, lines, marks and labels.

use std::f64::consts::FRAC_1_SQRT_2;

use super::chart::{Panel, Point, Reference, Series};
use super::font::{self, Weight};
use super::labels;
use super::page::SMALL;
use super::palette::{AXIS, Color, GRID, MUTED, Marker, PAPER, Style};
use super::ruler::Ruler;
use super::scene::{Anchor, Frame, Place, Scene, Text, distance, simplify};

/// Paths closer than this, in points, are the same path.
const TOLERANCE: f64 = 0.06;
/// Width of the lines of data.
const STROKE: f64 = 1.15;
/// From one label's middle to the next.
const LABEL_HEIGHT: f64 = 7.6;
/// Distance along a line between two of its markers.
const MARKER_EVERY: f64 = 34.0;

/// What the panels share.
pub(super) struct Axes {
    pub x: Ruler,
    pub y: Ruler,
    /// Width of the room for labels to the right of every panel.
    pub gutter: f64,
    /// Height of the row of texts along the foot of every panel.
    pub footer: f64,
}

impl Axes {
    pub fn x_of(&self, frame: &Frame, value: f64) -> Option<f64> {
        Some(frame.left + frame.width() * self.x.place(value)?)
    }

    /// About how many labels have room along the horizontal axis.
    pub fn x_ticks(&self, frame: &Frame) -> usize {
        ((frame.width() / 28.0) as usize).max(3)
    }

    pub fn y_of(&self, frame: &Frame, value: f64) -> Option<f64> {
        Some(frame.bottom - self.footer - (frame.height() - self.footer) * self.y.place(value)?)
    }
}

/// The width that the labels beside the panel need.
pub(super) fn label_room(panel: &Panel) -> f64 {
    let series = panel.series.iter().map(|series| font::width(&series.label, SMALL, Weight::Bold));
    let references = panel.references.iter().map(|reference| font::width(&reference.label, SMALL, Weight::Regular));
    series.chain(references).fold(0.0, f64::max)
}

/// Draws the panel into `frame`, and its labels to the right of it.
pub(super) fn draw(scene: &mut Scene, panel: &Panel, frame: Frame, axes: &Axes, plot_height: f64) {
    grid(scene, &frame, axes, plot_height);
    let plot = Frame { bottom: frame.bottom - axes.footer, ..frame };
    for reference in &panel.references {
        if let Some(y) = axes.y_of(&frame, reference.y) {
            scene.dashed(&[(frame.left, y), (frame.right, y)], (1.0, 1.6), MUTED, 0.8);
        }
    }
    let traces: Vec<Trace> = panel.series.iter().map(|series| Trace::new(series, &frame, &plot, axes)).collect();
    for trace in traces.iter().filter(|trace| !trace.series.marked) {
        trace.band(scene);
    }
    // The line under the axis' floor belongs to the grid, what lies on it to the data.
    scene.line(vec![(frame.left, frame.bottom), (frame.right, frame.bottom)], AXIS, 0.7);
    for trace in &traces {
        trace.lines(scene);
    }
    for trace in &traces {
        trace.marks(scene);
    }
    for text in &panel.footer {
        if let Some(x) = axes.x_of(&frame, text.value) {
            let at = (x, frame.bottom - 2.5);
            scene.text(Text {
                at,
                text: text.label.clone(),
                size: SMALL - 0.5,
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

fn grid(scene: &mut Scene, frame: &Frame, axes: &Axes, plot_height: f64) {
    for tick in axes.y.ticks(if plot_height > 100.0 { 6 } else { 5 }) {
        if let Some(y) = axes.y_of(frame, tick.value) {
            scene.line(vec![(frame.left, y), (frame.right, y)], GRID, 0.6);
        }
    }
    for tick in axes.x.ticks(axes.x_ticks(frame)) {
        if let Some(x) = axes.x_of(frame, tick.value).filter(|x| (frame.left..=frame.right + 0.1).contains(x)) {
            scene.line(vec![(x, frame.top), (x, frame.bottom)], GRID, 0.6);
        }
    }
    let plot = Frame { bottom: frame.bottom - axes.footer, ..*frame };
    scene.line(vec![(frame.left, frame.top), (frame.left, frame.bottom)], AXIS, 0.7);
    for value in axes.y.minor_ticks() {
        if let Some(y) = axes.y_of(frame, value) {
            scene.line(vec![(frame.left, y), (frame.left + 1.6, y)], AXIS, 0.5);
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
            scene.line(vec![(frame.left - 2.0, y + 1.6 + lift), (frame.left + 2.0, y + 0.4 + lift)], AXIS, 0.7);
        }
    }
}

/// A series in the panel's coordinates.
struct Trace<'a> {
    series: &'a Series,
    style: Style,
    plot: Frame,
    /// Stretches of the line within the panel.
    stretches: Vec<Vec<Place>>,
    /// Where the line stops because the next value is not finite.
    stops: Vec<Place>,
    /// Where the line leaves the panel at the top or the bottom.
    exits: Vec<(Place, bool)>,
    /// Points at zero on a logarithmic axis.
    zeros: Vec<Place>,
    /// Upper and lower edge of the stretches of the band.
    bands: Vec<Vec<(f64, f64, f64)>>,
    /// Markers with their intervals.
    marks: Vec<Estimate>,
}

/// A marker: where it stands, the lower and upper end of its bar, and whether it is only a bound.
struct Estimate {
    place: Place,
    bar: Option<(f64, f64)>,
    censored: bool,
}

impl<'a> Trace<'a> {
    fn new(series: &'a Series, frame: &Frame, plot: &Frame, axes: &Axes) -> Self {
        let mut trace = Self {
            series,
            style: Style::of(series.role),
            plot: *plot,
            stretches: Vec::new(),
            stops: Vec::new(),
            exits: Vec::new(),
            zeros: Vec::new(),
            bands: Vec::new(),
            marks: Vec::new(),
        };
        let mut line: Vec<Place> = Vec::new();
        let mut band: Vec<(f64, f64, f64)> = Vec::new();
        for point in &series.points {
            let place = axes.x_of(frame, point.x).zip(axes.y_of(frame, point.value));
            let Some(place) = place else {
                if let Some(&last) = line.last() {
                    trace.stops.push(last);
                }
                trace.close(&mut line, &mut band);
                continue;
            };
            line.push(place);
            if let Some((low, high)) = trace.interval(point, frame, axes) {
                if series.marked {
                    trace.marks.push(Estimate { place, bar: Some((low, high)), censored: point.censored });
                } else {
                    band.push((place.0, high, low));
                }
            } else {
                if series.marked {
                    trace.marks.push(Estimate { place, bar: None, censored: point.censored });
                }
                trace.bands.push(std::mem::take(&mut band));
            }
            if point.value == 0.0 && axes.y.breaks_at().is_some() {
                trace.zeros.push(place);
            }
        }
        trace.close(&mut line, &mut band);
        trace.bands.retain(|band| !band.is_empty());
        trace
    }

    /// The ends of the interval within the panel; an infinite end lies at its edge.
    fn interval(&self, point: &Point, frame: &Frame, axes: &Axes) -> Option<(f64, f64)> {
        let (low, high) = point.interval?;
        let clamp = |y: f64| y.clamp(self.plot.top, self.plot.bottom);
        let edge = |value: f64, otherwise: f64| axes.y_of(frame, value).map_or(otherwise, clamp);
        Some((edge(low, self.plot.bottom), edge(high, self.plot.top)))
    }

    /// Ends the current stretch of line and band, cutting the line at the panel's edges.
    fn close(&mut self, line: &mut Vec<Place>, band: &mut Vec<(f64, f64, f64)>) {
        let (top, bottom) = (self.plot.top, self.plot.bottom);
        let mut stretch: Vec<Place> = Vec::new();
        let inside = |place: Place| place.1 >= top - 1e-9 && place.1 <= bottom + 1e-9;
        for (index, &place) in line.iter().enumerate() {
            if index > 0 {
                let before = line[index - 1];
                let crossing = |edge: f64| {
                    let share = (edge - before.1) / (place.1 - before.1);
                    (before.0 + share * (place.0 - before.0), edge)
                };
                let edge_of = |outside: Place| if outside.1 < top { top } else { bottom };
                if inside(before) && !inside(place) {
                    let exit = crossing(edge_of(place));
                    stretch.push(exit);
                    self.exits.push((exit, edge_of(place) == top));
                    self.stretches.push(std::mem::take(&mut stretch));
                } else if !inside(before) && inside(place) {
                    stretch.push(crossing(edge_of(before)));
                }
            }
            if inside(place) {
                stretch.push(place);
            }
        }
        self.stretches.push(stretch);
        self.stretches.retain(|stretch| !stretch.is_empty());
        // A line that is not finite after having left the panel has no cross within it.
        self.stops.retain(|place| inside(*place));
        line.clear();
        self.bands.push(std::mem::take(band));
    }

    fn band(&self, scene: &mut Scene) {
        for band in &self.bands {
            let upper: Vec<Place> = band.iter().map(|&(x, high, _)| (x, high)).collect();
            let lower: Vec<Place> = band.iter().map(|&(x, _, low)| (x, low)).collect();
            let mut outline = simplify(&upper, TOLERANCE);
            outline.extend(simplify(&lower, TOLERANCE).into_iter().rev());
            scene.area(outline, self.style.color, 0.14);
        }
    }

    fn lines(&self, scene: &mut Scene) {
        for stretch in &self.stretches {
            if self.series.marked {
                self.joins(scene, stretch);
                continue;
            }
            let path = simplify(stretch, TOLERANCE);
            match self.style.dash {
                Some(dash) => scene.dashed(&path, dash, self.style.color, STROKE),
                None => scene.line(path, self.style.color, STROKE),
            }
        }
    }

    /// Thin lines between markers, dashed where one of the two is only a bound.
    fn joins(&self, scene: &mut Scene, stretch: &[Place]) {
        let censored = |place: Place| self.marks.iter().any(|mark| mark.place == place && mark.censored);
        for pair in stretch.windows(2) {
            if censored(pair[0]) || censored(pair[1]) {
                scene.dashed(pair, (1.4, 2.0), self.style.color, 0.6);
            } else {
                scene.line(pair.to_vec(), self.style.color, 0.8);
            }
        }
    }

    fn marks(&self, scene: &mut Scene) {
        let color = self.style.color;
        if self.series.marked {
            for &Estimate { place, bar, censored } in &self.marks {
                if let Some((low, high)) = bar.filter(|(low, high)| (low - high).abs() > 0.3) {
                    scene.line(vec![(place.0, low), (place.0, high)], color, 1.0);
                    for y in [low, high] {
                        scene.line(vec![(place.0 - 1.8, y), (place.0 + 1.8, y)], color, 1.0);
                    }
                }
                if censored {
                    marker(scene, place, Marker::Triangle, 3.1, color, false);
                } else {
                    marker(scene, place, Marker::Circle, 2.4, color, true);
                }
            }
            return;
        }
        for stretch in &self.stretches {
            for place in along(stretch, MARKER_EVERY) {
                marker(scene, place, self.style.marker, 1.6, color, true);
            }
        }
        let mut last: Option<Place> = None;
        for &place in &self.zeros {
            if last.is_none_or(|last| distance(last, place) >= 9.0) {
                marker(scene, place, Marker::Circle, 2.0, color, false);
                last = Some(place);
            }
        }
        for &(x, y) in &self.stops {
            for (dx, dy) in [(2.6, 2.6), (2.6, -2.6)] {
                scene.line(vec![(x - dx, y - dy), (x + dx, y + dy)], PAPER, 2.6);
            }
            for (dx, dy) in [(2.6, 2.6), (2.6, -2.6)] {
                scene.line(vec![(x - dx, y - dy), (x + dx, y + dy)], self.style.text(), 1.2);
            }
        }
        for &((x, y), up) in &self.exits {
            let tip = if up { y - 0.5 } else { y + 0.5 };
            let foot = if up { y + 3.6 } else { y - 3.6 };
            scene.area(vec![(x, tip), (x + 2.2, foot), (x - 2.2, foot)], color, 1.0);
        }
    }

    fn end(&self) -> Option<Place> {
        self.stretches.last().and_then(|stretch| stretch.last()).copied()
    }
}

/// Places along a path, `every` apart, starting half of that from its beginning; at least its end where it is short.
fn along(path: &[Place], every: f64) -> Vec<Place> {
    let mut places = Vec::new();
    let mut until = every / 2.0;
    for pair in path.windows(2) {
        let length = distance(pair[0], pair[1]);
        let mut walked = 0.0;
        while length - walked >= until {
            walked += until;
            let share = walked / length;
            places.push((pair[0].0 + share * (pair[1].0 - pair[0].0), pair[0].1 + share * (pair[1].1 - pair[0].1)));
            until = every;
        }
        until -= length - walked;
    }
    if places.is_empty() {
        places.extend(path.last());
    }
    places
}

/// A marker of about the same area whatever its outline; an open one is filled with paper.
fn marker(scene: &mut Scene, (x, y): Place, shape: Marker, radius: f64, color: Color, filled: bool) {
    let outline: Vec<Place> = match shape {
        Marker::Circle => QUARTER
            .iter()
            .flat_map(|&(c, s)| [(c, s), (-s, c), (-c, -s), (s, -c)])
            .map(|(c, s)| (x + radius * c, y + radius * s))
            .collect(),
        Marker::Square => {
            let half = 0.9 * radius;
            vec![(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
        }
        Marker::Triangle => {
            let (up, down, half) = (1.2 * radius, 0.75 * radius, 1.15 * radius);
            vec![(x, y - up), (x + half, y + down), (x - half, y + down)]
        }
        Marker::Diamond => {
            let half = 1.3 * radius;
            vec![(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
        }
    };
    let mut outline = outline;
    if shape == Marker::Circle {
        // The rotations come angle by angle: sort them around the circle.
        let angles = QUARTER.len();
        outline = (0..4)
            .flat_map(|turn| (0..angles).map(move |step| (turn, step)))
            .map(|(turn, step)| outline[4 * step + turn])
            .collect();
    }
    scene.area(outline.clone(), if filled { color } else { PAPER }, 1.0);
    if !filled {
        outline.push(outline[0]);
        scene.line(outline, color, 0.9);
    }
}

/// Cosine and sine of 0°, 15°, … 75°.
const QUARTER: [(f64, f64); 6] = [
    (1.0, 0.0),
    (0.965_925_826_289_068_3, 0.258_819_045_102_520_8),
    (0.866_025_403_784_438_6, 0.5),
    (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (0.5, 0.866_025_403_784_438_6),
    (0.258_819_045_102_520_8, 0.965_925_826_289_068_3),
];

/// A label: text, colour, weight, and the height at which its line ends.
struct Label<'a> {
    text: &'a str,
    color: Color,
    weight: Weight,
    y: f64,
}

fn write_labels(scene: &mut Scene, panel: &Panel, traces: &[Trace], frame: &Frame, plot: &Frame, axes: &Axes) {
    let references = panel.references.iter().filter_map(|Reference { label, y }| {
        let y = axes.y_of(frame, *y).filter(|y| (plot.top..=plot.bottom).contains(y))?;
        Some(Label { text: label, color: MUTED, weight: Weight::Regular, y })
    });
    let mut at_edge: Vec<Label> = references.collect();
    let mut within: Vec<(Label, f64)> = Vec::new();
    for trace in traces.iter().filter(|trace| !trace.series.label.is_empty()) {
        let Some((x, y)) = trace.end() else { continue };
        let label = Label { text: &trace.series.label, color: trace.style.text(), weight: Weight::Bold, y };
        if x > frame.right - 3.0 { at_edge.push(label) } else { within.push((label, x)) }
    }

    let wanted: Vec<f64> = at_edge.iter().map(|label| label.y).collect();
    let half = LABEL_HEIGHT / 2.0;
    let placed = labels::spread(&wanted, LABEL_HEIGHT, (plot.top + half - 2.0, plot.bottom - half + 4.0));
    let mut taken: Vec<Frame> = Vec::new();
    for (label, y) in at_edge.into_iter().zip(placed) {
        if (y - label.y).abs() > 2.5 {
            scene.line(vec![(frame.right + 0.5, label.y), (frame.right + 3.2, y)], label.color, 0.5);
        }
        taken.push(label.write(scene, (frame.right + 4.0, y)));
    }

    // Labels of lines that end before the edge stand where they hide least, the room beside the panel included.
    let room = Frame { right: frame.right + axes.gutter, ..*plot };
    let paths: Vec<Vec<Place>> = traces.iter().flat_map(|trace| trace.stretches.iter().cloned()).collect();
    for (label, x) in within {
        let size = (font::width(label.text, SMALL, label.weight), LABEL_HEIGHT);
        let Some((left, y)) = labels::beside((x, label.y), size, &room, &taken, &paths) else { continue };
        let back = Frame { left, right: left + size.0, top: y - half, bottom: y + half };
        let corners =
            [(back.left, back.top), (back.right, back.top), (back.right, back.bottom), (back.left, back.bottom)];
        scene.area(corners.to_vec(), PAPER, 0.75);
        taken.push(label.write(scene, (left, y)));
    }
}

impl Label<'_> {
    /// Writes the label with the middle of its left edge at `place`; gives what it covers.
    fn write(&self, scene: &mut Scene, (left, y): Place) -> Frame {
        scene.text(Text {
            at: (left, y + 0.36 * SMALL),
            text: self.text.to_owned(),
            size: SMALL,
            weight: self.weight,
            color: self.color,
            anchor: Anchor::Start,
        });
        let right = left + font::width(self.text, SMALL, self.weight);
        Frame { left, right, top: y - LABEL_HEIGHT / 2.0, bottom: y + LABEL_HEIGHT / 2.0 }
    }
}
