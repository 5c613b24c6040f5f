//! The registered figures and what they have in common.

use super::render::Drawing;
use super::{GradientByLag, LearningCurves, Ranking, Success, UpdatesToTarget};
use crate::registry;
use crate::results::table::Results;

/// A picture of results.
pub trait Figure {
    /// Draws the figure; some results need several pictures.
    ///
    /// # Errors
    /// When the results hold nothing to draw.
    fn draw(&self, results: &Results) -> Result<Vec<Named>, Absent>;
}

/// A drawing with what a report says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The stem of its files, such as `learning-curves`; unique among the drawings of one figure.
    pub name: String,
    pub title: String,
    /// How to read it, in a few sentences.
    pub caption: String,
    pub drawing: Drawing,
}

/// Why there is nothing to draw, and what would change that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Absent(pub String);

registry! {
    /// A figure, as suites name it.
    pub enum FigureSpec: Figure {
        "learning-curves" => LearningCurves(LearningCurves),
        "gradient-by-lag" => GradientByLag(GradientByLag),
        "updates-to-target" => UpdatesToTarget(UpdatesToTarget),
        "success" => Success(Success),
        "ranking" => Ranking(Ranking),
    }
}
