//! The looks of series: what part one plays gives its colour, dash and marker.

use super::color::Color;
use super::line::{DASHES, Dash};
use super::palette::{BLUE, CATEGORIES, INK, ORANGE, PAPER, RAMP};
use crate::results::figure::data::chart::SeriesRole;

/// The outline of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// The looks of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub color: Color,
    /// Absent for a full line.
    pub dash: Option<Dash>,
    pub marker: Marker,
}

/// The grades of ordered series.
const GRADES: usize = 24;
/// The contrast that text needs on its ground: WCAG 2.2, level AA.
const TEXT_CONTRAST: f64 = 4.5;
const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];

impl Style {
    pub fn of(role: SeriesRole) -> Self {
        match role {
            SeriesRole::Ordered { rank, of } => {
                let share = if of > 1 { rank as f64 / (of - 1) as f64 } else { 1.0 };
                let color = grade((share * GRADES as f64).round() as usize);
                Self { color, dash: None, marker: MARKERS[rank % MARKERS.len()] }
            }
            SeriesRole::Named { rank } => {
                let round = rank / CATEGORIES.len();
                let dash = round.checked_sub(1).map(|index| DASHES[index % DASHES.len()]);
                let marker = MARKERS[(rank + round) % MARKERS.len()];
                Self { color: CATEGORIES[rank % CATEGORIES.len()], dash, marker }
            }
            SeriesRole::Before => Self { color: ORANGE, dash: Some(DASHES[0]), marker: Marker::Square },
            SeriesRole::After | SeriesRole::Sole => Self { color: BLUE, dash: None, marker: Marker::Circle },
        }
    }

    /// The colour of its label, which text can be read in.
    pub fn text(&self) -> Color {
        as_text(self.color)
    }
}

/// The colours that series and their labels may have.
pub(super) fn all() -> impl Iterator<Item = Color> {
    let lines = (0..=GRADES).map(grade).chain(CATEGORIES).chain([BLUE, ORANGE]);
    lines.flat_map(|color| [color, as_text(color)])
}

fn as_text(color: Color) -> Color {
    color.readable(INK, PAPER, TEXT_CONTRAST)
}

fn grade(step: usize) -> Color {
    Color::along(&RAMP, step as f64 / GRADES as f64)
}

#[cfg(test)]
mod tests {
    use super::super::color::Rgb;
    use super::*;

    #[test]
    fn graded_colours_leave_their_page_with_rank() {
        for of in 2..=9 {
            let colors: Vec<Color> = (0..of).map(|rank| Style::of(SeriesRole::Ordered { rank, of }).color).collect();
            let lights =
                |page: fn(&Color) -> Rgb| colors.iter().map(|color| page(color).luminance()).collect::<Vec<_>>();
            let (paper, dark) = (lights(|color| color.light), lights(|color| color.dark));
            assert!(paper.windows(2).all(|pair| pair[1] < pair[0]), "{of}: {paper:?}");
            assert!(dark.windows(2).all(|pair| pair[1] > pair[0]), "{of}: {dark:?}");
        }
    }

    #[test]
    fn eighteen_names_look_like_no_other() {
        let looks: Vec<Style> = (0..18).map(|rank| Style::of(SeriesRole::Named { rank })).collect();
        for (index, one) in looks.iter().enumerate() {
            assert!(looks[..index].iter().all(|other| (other.color, other.dash) != (one.color, one.dash)), "{index}");
        }
    }
}
