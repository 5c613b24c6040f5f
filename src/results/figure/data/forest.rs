//! A figure of estimates against their bounds as plain data.

use super::chart::Scale;

/// Groups of estimates, each with an axis of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    pub title: String,
    /// The sentence or two below the title that say how to read the marks.
    pub subtitle: String,
    /// The groups from top to bottom.
    pub groups: Vec<ForestGroup>,
    /// Sentences below the groups.
    pub notes: Vec<String>,
}

/// Estimates in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestGroup {
    /// The name of what is estimated, below its axis.
    pub unit: String,
    /// The spacing of values along the axis; a linear one has 0.
    pub scale: Scale,
    /// Values that must lie on the axis.
    pub include: Vec<f64>,
    /// The rows from top to bottom.
    pub rows: Vec<ForestRow>,
}

/// A named estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestRow {
    pub label: String,
    /// The estimate; without one the row has its label and its numbers alone.
    pub value: Option<f64>,
    /// The ends of the interval; an infinite one runs to the edge, with an arrow on a logarithmic axis.
    pub interval: Option<(f64, f64)>,
    /// Where the estimate is held against: a short line each.
    pub bounds: Vec<f64>,
    pub mark: ForestMark,
    /// The estimate in digits.
    pub numbers: String,
    /// The word at the end of the row.
    pub word: String,
}

/// The looks of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForestMark {
    /// A filled circle.
    For,
    /// A filled diamond in the colour of what went wrong.
    Against,
    /// An open circle.
    Open,
}
