//! Figures and the pictures that they draw.

use super::drawing::Drawing;
use crate::results::table::Results;

/// The most panels of a chart that is drawn unasked: more than a page of them is for who asks.
pub(super) const MOST_PANELS: usize = 24;

/// The most rows of a list that is drawn unasked.
pub(super) const MOST_ROWS: usize = 80;

/// A picture of results.
pub trait Figure {
    /// Whether a plan has what it draws, and whether that says something there. It follows from the arms, the claims and what is tuned
    /// alone, whatever is stored: `check` asks before any training, and a report for each figure where the suite names none.
    ///
    /// # Errors
    /// When nothing that the plan can give will be drawn.
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw>;

    /// The pictures of the figure; some results need several.
    ///
    /// # Errors
    /// When the results hold nothing to draw.
    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw>;

    /// Whether it says something of a suite that searches, where few trials are alike.
    fn is_of_search(&self) -> bool {
        false
    }

    /// Whether it averages or ranks arms over tasks, which a search tries for each arm where its outcomes lead.
    fn averages_over_tasks(&self) -> bool {
        false
    }

    /// Whether it draws measurements of probes: for all others these need not be read.
    fn reads_probes(&self) -> bool {
        false
    }
}

/// Refuses a figure that averages over tasks of a suite that searches: each arm is tried at lengths of its own there.
///
/// # Errors
/// When it is such a figure and such a suite.
pub fn refuse_averages_of_searches(figure: &dyn Figure, results: &Results) -> Result<(), NothingToDraw> {
    match &results.circumstances.reach {
        Some(found) if figure.averages_over_tasks() => Err(NothingToDraw(format!(
            "a search tries each arm at another {}, over which nothing can be averaged; see the figures `reach` and `psychometric`",
            found.name
        ))),
        _ => Ok(()),
    }
}

/// Whether a figure that a plan can give says something there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// A report draws it where the suite names no figures.
    Telling,
    /// A report draws it where the suite names it.
    OnRequest,
}

impl Fit {
    /// Telling where `telling`, on request otherwise.
    pub(super) fn telling(telling: bool) -> Self {
        if telling { Self::Telling } else { Self::OnRequest }
    }
}

/// A drawing with what a report says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The stem of its files, such as `learning-curves`; unique among the drawings of one figure.
    pub name: String,
    /// The heading above the drawing, as plain text.
    pub title: String,
    /// The few sentences that say how to read it.
    pub caption: String,
    /// The data of the drawing.
    pub drawing: Drawing,
}

/// The reason why there is nothing to draw, and what would change that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NothingToDraw(pub String);
