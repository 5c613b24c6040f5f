//! A figure of shaded cells as plain data.

/// A table whose cells are shaded by a share between 0 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Heatmap {
    pub title: String,
    /// The sentence or two below the title that say how to read the cells.
    pub subtitle: String,
    /// The name of what distinguishes the columns, such as `length`.
    pub key: String,
    pub columns: Vec<String>,
    pub rows: Vec<HeatmapRow>,
    /// Sentences below the cells.
    pub notes: Vec<String>,
}

/// A label and a cell per column; without cells the heading of the rows below.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatmapRow {
    pub label: String,
    /// NothingToDraw where nothing is stored.
    pub cells: Vec<Option<HeatmapCell>>,
}

/// A shaded cell.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatmapCell {
    /// Shades the cell, from 0 (white) to 1 (dark).
    pub share: f64,
    /// The main figure, such as `3/5`.
    pub text: String,
    /// The interval, in smaller type beside the figure.
    pub detail: String,
}
