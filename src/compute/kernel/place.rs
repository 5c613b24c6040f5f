//! The place of a value in an arena.

/// The columns of a panel: a row of a panel of f32 is one cache line.
pub const PANEL: usize = 16;

/// The place of a matrix in an arena, in panels of 16 columns.
///
/// Element (row, column) is number `start + (column / 16) · panel + row · line + column % 16`. A tile's value has line 16 and
/// panel 16 · rows; a row for all rows has line 0; zeros are one line, with line 0 and panel 0; raw inputs of width w < 16 have
/// line w; a row-major matrix has panel 16 and its width, a multiple of 16, for line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the first element.
    pub start: usize,
    /// The distance from a row to the next.
    pub line: usize,
    /// The distance from a panel to the next.
    pub panel: usize,
}

impl Place {
    /// The number of an element.
    #[inline]
    pub fn index(self, row: usize, column: usize) -> usize {
        self.start + column / PANEL * self.panel + row * self.line + column % PANEL
    }

    /// This place, `distance` numbers on.
    #[inline]
    #[must_use]
    pub fn moved(self, distance: usize) -> Self {
        Self { start: self.start + distance, ..self }
    }

    /// One past the greatest number of an element, or `usize::MAX` where that is beyond counting.
    #[inline]
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

    /// Whether the elements surely are no elements of `other`, which has as many rows.
    #[inline]
    pub(crate) fn is_apart(self, width: usize, other: Self, other_width: usize, rows: usize) -> bool {
        if rows == 0 || width == 0 || other_width == 0 {
            return true;
        }
        if self.end(rows, width) <= other.start || other.end(rows, other_width) <= self.start {
            return true;
        }
        // Interleaved: the rows of a panel of the one between those of the other, or the panels of a row.
        let in_panel = |place: Self, width: usize| (rows - 1) * place.line + width.min(PANEL);
        let in_line = |place: Self, width: usize| (width - 1) / PANEL * place.panel + width.min(PANEL);
        let fits = |stride: usize, of: &dyn Fn(Self, usize) -> usize| {
            let first = self.start.min(other.start);
            let (a, b) = ((self.start - first) % stride, (other.start - first) % stride);
            let (a_end, b_end) = (a + of(self, width), b + of(other, other_width));
            a_end <= stride && b_end <= stride && (a_end <= b || b_end <= a)
        };
        (self.panel == other.panel && self.panel > 0 && fits(self.panel, &in_panel))
            || (self.line == other.line && self.line > 0 && fits(self.line, &in_line))
    }

    /// Whether each element has a number of its own.
    #[inline]
    pub(crate) fn is_injective(self, rows: usize, width: usize) -> bool {
        let panels = width.div_ceil(PANEL);
        let lines = rows <= 1 || self.line >= width.min(PANEL);
        lines
            && (panels <= 1
                || self.panel >= (rows.max(1) - 1) * self.line + PANEL
                || (self.panel >= PANEL && (rows <= 1 || self.line >= (panels - 1) * self.panel + PANEL)))
    }
}

/// A value at each step of a block: at step t it lies at `place`, moved on by t · `step` numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// The place at step 0.
    pub place: Place,
    /// The distance from a step to the next.
    pub step: usize,
    /// The number of columns.
    pub width: usize,
}

impl Track {
    /// One past the greatest number of the elements in the first `width` columns, over all steps.
    #[inline]
    pub(crate) fn end(self, steps: usize, rows: usize, width: usize) -> usize {
        if steps == 0 || rows == 0 || width == 0 {
            return 0;
        }
        self.place.end(rows, width).saturating_add((steps - 1).saturating_mul(self.step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_past_every_element() {
        for (line, panel, rows, width) in
            [(16, 64, 4, 40), (0, 16, 9, 33), (0, 0, 3, 50), (3, 0, 5, 3), (48, 16, 2, 48)]
        {
            let place = Place { start: 7, line, panel };
            let last = (0..rows).flat_map(|r| (0..width).map(move |c| place.index(r, c))).max();
            assert!(last < Some(place.end(rows, width)), "{place:?}");
            assert!(place.end(rows, width.next_multiple_of(PANEL)) <= last.unwrap_or(0) + PANEL, "{place:?}");
        }
        assert_eq!(Place { start: 7, line: usize::MAX, panel: 3 }.end(3, 20), usize::MAX);
    }

    #[test]
    fn places_apart_share_no_element() {
        let places: Vec<Place> = [0, 16, 32, 48, 64, 96, 128]
            .into_iter()
            .flat_map(|start| {
                [(16, 64), (16, 128), (32, 16), (64, 16), (0, 16), (0, 0)].map(|(line, panel)| (start, line, panel))
            })
            .map(|(start, line, panel)| Place { start, line, panel })
            .collect();
        let (rows, width) = (3, 32);
        let elements = |place: Place| -> std::collections::BTreeSet<usize> {
            (0..rows).flat_map(|r| (0..width).map(move |c| place.index(r, c))).collect()
        };
        let mut interleaved = 0;
        for a in &places {
            assert_eq!(a.is_injective(rows, width), elements(*a).len() == rows * width, "{a:?}");
            for b in &places {
                let disjoint = elements(*a).is_disjoint(&elements(*b));
                assert!(disjoint || !a.is_apart(width, *b, width, rows), "{a:?} {b:?}");
                let spans = a.end(rows, width) <= b.start || b.end(rows, width) <= a.start;
                interleaved += usize::from(a.is_apart(width, *b, width, rows) && !spans);
            }
        }
        assert!(interleaved > 0);
    }
}
