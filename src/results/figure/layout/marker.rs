//! Markers of data points.

use std::f64::consts::FRAC_1_SQRT_2;

use super::scene::{Position, Scene};
use crate::results::figure::style::palette::PAPER;
use crate::results::figure::style::{Color, Marker, OUTLINE};

/// A marker of about the same area whatever its outline; an open one is filled with paper.
pub fn marker(scene: &mut Scene, (x, y): Position, shape: Marker, radius: f64, color: Color, filled: bool) {
    let outline: Vec<Position> = match shape {
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
        scene.line(outline, color, OUTLINE);
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
