//! Where the values of a tile lie in its arena, step by step.

use crate::compute::{
    ir::{self, Form, Places, Reference},
    kernel::{PANEL, Place},
};

/// Where a value lies at each step. Steps take the slots in turn, so that a value that is kept for the backward pass has a slot
/// for every step, and one that is used within the step only has a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    start: usize,
    /// Numbers from one slot to the next.
    size: usize,
    slots: usize,
    /// The slot of step 0.
    shift: usize,
    line: usize,
    panel: usize,
}

impl Storage {
    /// The place at step `t`.
    #[inline]
    pub fn place(self, t: usize) -> Place {
        Place { start: self.start(t), line: self.line, panel: self.panel }
    }

    /// Index in the arena of the first number at step `t`.
    #[inline]
    pub fn start(self, t: usize) -> usize {
        let slot = t + self.shift;
        // Most values have one slot, or one for every step: divisions would be felt.
        let slot = match self.slots {
            1 => 0,
            slots if slot < slots => slot,
            slots => slot % slots,
        };
        self.start + slot * self.size
    }

    /// Numbers from one step to the next, over steps that do not wrap around.
    #[inline]
    pub fn stride(self) -> usize {
        if self.slots == 1 { 0 } else { self.size }
    }

    /// All slots together, as a range of the arena.
    #[inline]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.start + self.slots * self.size
    }

    /// One slot at step `t`, as a range of the arena.
    #[inline]
    pub fn range_at(self, t: usize) -> std::ops::Range<usize> {
        let start = self.start(t);
        start..start + self.size
    }

    /// The storage whose place at step t is this one's at step t − `delay`.
    #[inline]
    #[must_use]
    pub fn delayed(self, delay: usize) -> Self {
        Self { shift: self.shift - delay, ..self }
    }
}

/// Where the places of some calls lie in an arena.
#[derive(Debug)]
pub struct Layout {
    /// By the numbers of the places.
    storage: Vec<Storage>,
    /// Sequences of a tile.
    rows: usize,
    /// Numbers of the arena.
    size: usize,
}

impl Layout {
    /// Room for `places`, one after the other, for `rows` rows.
    pub fn new(places: &Places, rows: usize) -> Self {
        let mut layout = Self { storage: Vec::with_capacity(places.all().len()), rows, size: 0 };
        for place in places.all() {
            let storage = layout.take(place);
            layout.storage.push(storage);
        }
        layout
    }

    /// Sequences of a tile.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Numbers of the arena.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Where `reference` is to.
    pub fn storage(&self, reference: Reference) -> Storage {
        self.storage[reference.place.0].delayed(reference.delay)
    }

    fn take(&mut self, place: &ir::Place) -> Storage {
        let &ir::Place { form, width, slots, shift, .. } = place;
        let panel = self.rows * PANEL;
        let (size, line, panel) = match form {
            Form::Rows => (width.div_ceil(PANEL) * panel, PANEL, panel),
            // Rows side by side, in a single panel.
            Form::Factor => (self.rows * width, width, 0),
            Form::Row => (width.next_multiple_of(PANEL), 0, PANEL),
            // One line for every row and panel.
            Form::Zeros => (PANEL, 0, 0),
        };
        let start = self.size;
        self.size += (size * slots).next_multiple_of(PANEL);
        Storage { start, size, slots, shift, line, panel }
    }
}
