//! Colours, dashes and markers: told apart by colour-blind readers, and without colour.

use crate::results::figure::data::chart::SeriesRole;

/// sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

pub const INK: Color = Color(0x1f, 0x23, 0x28);
pub const MUTED: Color = Color(0x59, 0x60, 0x68);
pub const AXIS: Color = Color(0x8c, 0x93, 0x9a);
pub const GRID: Color = Color(0xe6, 0xe8, 0xeb);
pub const PAPER: Color = Color(0xff, 0xff, 0xff);
/// Vermillion of Okabe and Ito, darkened for text: what went wrong.
pub const ALARM: Color = Color(0xb0, 0x45, 0x00);

/// Blue, orange and black of Okabe and Ito, <https://jfly.uni-koeln.de/color/>.
const BLUE: Color = Color(0x00, 0x72, 0xb2);
const ORANGE: Color = Color(0xe0, 0x8a, 0x00);

/// Lightness falls evenly along this ramp (the lower part of matplotlib's plasma, reversed), so that grey print keeps the
/// order.
const RAMP: [Color; 5] = [
    Color(0xf2, 0x8f, 0x44),
    Color(0xdb, 0x5c, 0x68),
    Color(0xb8, 0x32, 0x89),
    Color(0x7d, 0x06, 0xa6),
    Color(0x1c, 0x0b, 0x85),
];

/// White to dark blue, for shares from 0 to 1.
const SHADES: [Color; 4] =
    [Color(0xf7, 0xf8, 0xfa), Color(0xc3, 0xdc, 0xee), Color(0x5b, 0xa0, 0xcd), Color(0x0b, 0x4f, 0x8a)];

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
    /// Lengths of dash and gap, in points; absent for a full line.
    pub dash: Option<(f64, f64)>,
    pub marker: Marker,
}

impl Style {
    pub fn of(role: SeriesRole) -> Self {
        match role {
            SeriesRole::Ordered { rank, of } => Self {
                color: along(&RAMP, if of > 1 { rank as f64 / (of - 1) as f64 } else { 1.0 }),
                dash: None,
                marker: [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond][rank % 4],
            },
            SeriesRole::Before => Self { color: ORANGE, dash: Some((3.2, 1.8)), marker: Marker::Square },
            SeriesRole::After | SeriesRole::Sole => Self { color: BLUE, dash: None, marker: Marker::Circle },
        }
    }

    /// The colour of its label: dark enough to read on white.
    pub fn text(&self) -> Color {
        let mut color = self.color;
        while luminance(color) > 0.2 {
            color = mix(color, Color(0, 0, 0), 0.06);
        }
        color
    }
}

/// The shade of a share between 0 and 1, and the colour of text upon it.
pub fn shade(share: f64) -> (Color, Color) {
    let color = along(&SHADES, share);
    (color, if luminance(color) < 0.25 { PAPER } else { INK })
}

fn along(stops: &[Color], share: f64) -> Color {
    let place = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    let index = (place as usize).min(stops.len() - 2);
    mix(stops[index], stops[index + 1], place - index as f64)
}

fn mix(a: Color, b: Color, share: f64) -> Color {
    let channel = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    Color(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

/// Relative luminance, with gamma taken as 2.
fn luminance(color: Color) -> f64 {
    let linear = |channel: u8| f64::from(channel) * f64::from(channel) / (255.0 * 255.0);
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graded_colours_darken_with_rank() {
        for of in 2..=9 {
            let lights: Vec<f64> =
                (0..of).map(|rank| luminance(Style::of(SeriesRole::Ordered { rank, of }).color)).collect();
            assert!(lights.windows(2).all(|pair| pair[1] < pair[0]), "{of}: {lights:?}");
        }
    }

    #[test]
    fn labels_are_readable_on_paper() {
        for role in [SeriesRole::Before, SeriesRole::After, SeriesRole::Ordered { rank: 0, of: 3 }] {
            let contrast = 1.05 / (luminance(Style::of(role).text()) + 0.05);
            assert!(contrast >= 4.0, "{role:?}: {contrast}");
        }
    }
}
