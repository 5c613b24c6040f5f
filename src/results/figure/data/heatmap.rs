//! A figure of shaded cells as plain data.

/// A table whose cells are shaded by a share between 0 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Heatmap {
    pub title: String,
    /// How to read the cells, in a sentence or two below the title.
    pub subtitle: String,
    /// What the columns are, such as `length`.
    pub key: String,
    pub columns: Vec<String>,
    pub rows: Vec<HeatmapRow>,
    /// Sentences below the cells.
    pub notes: Vec<String>,
}

/// One row: a label and a cell per column.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatmapRow {
    pub label: String,
    /// NothingToDraw where nothing is stored.
    pub cells: Vec<Option<HeatmapCell>>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatmapCell {
    /// Shades the cell, from 0 (white) to 1 (dark).
    pub share: f64,
    /// The main figure, such as `3/5`.
    pub text: String,
    /// Smaller, beside it: its interval.
    pub detail: String,
}
