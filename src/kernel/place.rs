//! Where a value lies in an arena.

/// The columns of a panel: a row of a panel of f32 is one cache line.
pub const PANEL: usize = 16;

/// Where a matrix lies in an arena: in panels of 16 columns.
///
/// Element (row, column) is number `start + (column / 16) · panel + row · line + column % 16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the first element.
    pub start: usize,
    /// From a row to the next.
    pub line: usize,
    /// From a panel to the next.
    pub panel: usize,
}

impl Place {
    /// The number of an element.
    pub fn index(self, row: usize, column: usize) -> usize {
        self.start + column / PANEL * self.panel + row * self.line + column % PANEL
    }

    /// One past the greatest number of an element, or `usize::MAX` where that is beyond counting.
    pub(crate) fn end(self, rows: usize, width: usize) -> usize {
        if rows == 0 || width == 0 {
            return 0;
        }
        let panels = ((width - 1) / PANEL).saturating_mul(self.panel);
        let lines = (rows - 1).saturating_mul(self.line);
        // Columns before the last may lie further on: the last of an earlier panel.
        let within = if width > PANEL { PANEL } else { width };
        self.start.saturating_add(panels).saturating_add(lines).saturating_add(within)
    }
}
