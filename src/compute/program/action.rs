//! What a step does, in order.

use super::home::Home;
use crate::compute::kernel::{self, Number, Packed, Program, Run, Scratch, Term};

/// Index of a packed matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pack(pub usize);

/// One kernel call.
#[derive(Debug)]
pub(crate) enum Action<E> {
    /// to = initial + Σ value · weight.
    Product { to: Home, initial: Home, terms: Vec<(Home, Pack)> },
    /// Units of values, moved.
    Rearrange { to: Home, runs: Vec<(Option<Home>, Run)> },
    /// A pointwise program over `count` numbers.
    Pointwise { program: Program<E>, operands: Vec<Home>, count: usize },
}

/// What runs actions on a tile: its arena, the weights, and working memory that is allocated once.
pub(crate) struct Runner<'w, E> {
    pub isa: kernel::Isa,
    pub rows: usize,
    pub arena: &'w mut [E],
    packed: &'w [Packed<E>],
    terms: Vec<Term<'w, E>>,
    runs: Vec<Run>,
    starts: Vec<usize>,
    scratch: Scratch<E>,
}

impl<'w, E: Number> Runner<'w, E> {
    pub fn new(isa: kernel::Isa, rows: usize, arena: &'w mut [E], packed: &'w [Packed<E>]) -> Self {
        Self { isa, rows, arena, packed, terms: vec![], runs: vec![], starts: vec![], scratch: Scratch::default() }
    }

    /// Runs `actions` for step `t`. (Plain loops: adapters of iterators stay calls where the crate is compiled in many units.)
    pub fn run(&mut self, actions: &[Action<E>], t: usize) {
        for action in actions {
            match action {
                Action::Product { to, initial, terms } => {
                    self.terms.clear();
                    for (value, pack) in terms {
                        self.terms.push(Term { value: value.place(t), weight: &self.packed[pack.0] });
                    }
                    kernel::product(self.isa, self.arena, self.rows, to.place(t), initial.place(t), &self.terms);
                }
                Action::Rearrange { to, runs } => {
                    self.runs.clear();
                    for (from, run) in runs {
                        self.runs.push(Run { from: from.map(|home| home.place(t)), ..*run });
                    }
                    kernel::rearrange(self.arena, self.rows, to.place(t), &self.runs);
                }
                Action::Pointwise { program, operands, count } => {
                    self.starts.clear();
                    for home in operands {
                        self.starts.push(home.start(t));
                    }
                    program.run(&mut self.scratch, self.arena, *count, &self.starts);
                }
            }
        }
    }
}
