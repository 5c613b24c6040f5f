//! One of the small multiples: grid, references, bands, lines, marks and labels.

use std::borrow::Cow;
use std::f64::consts::FRAC_1_SQRT_2;

use super::chart::{Panel, Point, Reference, Series};
use super::font::{self, Weight};
use super::labels;
use super::page::SMALL;
use super::palette::{AXIS, Color, GRID, MUTED, Marker, PAPER, Style};
use super::ruler::Ruler;
use super::scene::{Anchor, Frame, Place, Scene, Text, distance, simplify};
use crate::results::number;

/// Paths closer than this, in points, are the same path.
const TOLERANCE: f64 = 0.06;
/// Width of the lines of data.
const STROKE: f64 = 1.15;
/// From one label's middle to the next.
const LABEL_HEIGHT: f64 = 7.6;
/// Distance along a line between two of its markers.
const MARKER_EVERY: f64 = 34.0;
/// Distance between two wedges, or two zeros, in a row.
const WEDGE_EVERY: f64 = 9.0;
/// Lines that leave the panel for less than this only graze its edge.
const GRAZE: f64 = 2.0 * WEDGE_EVERY;
/// From one row of wedges to the next.
const LANE: f64 = 5.4;

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

/// The note on a chart whose axis is cut at `limit`.
pub(super) fn beyond(limit: f64) -> String {
    format!("Wedges along the top: values beyond the scale, above {}, and how far they reach.", number::short(limit))
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
    let mut traces: Vec<Trace> = panel.series.iter().map(|series| Trace::new(series, &frame, &plot, axes)).collect();
    // Each trace that leaves the panel for long has its own row of wedges along the edge.
    let beyond = traces.iter_mut().filter(|trace| trace.reach().is_some());
    beyond.enumerate().for_each(|(lane, trace)| trace.lane = lane as f64 * LANE);
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
    /// Where the values are beyond the ends of the axis.
    runs: Vec<Run>,
    /// How far inside the panel's edge its wedges stand.
    lane: f64,
    /// Points at zero on a logarithmic axis.
    zeros: Vec<Place>,
    /// Upper and lower edge of the stretches of the band.
    bands: Vec<Vec<(f64, f64, f64)>>,
    /// Markers with their intervals.
    marks: Vec<Estimate>,
}

