//! Where a matrix lies in a flat buffer.

/// A matrix stored in panels of 16 columns: element (row, column) lies at `start + (column / 16) · panel + row · line +
/// column % 16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub start: usize,
    pub line: usize,
    pub panel: usize,
}
