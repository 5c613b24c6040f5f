//! The looks of every figure, in one place: colours for light and dark pages, lines, dashes, markers and their sizes, type and
//! margins.
//!
//! Nothing else has a colour, a width of a line, a dash or a size of type of its own: they are types whose values only this module
//! can make.

mod color;
pub mod font;
mod line;
mod looks;
pub mod palette;
mod shade;
mod space;
mod theme;
mod type_size;

#[cfg(test)]
mod laws;

pub use color::{Color, Rgb};
pub use line::{
    AXIS_LINE, BAR, BOUND_LINE, CROSS, CURVE, DOTTED, Dash, EDGE, FINE_DOTTED, GRID_LINE, GROUP_LINE, HAIRLINE, HALO,
    INTERVAL, JOIN, OUTLINE, REFERENCE, Stroke,
};
pub use looks::{Marker, Style};
pub use shade::shade;
pub use space::{
    BAND_OPACITY, BODY, DENSE_ROW, FINE, LEADING, MARGIN, MARK, ROW, SMALL, SMALL_MARK, TITLE, VEIL_OPACITY, WIDE_ROW,
    WIDTH,
};
pub use theme::dark_rules;
pub use type_size::TypeSize;
