//! Kernel calls, and the loop that makes them.

use super::{Layout, Storage};
use crate::compute::{
    ir::{Call, FactorId, Move, Term as Product},
    kernel::{self, Isa, Number, PANEL, Packed, Program, Run, Scratch, Term},
};

/// One kernel call.
#[derive(Clone, Debug)]
pub enum KernelCall<E> {
    /// to = initial + Σ value · weight.
    Product { to: Storage, initial: Storage, terms: Vec<(Storage, FactorId)> },
    /// Units of values, moved.
    Rearrange { to: Storage, runs: Vec<(Option<Storage>, Run)> },
    /// A pointwise program over `count` numbers.
    Pointwise { program: Program<E>, operands: Vec<Storage>, count: usize },
}

/// The kernel calls for `calls` over places that lie as `layout` says, in order.
///
/// # Panics
///
/// When the processor lacks `isa`.
pub fn compile<E: Number>(isa: Isa, layout: &Layout, calls: &[Call]) -> Vec<KernelCall<E>> {
    let lower = |call: &Call| match call {
        Call::Product { to, initial, terms } => KernelCall::Product {
            to: layout.storage(*to),
            initial: layout.storage(*initial),
            terms: terms.iter().map(|&Product { value, matrix }| (layout.storage(value), matrix)).collect(),
        },
        Call::Rearrange { to, moves } => {
            let runs = moves.iter().map(|&Move { from, first, step, to, count }| {
                (from.map(|from| layout.storage(from)), Run { from: None, first, step, to, count })
            });
            KernelCall::Rearrange { to: layout.storage(*to), runs: runs.collect() }
        }
        Call::Pointwise { instructions, operands, width } => KernelCall::Pointwise {
            program: Program::new(isa, instructions.clone()),
            operands: operands.iter().map(|&operand| layout.storage(operand)).collect(),
            // Panel by panel, columns behind the last included.
            count: layout.rows() * width.next_multiple_of(PANEL),
        },
    };
    calls.iter().map(lower).collect()
}

/// The working memory of executors, kept from one to the next so that making calls allocates nothing. One per thread.
#[derive(Debug)]
pub struct WorkingMemory<E> {
    runs: Vec<Run>,
    starts: Vec<usize>,
    scratch: Scratch<E>,
}

impl<E> Default for WorkingMemory<E> {
    fn default() -> Self {
        Self { runs: vec![], starts: vec![], scratch: Scratch::default() }
    }
}

/// Makes kernel calls on a tile: its arena and the weights.
pub struct Executor<'w, E> {
    pub isa: Isa,
    pub rows: usize,
    pub arena: &'w mut [E],
    packed: &'w [Packed<E>],
    terms: Vec<Term<'w, E>>,
    memory: &'w mut WorkingMemory<E>,
}

impl<'w, E: Number> Executor<'w, E> {
    /// An executor on `arena`, laid out for `rows` rows, whose products multiply by `packed`.
    pub fn new(
        isa: Isa,
        rows: usize,
        arena: &'w mut [E],
        packed: &'w [Packed<E>],
        memory: &'w mut WorkingMemory<E>,
    ) -> Self {
        Self { isa, rows, arena, packed, terms: vec![], memory }
    }

    /// Makes `calls` for step `t`. (Plain loops: adapters of iterators stay calls where the crate is compiled in many units.)
    pub fn run(&mut self, calls: &[KernelCall<E>], t: usize) {
        let WorkingMemory { runs: moved, starts, scratch } = &mut *self.memory;
        for call in calls {
            match call {
                KernelCall::Product { to, initial, terms } => {
                    self.terms.clear();
                    for (value, matrix) in terms {
                        self.terms.push(Term { value: value.place(t), weight: &self.packed[matrix.0] });
                    }
                    kernel::product(self.isa, self.arena, self.rows, to.place(t), initial.place(t), &self.terms);
                }
                KernelCall::Rearrange { to, runs } => {
                    moved.clear();
                    for (from, run) in runs {
                        moved.push(Run { from: from.map(|storage| storage.place(t)), ..*run });
                    }
                    kernel::rearrange(self.arena, self.rows, to.place(t), moved);
                }
                KernelCall::Pointwise { program, operands, count } => {
                    starts.clear();
                    for storage in operands {
                        starts.push(storage.start(t));
                    }
                    program.run(scratch, self.arena, *count, starts);
                }
            }
        }
    }
}
