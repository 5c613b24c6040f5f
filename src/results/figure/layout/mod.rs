//! Where everything of a figure stands on its page.

mod axes;
mod axis;
pub mod chart;
pub mod dot_plot;
pub mod forest;
pub mod heatmap;
mod labels;
mod line_labels;
mod marker;
mod page;
mod panel;
pub mod rank_diagram;
pub mod scene;
mod trace;
