//! A series in a panel: its line, band, marks, and what lies beyond the ends of the axis.

use super::axes::Axes;
use super::marker::marker;
use super::scene::{Position, Rect, Scene, distance, simplify};
use crate::results::figure::data::chart::{Point, Series};
use crate::results::figure::style::palette::PAPER;
use crate::results::figure::style::{
    BAND_OPACITY, BAR, CROSS, CURVE, FINE_DOTTED, HAIRLINE, HALO, JOIN, MARK, Marker, SMALL_MARK, Style,
};
use crate::results::number;

/// Paths closer than this, in points, are the same path.
const TOLERANCE: f64 = 0.06;
/// Distance along a line between two of its markers.
const MARKER_EVERY: f64 = 34.0;
/// Distance between two wedges, or two zeros, in a row.
const WEDGE_EVERY: f64 = 9.0;
/// Lines that leave the panel for less than this only graze its edge.
const GRAZE: f64 = 2.0 * WEDGE_EVERY;
/// Half the length of the tick at a bound.
const TICK: f64 = 2.8;
/// Half the width of the cap at the end of a bar.
const CAP: f64 = 1.8;
/// The height of the arrow where a bar goes on beyond the panel.
const ARROW: f64 = 3.2;
/// The distance from one row of wedges to the next.
const LANE: f64 = 5.4;

/// A series in the panel's coordinates.
pub struct Trace<'a> {
    pub series: &'a Series,
    pub style: Style,
    plot: Rect,
    /// Stretches of the line within the panel.
    pub stretches: Vec<Vec<Position>>,
    /// Where the line stops because the next value is not finite.
    stops: Vec<Position>,
    /// Where the values are beyond the ends of the axis.
    pub runs: Vec<Run>,
    /// The distance of its wedges from the panel's edge.
    lane: f64,
    /// Points at zero on a logarithmic axis.
    zeros: Vec<Position>,
    /// Upper and lower edge of the stretches of the band.
    bands: Vec<Vec<(f64, f64, f64)>>,
    /// Markers with their intervals.
    marks: Vec<Estimate>,
    /// Points of a line that are only bounds.
    bounds: Vec<Position>,
    /// The series that the line sums up, within the panel.
    strands: Vec<Vec<Position>>,
}

/// A stretch of values beyond the top or the bottom of the panel.
pub struct Run {
    /// Where the stretch begins along x.
    from: f64,
    /// Where it ends along x.
    to: f64,
    up: bool,
    /// The smallest and the largest of its values.
    reach: (f64, f64),
    /// Whether the value after the last is not finite.
    stopped: bool,
}

/// A marker: where it stands, the lower and upper end of its bar, which of them go on beyond the panel, and whether it is only a bound.
struct Estimate {
    place: Position,
    bar: Option<(f64, f64)>,
    open: [bool; 2],
    censored: bool,
}

/// Gives each trace that leaves the panel for long its own row of wedges along the edge.
pub fn stagger(traces: &mut [Trace]) {
    let beyond = traces.iter_mut().filter(|trace| trace.reach().is_some());
    beyond.enumerate().for_each(|(lane, trace)| trace.lane = lane as f64 * LANE);
}