/// A stretch of values beyond the top or the bottom of the panel.
struct Run {
    /// From where to where along x.
    from: f64,
    to: f64,
    up: bool,
    /// The smallest and the largest of its values.
    reach: (f64, f64),
    /// Whether the value after the last is not finite.
    stopped: bool,
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
            runs: Vec::new(),
            lane: 0.0,
            zeros: Vec::new(),
            bands: Vec::new(),
            marks: Vec::new(),
        };
        let mut line: Vec<(Place, f64)> = Vec::new();
        let mut band: Vec<(f64, f64, f64)> = Vec::new();
        for point in &series.points {
            let place = axes.x_of(frame, point.x).zip(axes.y_of(frame, point.value));
            let Some(place) = place else {
                trace.close(&mut line, &mut band, true);
                continue;
            };
            line.push((place, point.value));
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
        trace.close(&mut line, &mut band, false);
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

    /// Ends the current stretch of line and band, cutting the line at the panel's edges; `broken` where the next value is
    /// not finite.
    fn close(&mut self, line: &mut Vec<(Place, f64)>, band: &mut Vec<(f64, f64, f64)>, broken: bool) {
        let (top, bottom) = (self.plot.top, self.plot.bottom);
        let inside = |place: Place| place.1 >= top - 1e-9 && place.1 <= bottom + 1e-9;
        let above = |place: Place| place.1 < top;
        let crossing = |from: Place, to: Place, outside: Place| {
            let edge = if above(outside) { top } else { bottom };
            let share = (edge - from.1) / (to.1 - from.1);
            (from.0 + share * (to.0 - from.0), edge)
        };
        let mut stretch: Vec<Place> = Vec::new();
        let mut run: Option<Run> = None;
        let mut before: Option<Place> = None;
        for &(place, value) in line.iter() {
            if inside(place) {
                if let Some((mut run, last)) = run.take().zip(before) {
                    let entry = crossing(last, place, last);
                    run.to = entry.0;
                    self.runs.push(run);
                    stretch.push(entry);
                }
                stretch.push(place);
            } else {
                let mut from = place.0;
                if let Some(last) = before.filter(|last| inside(*last)) {
                    let exit = crossing(last, place, place);
                    stretch.push(exit);
                    self.stretches.push(std::mem::take(&mut stretch));
                    from = exit.0;
                }
                let up = above(place);
                // A line that jumps from above the panel to below it starts another run.
                if let Some(other) = run.take_if(|run| run.up != up) {
                    self.runs.push(other);
                }
                let run = run.get_or_insert(Run { from, to: from, up, reach: (value, value), stopped: false });
                run.to = place.0;
                run.reach = (run.reach.0.min(value), run.reach.1.max(value));
            }
            before = Some(place);
        }
        if let Some(mut run) = run {
            run.stopped = broken;
            self.runs.push(run);
        } else if let Some(last) = before.filter(|_| broken) {
            self.stops.push(last);
        }
        self.stretches.push(stretch);
        self.stretches.retain(|stretch| !stretch.is_empty());
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
            if last.is_none_or(|last| distance(last, place) >= WEDGE_EVERY) {
                marker(scene, place, Marker::Circle, 2.0, color, false);
                last = Some(place);
            }
        }
        for &place in &self.stops {
            self.cross(scene, place);
        }
        for run in &self.runs {
            let y = self.edge(run);
            let count = ((run.to - run.from) / WEDGE_EVERY) as u32;
            let mut wedges: Vec<f64> = (0..=count).map(|k| run.from + f64::from(k) * WEDGE_EVERY).collect();
            if run.to - run.from < GRAZE && !self.stretches.is_empty() {
                // Where the line crosses the edge: a line that begins outside comes in.
                wedges = vec![if run.from > self.plot.left + 1.0 { run.from } else { run.to }];
            }
            if run.stopped {
                wedges.retain(|x| *x < run.to - 0.6 * WEDGE_EVERY);
                self.cross(scene, (run.to, if run.up { y + 2.6 } else { y - 2.6 }));
            }
            for x in wedges {
                let x = x.clamp(self.plot.left, self.plot.right);
                let foot = if run.up { y + 4.1 } else { y - 4.1 };
                scene.area(vec![(x, y), (x + 2.2, foot), (x - 2.2, foot)], color, 1.0);
            }
        }
    }

    /// Marks where a line stops.
    fn cross(&self, scene: &mut Scene, (x, y): Place) {
        for (color, width) in [(PAPER, 2.6), (self.style.text(), 1.2)] {
            for (dx, dy) in [(2.6, 2.6), (2.6, -2.6)] {
                scene.line(vec![(x - dx, y - dy), (x + dx, y + dy)], color, width);
            }
        }
    }

    /// The height at which the tips of a run's wedges stand.
    fn edge(&self, run: &Run) -> f64 {
        if run.up { self.plot.top + self.lane - 0.5 } else { self.plot.bottom - self.lane + 0.5 }
    }

    /// The path along a run's wedges.
    fn row(&self, run: &Run) -> Vec<Place> {
        let y = if run.up { self.edge(run) + 2.0 } else { self.edge(run) - 2.0 };
        vec![(run.from, y), (run.to, y)]
    }

    /// How far the values beyond the axis reach, with the middle of the longest run of them; absent where the trace only
    /// grazes the edge.
    fn reach(&self) -> Option<(String, Place)> {
        let longest = self.runs.iter().max_by(|a, b| (a.to - a.from).total_cmp(&(b.to - b.from)))?;
        let hidden = self.stretches.is_empty();
        if longest.to - longest.from < GRAZE && !hidden {
            return None;
        }
        let alike = || self.runs.iter().filter(|run| run.up == longest.up);
        let low = alike().map(|run| run.reach.0).fold(f64::INFINITY, f64::min);
        let high = alike().map(|run| run.reach.1).fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = (number::order_of_magnitude(low), number::order_of_magnitude(high));
        let text = match (hidden, longest.up) {
            (true, _) if low == high => format!("about {high}"),
            (true, _) => format!("{low} to {high}"),
            (false, true) => format!("up to {high}"),
            (false, false) => format!("down to {low}"),
        };
        let row = self.row(longest);
        Some((text, ((row[0].0 + row[1].0) / 2.0, row[0].1)))
    }

    fn end(&self) -> Option<Place> {
        let inside = self.stretches.last().and_then(|stretch| stretch.last()).copied();
        let beyond = self.runs.last().map(|run| self.row(run)[1]);
        inside.into_iter().chain(beyond).max_by(|a, b| a.0.total_cmp(&b.0))
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
pub(super) fn marker(scene: &mut Scene, (x, y): Place, shape: Marker, radius: f64, color: Color, filled: bool) {
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
    text: Cow<'a, str>,
    color: Color,
    weight: Weight,
    y: f64,
}

fn write_labels(scene: &mut Scene, panel: &Panel, traces: &[Trace], frame: &Frame, plot: &Frame, axes: &Axes) {
    let references = panel.references.iter().filter_map(|Reference { label, y }| {
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
    let mut taken: Vec<Frame> = Vec::new();
    for (label, y) in at_edge.into_iter().zip(placed) {
        if (y - label.y).abs() > 2.5 {
            scene.line(vec![(frame.right + 0.5, label.y), (frame.right + 3.2, y)], label.color, 0.5);
        }
        taken.push(label.write(scene, (frame.right + 4.0, y)));
    }

    // Labels of lines that end before the edge stand where they hide least, the room beside the panel included.
    let room = Frame { right: frame.right + axes.gutter, ..*plot };
    let rows = traces.iter().flat_map(|trace| trace.runs.iter().map(|run| trace.row(run)));
    let paths: Vec<Vec<Place>> = traces.iter().flat_map(|trace| trace.stretches.iter().cloned()).chain(rows).collect();
    for (label, x) in within {
        let size = (font::width(&label.text, SMALL, label.weight), LABEL_HEIGHT);
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
            text: self.text.to_string(),
            size: SMALL,
            weight: self.weight,
            color: self.color,
            anchor: Anchor::Start,
        });
        let right = left + font::width(&self.text, SMALL, self.weight);
        Frame { left, right, top: y - LABEL_HEIGHT / 2.0, bottom: y + LABEL_HEIGHT / 2.0 }
    }
}
