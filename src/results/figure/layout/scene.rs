//! Marks in points (1/72 inch) from the top left corner: the layout's result and the painters' input.

#[cfg(test)]
use crate::results::figure::style::font;
use crate::results::figure::style::font::Weight;
use crate::results::figure::style::{Color, Dash, Stroke, TypeSize};

/// A position, x to the right and y down.
pub type Position = (f64, f64);

/// A page of marks, painted in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub width: f64,
    pub height: f64,
    /// The title, which a screen reader says.
    pub title: String,
    pub marks: Vec<Mark>,
}

/// One thing to paint.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Line { path: Vec<Position>, color: Color, width: Stroke },
    Area { path: Vec<Position>, color: Color, opacity: f64 },
    Text(Text),
}

/// A line of text on its baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub at: Position,
    pub text: String,
    pub size: TypeSize,
    pub weight: Weight,
    pub color: Color,
    pub anchor: Anchor,
}

/// Which part of a text lies at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Whether the two share any area.
    pub fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    pub fn holds(&self, (x, y): Position) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

#[cfg(test)]
impl Text {
    /// The rectangle that its capitals cover.
    pub fn frame(&self) -> Rect {
        let width = font::width(&self.text, self.size, self.weight);
        let left = match self.anchor {
            Anchor::Start => self.at.0,
            Anchor::Middle => self.at.0 - width / 2.0,
            Anchor::End => self.at.0 - width,
        };
        Rect { left, top: self.at.1 - font::CAPITAL * self.size, right: left + width, bottom: self.at.1 }
    }
}

impl Scene {
    pub fn line(&mut self, path: Vec<Position>, color: Color, width: Stroke) {
        if path.len() > 1 {
            self.marks.push(Mark::Line { path, color, width });
        }
    }

    /// A line of dashes of length `on` with gaps of length `off`.
    pub fn dashed(&mut self, path: &[Position], dash: Dash, color: Color, width: Stroke) {
        let (on, off) = dash.points();
        let length: f64 = path.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
        // A line that runs up and down all the way has longer dashes, rather than a hundred thousand.
        let longer = (length / (MOST_DASHES * (on + off))).max(1.0);
        for dash in dashes(path, longer * on, longer * off) {
            self.line(dash, color, width);
        }
    }

    pub fn area(&mut self, path: Vec<Position>, color: Color, opacity: f64) {
        if path.len() > 2 {
            self.marks.push(Mark::Area { path, color, opacity });
        }
    }

    pub fn text(&mut self, text: Text) {
        if !text.text.is_empty() {
            self.marks.push(Mark::Text(text));
        }
    }

    #[cfg(test)]
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.marks.iter().filter_map(|mark| if let Mark::Text(text) = mark { Some(text) } else { None })
    }
}

/// The most dashes of a line.
const MOST_DASHES: f64 = 1000.0;

/// Cuts a path into the dashes of a pattern.
fn dashes(path: &[Position], on: f64, off: f64) -> Vec<Vec<Position>> {
    let mut cut = Vec::new();
    let mut dash = Vec::new();
    let (mut inked, mut left) = (true, on);
    for pair in path.windows(2) {
        let [mut from, to] = [pair[0], pair[1]];
        if inked && dash.is_empty() {
            dash.push(from);
        }
        let mut length = distance(from, to);
        while length > left {
            let share = left / length;
            from = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            length -= left;
            if inked {
                dash.push(from);
                cut.push(std::mem::take(&mut dash));
            } else {
                dash = vec![from];
            }
            inked = !inked;
            left = if inked { on } else { off };
        }
        left -= length;
        if inked {
            dash.push(to);
        }
    }
    if inked && dash.len() > 1 {
        cut.push(dash);
    }
    cut
}

/// Drops the points of a path that change it by less than `tolerance` (Douglas and Peucker's method).
pub fn simplify(path: &[Position], tolerance: f64) -> Vec<Position> {
    if path.len() < 3 {
        return path.to_vec();
    }
    let mut kept = vec![false; path.len()];
    kept[0] = true;
    kept[path.len() - 1] = true;
    let mut spans = vec![(0, path.len() - 1)];
    while let Some((first, last)) = spans.pop() {
        let mut farthest = (0, tolerance);
        for (index, &place) in path.iter().enumerate().take(last).skip(first + 1) {
            let away = distance_to_segment(place, path[first], path[last]);
            if away > farthest.1 {
                farthest = (index, away);
            }
        }
        if farthest.0 > 0 {
            kept[farthest.0] = true;
            spans.push((first, farthest.0));
            spans.push((farthest.0, last));
        }
    }
    path.iter().zip(kept).filter(|(_, keep)| *keep).map(|(&place, _)| place).collect()
}

pub fn distance(a: Position, b: Position) -> f64 {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).sqrt()
}

fn distance_to_segment(place: Position, a: Position, b: Position) -> f64 {
    let squared = (b.0 - a.0) * (b.0 - a.0) + (b.1 - a.1) * (b.1 - a.1);
    if squared == 0.0 {
        return distance(place, a);
    }
    let share = ((place.0 - a.0) * (b.0 - a.0) + (place.1 - a.1) * (b.1 - a.1)) / squared;
    let share = share.clamp(0.0, 1.0);
    distance(place, (a.0 + share * (b.0 - a.0), a.1 + share * (b.1 - a.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share_of_the_path() {
        let cut = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], 3.0, 2.0);
        let inked: f64 =
            cut.iter().map(|dash| dash.windows(2).map(|pair| distance(pair[0], pair[1])).sum::<f64>()).sum();
        assert_eq!(cut.len(), 4);
        assert!((inked - 12.0).abs() < 1e-9, "{inked}");
        assert!(cut.iter().any(|dash| dash.contains(&(10.0, 0.0)) || dash.len() == 2));
    }

    #[test]
    fn simplifying_keeps_corners_and_drops_what_is_straight() {
        let path: Vec<Position> = (0..=100).map(|i| (f64::from(i), if i == 50 { 5.0 } else { 0.0 })).collect();
        let simple = simplify(&path, 0.05);
        assert_eq!(simple, [(0.0, 0.0), (49.0, 0.0), (50.0, 5.0), (51.0, 0.0), (100.0, 0.0)]);
    }
}