impl<'a> Trace<'a> {
    pub fn new(series: &'a Series, frame: &Rect, plot: &Rect, axes: &Axes) -> Self {
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
            bounds: Vec::new(),
            strands: strands(series, frame, plot, axes),
        };
        let mut line: Vec<(Position, f64)> = Vec::new();
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
                    let open = point.interval.map_or([false; 2], |(low, high)| [low, high].map(f64::is_infinite));
                    trace.marks.push(Estimate { place, bar: Some((low, high)), open, censored: point.censored });
                } else {
                    band.push((place.0, high, low));
                }
            } else {
                if series.marked {
                    trace.marks.push(Estimate { place, bar: None, open: [false; 2], censored: point.censored });
                }
                trace.bands.push(std::mem::take(&mut band));
            }
            if point.censored && !series.marked {
                trace.bounds.push(place);
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
    fn interval(&self, point: &Point, frame: &Rect, axes: &Axes) -> Option<(f64, f64)> {
        let (low, high) = point.interval?;
        let clamp = |y: f64| y.clamp(self.plot.top, self.plot.bottom);
        let edge = |value: f64, otherwise: f64| axes.y_of(frame, value).map_or(otherwise, clamp);
        Some((edge(low, self.plot.bottom), edge(high, self.plot.top)))
    }

    /// Ends the current stretch of line and band, cutting the line at the panel's edges; `broken` where the next value is
    /// not finite.
    fn close(&mut self, line: &mut Vec<(Position, f64)>, band: &mut Vec<(f64, f64, f64)>, broken: bool) {
        let (top, bottom) = (self.plot.top, self.plot.bottom);
        let inside = |place: Position| place.1 >= top - 1e-9 && place.1 <= bottom + 1e-9;
        let above = |place: Position| place.1 < top;
        let crossing = |from: Position, to: Position, outside: Position| {
            let edge = if above(outside) { top } else { bottom };
            let share = (edge - from.1) / (to.1 - from.1);
            (from.0 + share * (to.0 - from.0), edge)
        };
        let mut stretch: Vec<Position> = Vec::new();
        let mut run: Option<Run> = None;
        let mut before: Option<Position> = None;
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

    /// The band of a line; the interval of a marked point is a bar of its own.
    pub fn band(&self, scene: &mut Scene) {
        if self.series.marked {
            return;
        }
        for band in &self.bands {
            let upper: Vec<Position> = band.iter().map(|&(x, high, _)| (x, high)).collect();
            let lower: Vec<Position> = band.iter().map(|&(x, _, low)| (x, low)).collect();
            let mut outline = simplify(&upper, TOLERANCE);
            outline.extend(simplify(&lower, TOLERANCE).into_iter().rev());
            scene.area(outline, self.style.color, BAND_OPACITY);
        }
    }

    pub fn lines(&self, scene: &mut Scene) {
        for strand in &self.strands {
            scene.line(simplify(strand, TOLERANCE), self.style.color, HAIRLINE);
        }
        for stretch in self.stretches.iter().filter(|_| !(self.series.marked && self.series.loose)) {
            if self.series.marked {
                self.joins(scene, stretch);
                continue;
            }
            let path = simplify(stretch, TOLERANCE);
            match self.style.dash {
                Some(dash) => scene.dashed(&path, dash, self.style.color, CURVE),
                None => scene.line(path, self.style.color, CURVE),
            }
        }
    }

    /// Thin lines between markers, dashed where one of the two is only a bound.
    fn joins(&self, scene: &mut Scene, stretch: &[Position]) {
        let censored = |place: Position| self.marks.iter().any(|mark| mark.place == place && mark.censored);
        for pair in stretch.windows(2) {
            if censored(pair[0]) || censored(pair[1]) {
                scene.dashed(pair, FINE_DOTTED, self.style.color, JOIN);
            } else {
                scene.line(pair.to_vec(), self.style.color, JOIN);
            }
        }
    }

    /// The marks of a series that has some, as paths over their width, and the bars of their intervals.
    pub fn outlines(&self) -> impl Iterator<Item = Vec<Position>> {
        let marks = self.marks.iter().filter(|_| self.series.marked);
        marks.flat_map(|Estimate { place: (x, y), bar, .. }| {
            let bar = bar.map(|(low, high)| vec![(*x, low), (*x, high)]);
            [vec![(x - MARK, *y), (x + MARK, *y)]].into_iter().chain(bar)
        })
    }

    pub fn marks(&self, scene: &mut Scene) {
        let color = self.style.color;
        if self.series.marked {
            for &Estimate { place, bar, open, censored } in &self.marks {
                if let Some((low, high)) = bar.filter(|(low, high)| (low - high).abs() > 0.3) {
                    scene.line(vec![(place.0, low), (place.0, high)], color, BAR);
                    for (y, open) in [low, high].into_iter().zip(open) {
                        self.bar_end(scene, (place.0, y), open);
                    }
                }
                if censored {
                    marker(scene, place, Marker::Triangle, 1.3 * MARK, color, false);
                } else {
                    marker(scene, place, Marker::Circle, MARK, color, true);
                }
            }
            return;
        }
        for stretch in self.stretches.iter().filter(|_| !self.series.loose) {
            for place in along(stretch, MARKER_EVERY) {
                marker(scene, place, self.style.marker, SMALL_MARK, color, true);
            }
        }
        let mut last: Option<Position> = None;
        for &place in &self.zeros {
            if last.is_none_or(|last| distance(last, place) >= WEDGE_EVERY) {
                marker(scene, place, Marker::Circle, MARK, color, false);
                last = Some(place);
            }
        }
        for &(x, y) in &self.bounds {
            let y = y.clamp(self.plot.top + TICK, self.plot.bottom - TICK);
            scene.line(vec![(x, y - TICK), (x, y + TICK)], color, CROSS);
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

    /// An end of a bar: a cap, or an arrow where it is open.
    fn bar_end(&self, scene: &mut Scene, (x, y): Position, open: bool) {
        if !open {
            return scene.line(vec![(x - CAP, y), (x + CAP, y)], self.style.color, BAR);
        }
        let foot = if y <= self.plot.top { y + ARROW } else { y - ARROW };
        scene.area(vec![(x, y), (x + 0.6 * ARROW, foot), (x - 0.6 * ARROW, foot)], self.style.color, 1.0);
    }

    /// Marks where a line stops.
    fn cross(&self, scene: &mut Scene, (x, y): Position) {
        for (color, width) in [(PAPER, HALO), (self.style.text(), CROSS)] {
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
    pub fn row(&self, run: &Run) -> Vec<Position> {
        let y = if run.up { self.edge(run) + 2.0 } else { self.edge(run) - 2.0 };
        vec![(run.from, y), (run.to, y)]
    }

    /// The reach of the values beyond the axis in words, with the middle of the longest run of them; absent where the trace only
    /// grazes the edge.
    pub fn reach(&self) -> Option<(String, Position)> {
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

    pub fn end(&self) -> Option<Position> {
        let inside = self.stretches.last().and_then(|stretch| stretch.last()).copied();
        let beyond = self.runs.last().map(|run| self.row(run)[1]);
        inside.into_iter().chain(beyond).max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// The thin lines behind a series, cut where they leave the panel.
fn strands(series: &Series, frame: &Rect, plot: &Rect, axes: &Axes) -> Vec<Vec<Position>> {
    let mut cut = Vec::new();
    for strand in &series.strands {
        let places = strand.iter().map(|&(x, y)| axes.x_of(frame, x).zip(axes.y_of(frame, y)));
        let places: Vec<Option<Position>> = places.map(|place| place.filter(|place| plot.holds(*place))).collect();
        cut.extend(places.split(Option::is_none).map(|inside| inside.iter().flatten().copied().collect()));
    }
    cut
}

/// Positions along a path, `every` apart, starting half of that from its beginning; at least its end where it is short.
fn along(path: &[Position], every: f64) -> Vec<Position> {
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
