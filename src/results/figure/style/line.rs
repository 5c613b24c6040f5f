//! Widths of lines and patterns of dashes, in points.

/// The width of a line.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Stroke(f64);

impl Stroke {
    /// The width in points.
    pub fn points(self) -> f64 {
        self.0
    }
}

/// The lengths of a dash and of the gap after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dash {
    on: f64,
    off: f64,
}

impl Dash {
    /// The lengths in points: of the dash, and of the gap.
    pub fn points(self) -> (f64, f64) {
        (self.on, self.off)
    }
}

const fn dash(on: f64, off: f64) -> Dash {
    Dash { on, off }
}

/// Short ticks, leaders from a label to its line.
pub const HAIRLINE: Stroke = Stroke(0.5);
/// The grid behind the data, and a cell without content.
pub const GRID_LINE: Stroke = Stroke(0.6);
/// Axes and the edges of panels.
pub const AXIS_LINE: Stroke = Stroke(0.7);
/// The line between two markers.
pub const JOIN: Stroke = Stroke(0.8);
/// A reference, such as the chance level.
pub const REFERENCE: Stroke = Stroke(0.8);
/// The edge of an open marker.
pub const OUTLINE: Stroke = Stroke(0.9);
/// The bar of a marked point.
pub const BAR: Stroke = Stroke(1.0);
/// The line that an estimate is held against.
pub const BOUND_LINE: Stroke = Stroke(1.0);
/// A line of data.
pub const CURVE: Stroke = Stroke(1.15);
/// A cross where a line stops.
pub const CROSS: Stroke = Stroke(1.2);
/// An interval along a row, and a group of methods that are not told apart.
pub const INTERVAL: Stroke = Stroke(1.3);
/// A bar that joins what is not told apart.
pub const GROUP_LINE: Stroke = Stroke(2.2);
/// An edge that separates, such as that of a row of cells.
pub const EDGE: Stroke = Stroke(0.4);
/// Paper around a cross.
pub const HALO: Stroke = Stroke(2.6);

/// References.
pub const DOTTED: Dash = dash(1.0, 1.6);
/// Lines to what is only a bound.
pub const FINE_DOTTED: Dash = dash(1.4, 2.0);
/// Series after the first ones of their colours.
pub(super) const DASHES: [Dash; 2] = [dash(3.2, 1.8), dash(1.2, 1.6)];
