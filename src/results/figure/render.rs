//! A figure as a file: SVG for papers and browsers, PNG for everything else.

use super::chart::Chart;
use super::dot_plot::DotPlot;
use super::matrix::Matrix;
use super::scene::Scene;
use super::{cells, dots, page, png, svg};

/// What a figure draws. The same drawing gives the same bytes on every machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawing {
    Chart(Box<Chart>),
    DotPlot(DotPlot),
    Matrix(Matrix),
}

/// Why a drawing did not become a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("the built-in typeface of the figures cannot be read; reinstall longlag")]
    Font,
    #[error("the figure cannot be drawn ({0}); report this with the suite that led to it")]
    Backend(String),
}

impl Drawing {
    /// The drawing as SVG, 17 cm wide, on white.
    ///
    /// # Errors
    /// When the drawing library fails, which no data should make it do.
    pub fn svg(&self) -> Result<String, RenderError> {
        svg::svg(&self.scene())
    }

    /// The drawing as PNG, 17 cm wide, on white: at 300 pixels per inch, or as many as make it no larger than a page of A4 has.
    ///
    /// # Errors
    /// When the drawing library fails, which no data should make it do.
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        png::png(&self.scene())
    }

    pub(super) fn scene(&self) -> Scene {
        match self {
            Self::Chart(chart) => page::lay_out(chart),
            Self::DotPlot(plot) => dots::lay_out(plot),
            Self::Matrix(matrix) => cells::lay_out(matrix),
        }
    }
}
