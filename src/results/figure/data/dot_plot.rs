//! A figure of named estimates below each other as plain data.

use super::heatmap::HeatmapCell;

/// One estimate with its interval per row, and beside it what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct DotPlot {
    pub title: String,
    /// The sentence or two below the title that say how to read the marks.
    pub subtitle: String,
    /// The label of the horizontal axis, which runs from 0 to 1.
    pub x: String,
    /// The names of the columns of cells; none where there are no cells.
    pub columns: Vec<String>,
    /// The rows from top to bottom.
    pub rows: Vec<DotRow>,
    /// Sentences below the rows.
    pub notes: Vec<String>,
}

/// A named estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct DotRow {
    pub label: String,
    /// The estimate, between 0 and 1.
    pub value: f64,
    /// The ends of the interval; absent where there is none.
    pub interval: Option<(f64, f64)>,
    /// Whether the value rests on all that it should; otherwise it is drawn as an open marker.
    pub complete: bool,
    /// One for each column; absent where nothing is stored.
    pub cells: Vec<Option<HeatmapCell>>,
}
