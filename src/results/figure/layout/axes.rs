//! The axes that the panels of a chart share.

use super::axis::FittedAxis;
use super::scene::Rect;

/// The axes and the room around the panels of a chart.
pub struct Axes {
    pub x: FittedAxis,
    pub y: FittedAxis,
    /// Width of the room for labels to the right of every panel.
    pub gutter: f64,
    /// Height of the row of texts along the foot of every panel.
    pub footer: f64,
}

impl Axes {
    pub fn x_of(&self, frame: &Rect, value: f64) -> Option<f64> {
        Some(frame.left + frame.width() * self.x.place(value)?)
    }

    /// About how many labels have room along the horizontal axis.
    pub fn x_ticks(&self, frame: &Rect) -> usize {
        ((frame.width() / 28.0) as usize).max(3)
    }

    pub fn y_of(&self, frame: &Rect, value: f64) -> Option<f64> {
        Some(frame.bottom - self.footer - (frame.height() - self.footer) * self.y.place(value)?)
    }
}
