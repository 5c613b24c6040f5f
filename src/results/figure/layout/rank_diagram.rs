//! A critical-difference diagram laid out on a page.

use super::page::Page;
use super::scene::Anchor;
use crate::results::figure::data::rank_diagram::{RankDiagram, RankedMethod};
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{AXIS, BLUE, GRID, INK, MUTED};
use crate::results::figure::style::{
    AXIS_LINE, BODY, CURVE, FINE, GROUP_LINE, HAIRLINE, MARGIN, MARK, Marker, SMALL, WIDTH,
};
use crate::results::number;
use crate::text::shortened_apart;

use super::marker::marker;

/// From the axis to the first label.
const HEAD: f64 = 8.0;
/// From a label to the next.
const STEP: f64 = 13.0;
/// From one bar of a group to the next.
const BAR: f64 = 4.5;
/// Between a label and its line.
const GAP: f64 = 4.0;
/// The most that the labels of a side may take of the page's width.
const MOST: f64 = 0.33;

/// Lays out a critical-difference diagram: the better half of the methods is named on the left, the others on the right.
pub fn lay_out(diagram: &RankDiagram) -> crate::results::figure::layout::scene::Scene {
    let mut page = Page::begin(&diagram.title, &diagram.subtitle);
    let count = diagram.methods.len();
    let half = count.div_ceil(2);
    let text = |method: &RankedMethod| format!("{}  {}", method.label, number::short(method.rank));
    let widest = |methods: &[RankedMethod]| {
        methods
            .iter()
            .map(|method| font::width(&text(method), BODY, Weight::Regular))
            .fold(0.0, f64::max)
            .min(MOST * WIDTH)
    };
    let (better, worse) = diagram.methods.split_at(half);
    let (left, right) = (MARGIN + widest(better) + 3.0 * GAP, WIDTH - MARGIN - widest(worse) - 3.0 * GAP);
    let ends = (1.0, count.max(2) as f64);
    let x_of = |rank: f64| left + (rank - ends.0) / (ends.1 - ends.0) * (right - left);

    page.down(4.0);
    if let Some(critical) = diagram.critical.filter(|critical| critical.is_finite() && *critical <= ends.1 - ends.0) {
        page.down(1.2 * SMALL);
        let label = format!("critical difference {}", number::short(critical));
        let y = page.y + GAP;
        page.put((left, page.y), &label, SMALL, Weight::Regular, MUTED, Anchor::Start);
        page.scene.line(vec![(left, y), (x_of(1.0 + critical), y)], INK, CURVE);
        for end in [left, x_of(1.0 + critical)] {
            page.scene.line(vec![(end, y - 2.0), (end, y + 2.0)], INK, CURVE);
        }
        page.down(2.0 * GAP);
    }
    page.down(1.2 * SMALL);
    page.put(((left + right) / 2.0, page.y), &diagram.x, SMALL, Weight::Regular, INK, Anchor::Middle);
    page.down(1.4 * SMALL);
    let every = count.div_ceil(12).max(1);
    let ticks: Vec<usize> = (1..=count.max(2)).filter(|rank| (rank - 1) % every == 0).collect();
    for rank in &ticks {
        let at = (x_of(*rank as f64), page.y);
        page.put(at, &rank.to_string(), FINE, Weight::Regular, MUTED, Anchor::Middle);
    }
    page.down(5.0);
    let axis = page.y;

    // Bars of groups lie between the axis and the first label, each as high as keeps it clear of the others.
    let lanes = lanes(&diagram.groups);
    let bars = lanes.iter().map(|lane| lane + 1).max().unwrap_or(0) as f64 * BAR;
    let first = axis + HEAD + bars;
    let rows = half.max(count - half);
    let bottom = first + STEP * rows.saturating_sub(1) as f64;
    for rank in &ticks {
        let x = x_of(*rank as f64);
        page.scene.line(vec![(x, axis), (x, bottom)], GRID, HAIRLINE);
        page.scene.line(vec![(x, axis - 2.5), (x, axis)], AXIS, AXIS_LINE);
    }
    page.scene.line(vec![(left, axis), (right, axis)], AXIS, AXIS_LINE);
    let places: Vec<Place> = (0..count).map(|index| Place::new(diagram, index, half, (left, right))).collect();
    let names: Vec<&str> = diagram.methods.iter().map(|method| method.label.as_str()).collect();
    let names = shortened_apart(&names, |index, name| font::shorten(name, BODY, Weight::Regular, places[index].room));
    for (index, (method, Place { rank, end, away, beside, anchor, .. })) in
        diagram.methods.iter().zip(places).enumerate()
    {
        let x = x_of(method.rank);
        let is_better = index < half;
        let row = if is_better { index } else { count - 1 - index };
        let y = first + STEP * row as f64;
        page.scene.line(vec![(x, axis), (x, y), (end, y)], INK, HAIRLINE);
        marker(&mut page.scene, (x, axis), Marker::Circle, MARK, BLUE, true);
        page.put((away, y + SMALL.drop()), &rank, SMALL, Weight::Regular, MUTED, anchor);
        let at = if is_better { away - beside } else { away + beside };
        page.put((at, y + BODY.drop()), &names[index], BODY, Weight::Regular, INK, anchor);
    }
    for (&(from, to), lane) in diagram.groups.iter().zip(lanes) {
        let y = axis + BAR * (lane as f64 + 1.0);
        let (from, to) = (x_of(diagram.methods[from].rank) - 3.0, x_of(diagram.methods[to].rank) + 3.0);
        page.scene.line(vec![(from, y), (to, y)], BLUE, GROUP_LINE);
    }
    page.y = bottom + BODY.drop();
    page.end(&diagram.notes)
}

/// Where a method's rank and name stand.
struct Place {
    /// The rank in digits.
    rank: String,
    /// The end of its line.
    end: f64,
    /// Where the rank begins, or on the left ends.
    away: f64,
    /// The room that the rank takes.
    beside: f64,
    anchor: Anchor,
    /// The room for the name.
    room: f64,
}

impl Place {
    /// The place of method number `index`, of whom so many stand left of the axis' ends.
    fn new(diagram: &RankDiagram, index: usize, half: usize, (left, right): (f64, f64)) -> Self {
        let is_better = index < half;
        let (end, anchor) = if is_better { (left - GAP, Anchor::End) } else { (right + GAP, Anchor::Start) };
        let rank = number::short(diagram.methods[index].rank);
        let beside = font::width(&rank, SMALL, Weight::Regular) + GAP;
        let away = if is_better { end - GAP } else { end + GAP };
        let room = if is_better { away - beside - MARGIN } else { WIDTH - MARGIN - away - beside };
        Self { rank, end, away, beside, anchor, room }
    }
}

/// A lane for each group, so that groups of one lane do not meet.
fn lanes(groups: &[(usize, usize)]) -> Vec<usize> {
    let mut ends: Vec<usize> = vec![];
    let mut lanes = vec![];
    for &(from, to) in groups {
        let lane = ends.iter().position(|end| *end < from).unwrap_or_else(|| {
            ends.push(0);
            ends.len() - 1
        });
        ends[lane] = to;
        lanes.push(lane);
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_one_lane_do_not_meet() {
        assert_eq!(lanes(&[(0, 2), (1, 3), (3, 4), (4, 6)]), [0, 1, 0, 1]);
        assert_eq!(lanes(&[]), Vec::<usize>::new());
    }
}
