//! A figure of named estimates below each other as plain data.

use super::heatmap::HeatmapCell;

/// One estimate with its interval per row, and beside it what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct DotPlot {
    pub title: String,
    /// How to read the marks, in a sentence or two below the title.
    pub subtitle: String,
    /// What the horizontal axis, from 0 to 1, stands for.
    pub x: String,
    /// What the columns of cells are; none where there are no cells.
    pub columns: Vec<String>,
    /// From top to bottom.
    pub rows: Vec<DotRow>,
    /// Sentences below the rows.
    pub notes: Vec<String>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct DotRow {
    pub label: String,
    /// Between 0 and 1.
    pub value: f64,
    /// The interval's ends; absent where there is none.
    pub interval: Option<(f64, f64)>,
    /// Whether the value rests on all that it should; otherwise it is drawn as an open marker.
    pub complete: bool,
    /// One for each column; absent where nothing is stored.
    pub cells: Vec<Option<HeatmapCell>>,
}
