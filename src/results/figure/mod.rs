//! Figures: pictures drawn from stored results, never from a training.
//!
//! A figure turns [`Results`](crate::results::table::Results) into plain data ([`Chart`], [`DotPlot`], [`Forest`], [`Heatmap`]), which is
//! laid out and painted as SVG or PNG. The same results give the same bytes on every machine.

mod arrangement;
mod bounds;
mod claims;
mod data;
mod drawing;
mod error;
mod generalization;
mod gradient_by_lag;
mod layout;
mod learning_curves;
mod paint;
mod picture;
mod ranking;
mod registry;
mod sentences;
pub mod style;
mod success;
mod updates_to_target;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod huge;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod readback;

pub use self::{
    claims::Claims,
    data::{
        chart::{Axis, Chart, Panel, Point, ReferenceLine, Scale, Series, SeriesRole, Tick},
        dot_plot::{DotPlot, DotRow},
        forest::{Forest, ForestGroup, ForestMark, ForestRow},
        heatmap::{Heatmap, HeatmapCell, HeatmapRow},
    },
    drawing::Drawing,
    error::RenderError,
    gradient_by_lag::GradientByLag,
    learning_curves::LearningCurves,
    picture::{Figure, NothingToDraw, Picture},
    ranking::{Aggregate, Ranking},
    registry::FigureSpec,
    success::Success,
    updates_to_target::UpdatesToTarget,
};
