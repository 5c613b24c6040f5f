//! A figure as a file: SVG for browsers, PDF for papers, PNG for everything else.

use super::bounds;
use super::data::chart::Chart;
use super::data::dot_plot::DotPlot;
use super::data::forest::Forest;
use super::data::heatmap::Heatmap;
use super::data::rank_diagram::RankDiagram;
use super::error::RenderError;
use super::layout::scene::Scene;
use super::layout::{chart, dot_plot, forest, heatmap, rank_diagram};
use super::paint::{pdf, png, svg};

/// A picture as plain data. The same drawing gives the same bytes on every machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawing {
    /// Panels of curves over one axis.
    Chart(Box<Chart>),
    /// Estimates with their intervals, one row each.
    DotPlot(DotPlot),
    /// Effects of claims with the intervals that decide.
    Forest(Forest),
    /// A grid of coloured cells.
    Heatmap(Heatmap),
    /// Methods along an axis of mean ranks, joined where no test tells them apart.
    RankDiagram(RankDiagram),
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

    /// The drawing as PDF, a page of 17 cm by what it needs, on white, with the typeface embedded.
    ///
    /// # Errors
    /// When the typeface cannot be read.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        pdf::pdf(&self.scene())
    }

    pub(super) fn scene(&self) -> Scene {
        match self {
            Self::Chart(of) => chart::lay_out(&bounds::chart(of)),
            Self::DotPlot(plot) => dot_plot::lay_out(&bounds::dot_plot(plot)),
            Self::Forest(of) => forest::lay_out(&bounds::forest(of)),
            Self::Heatmap(of) => heatmap::lay_out(&bounds::heatmap(of)),
            Self::RankDiagram(of) => rank_diagram::lay_out(&bounds::rank_diagram(of)),
        }
    }
}
