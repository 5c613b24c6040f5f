//! Figures and the pictures that they draw.

use super::drawing::Drawing;
use crate::results::table::Results;

/// A picture of results.
pub trait Figure {
    /// The pictures of the figure; some results need several.
    ///
    /// # Errors
    /// When the results hold nothing to draw.
    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw>;

    /// Whether it draws measurements of probes: for all others these need not be read.
    fn reads_probes(&self) -> bool {
        false
    }
}

/// A drawing with what a report says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The stem of its files, such as `learning-curves`; unique among the drawings of one figure.
    pub name: String,
    pub title: String,
    /// The few sentences that say how to read it.
    pub caption: String,
    pub drawing: Drawing,
}

/// The reason why there is nothing to draw, and what would change that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NothingToDraw(pub String);
