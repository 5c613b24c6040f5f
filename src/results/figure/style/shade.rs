//! The shades of cells.

use super::color::Color;
use super::palette::{FULL_SHADES, INK, PALE_SHADES, PAPER};

/// The number of steps from the palest to the fullest.
const STEPS: usize = 20;
/// Steps from here on are full.
const FULL_FROM: usize = 14;

/// The shade of a share between 0 and 1, in steps, and the colour of text upon it. The middle, on which no text is read well, is left
/// out.
pub fn shade(share: f64) -> (Color, Color) {
    step((share.clamp(0.0, 1.0) * STEPS as f64).round() as usize)
}

/// All shades, with the colour of text upon each.
pub(super) fn all() -> impl Iterator<Item = (Color, Color)> {
    (0..=STEPS).map(step)
}

fn step(step: usize) -> (Color, Color) {
    if step < FULL_FROM {
        return (Color::along(&PALE_SHADES, step as f64 / (FULL_FROM - 1) as f64), INK);
    }
    (Color::along(&FULL_SHADES, (step - FULL_FROM) as f64 / (STEPS - FULL_FROM) as f64), PAPER)
}
