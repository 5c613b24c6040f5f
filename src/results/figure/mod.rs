//! Figures: pictures drawn from stored results, never from a training.
//!
//! A figure turns [`Results`](crate::results::table::Results) into plain data ([`Chart`], [`DotPlot`], [`Matrix`]), which is laid out and painted
//! as SVG or PNG. The same results give the same bytes on every machine.

mod arrangement;
mod cells;
mod chart;
mod dot_plot;
mod dots;
mod font;
mod gradient_by_lag;
mod labels;
mod learning_curves;
mod matrix;
mod page;
mod paint;
mod palette;
mod panel;
mod png;
mod ranking;
mod registered;
mod render;
mod ruler;
mod scene;
mod success;
mod svg;
mod updates_to_target;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod laws;

pub use chart::{Axis, Chart, Panel, Point, Reference, Role, Scale, Series, Tick};
pub use dot_plot::{DotPlot, DotRow};
pub use font::{BOLD, REGULAR};
pub use gradient_by_lag::GradientByLag;
pub use learning_curves::LearningCurves;
pub use matrix::{Cell, Matrix, Row};
pub use ranking::{Aggregate, Ranking};
pub use registered::{Absent, Figure, FigureSpec, Named};
pub use render::{Drawing, RenderError};
pub use success::Success;
pub use updates_to_target::UpdatesToTarget;
