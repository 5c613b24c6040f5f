//! Arenas to test kernels in: values of random shapes amid poison.

use crate::compute::kernel::{Isa, PANEL, Place, Track, lanes::Real};

/// The sets that this processor has.
pub(crate) fn sets() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.available())
}

/// Whether two numbers have the same bits; all NaNs count as one.
pub(crate) fn same<E: Real>(a: E, b: E) -> bool {
    let (a, b) = (a.widen(), b.widen());
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// SplitMix64.
pub(crate) struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of 0 to `count` − 1.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// One of a slice.
    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A number; where `wild`, at times one at the edge of what there is.
    pub fn number<E: Real>(&mut self, wild: bool) -> E {
        if wild && self.below(24) == 0 {
            return E::narrow(self.of(&[0.0, -0.0, 1e-40, -3e-45, 1e-310, f64::INFINITY, f64::NAN, 3e38, 1e-20]));
        }
        E::narrow((self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0)
    }

    pub fn numbers<E: Real>(&mut self, count: usize, wild: bool) -> Vec<E> {
        (0..count).map(|_| self.number(wild)).collect()
    }
}

/// The layout of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Layout {
    /// In panels, with a gap between them.
    Panels,
    /// Row after row.
    Rows,
    /// Row after row of fewer than 16 columns.
    Raw,
    /// One row for all rows.
    Broadcast,
    /// One line for everything.
    Line,
}

/// An arena full of poison, with values in it.
pub(crate) struct Scene<E> {
    pub random: Random,
    pub arena: Vec<E>,
    poison: E,
    wild: bool,
}

impl<E: Real> Scene<E> {
    pub fn new(seed: u64, poison: f64) -> Self {
        let mut random = Random(seed);
        let wild = random.below(3) == 0;
        Self { random, arena: Vec::new(), poison: E::narrow(poison), wild }
    }

    /// A value at each of `steps` steps.
    pub fn track(&mut self, layout: Layout, steps: usize, rows: usize, width: usize) -> Track {
        let gap = self.random.below(40);
        self.arena.resize(self.arena.len() + gap, self.poison);
        let gap = self.random.below(2) * PANEL;
        let padded = width.next_multiple_of(PANEL);
        let (line, panel) = match layout {
            Layout::Panels => (PANEL, rows * PANEL + gap),
            Layout::Rows => (padded + gap, PANEL),
            Layout::Raw if width < PANEL => (width, 0),
            Layout::Raw => (PANEL, rows * PANEL),
            Layout::Broadcast => (0, PANEL),
            Layout::Line => (0, 0),
        };
        let place = Place { start: self.arena.len(), line, panel };
        let raw = matches!(layout, Layout::Raw) && width < PANEL;
        let step = place.end(rows, if raw { width } else { padded }) - place.start + gap;
        // A raw value at the very end: reading a whole panel of its last row would leave the arena.
        self.arena.resize(place.start + steps * step - if raw && steps > 0 { gap } else { 0 }, self.poison);
        for t in 0..steps {
            for r in 0..rows {
                for n in 0..width {
                    let number = self.random.number(self.wild);
                    self.arena[place.index(r, n) + t * step] = number;
                }
            }
        }
        Track { place, step, width }
    }

    pub fn value(&mut self, layout: Layout, rows: usize, width: usize) -> Place {
        self.track(layout, 1, rows, width).place
    }

    pub fn numbers(&mut self, count: usize) -> Vec<E> {
        self.random.numbers(count, self.wild)
    }

    pub fn size(&mut self, most: usize) -> usize {
        if self.random.below(3) == 0 { self.random.of(&[1, 2, 15, 16, 17]) } else { 1 + self.random.below(most) }
    }
}
