//! Figures as plain data: the content of a drawing without its looks.

pub mod chart;
pub mod dot_plot;
pub mod forest;
pub mod heatmap;
pub mod rank_diagram;
