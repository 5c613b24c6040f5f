//! What figures show as plain data: what is drawn, not how.

pub mod chart;
pub mod dot_plot;
pub mod heatmap;
