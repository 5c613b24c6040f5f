//! Where the values of a tile lie in its arena, step by step.

use crate::compute::kernel::{PANEL, Place};

/// Where a value lies at each step. Steps take the slots in turn, so that a value that is kept for the backward pass has a slot
/// for every step, and one that is used within the step only has a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    start: usize,
    /// Numbers from one slot to the next.
    size: usize,
    slots: usize,
    /// The slot of step 0.
    shift: usize,
    line: usize,
    panel: usize,
}

impl Home {
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

    /// The home whose place at step t is this one's at step t − `delay`.
    #[inline]
    pub fn delayed(self, delay: usize) -> Self {
        Self { shift: self.shift - delay, ..self }
    }
}

/// Hands out the arena.
#[derive(Debug, Default)]
pub(crate) struct Allocator {
    /// Numbers handed out.
    pub size: usize,
    zeros: Option<Home>,
}

impl Allocator {
    /// A home for [rows, width], with `slots` slots; step 0 has slot `shift`.
    pub fn home(&mut self, rows: usize, width: usize, slots: usize, shift: usize) -> Home {
        let panel = rows * PANEL;
        self.take(width.div_ceil(PANEL) * panel, slots, shift, PANEL, panel)
    }

    /// A home for [rows, width] whose rows lie side by side: what is multiplied by matrices only.
    pub fn narrow(&mut self, rows: usize, width: usize, slots: usize) -> Home {
        self.take(rows * width, slots, 0, width, 0)
    }

    /// A home for one row that stands for every row.
    pub fn row(&mut self, width: usize) -> Home {
        self.take(width.next_multiple_of(PANEL), 1, 0, 0, PANEL)
    }

    /// Zeros for every row and panel of any value, from which products start.
    pub fn zeros(&mut self) -> Home {
        if self.zeros.is_none() {
            self.zeros = Some(self.take(PANEL, 1, 0, 0, 0));
        }
        self.zeros.expect("it was just set")
    }

    fn take(&mut self, size: usize, slots: usize, shift: usize, line: usize, panel: usize) -> Home {
        let start = self.size;
        self.size += (size * slots).next_multiple_of(PANEL);
        Home { start, size, slots, shift, line, panel }
    }
}
