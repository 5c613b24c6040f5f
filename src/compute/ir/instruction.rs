//! One step of a program.

use super::Operation;

/// A place that numbers are read from and written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Scratch of a chunk's size: keeps a value from one instruction to the next, not from one chunk to the next.
    Local(usize),
    /// The i-th place bound at a run.
    Operand(usize),
}

/// `to` ← `operation` of `from`, number by number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instruction {
    /// The operation on its operands.
    pub operation: Operation,
    /// The slot that is written.
    pub to: Slot,
    /// a, b and c; only the first [`Operation::arity`] count.
    pub from: [Slot; 3],
}

impl Instruction {
    /// An instruction with as many sources as its operation reads.
    ///
    /// # Panics
    ///
    /// With another number of sources.
    pub fn new(operation: Operation, to: Slot, from: &[Slot]) -> Self {
        assert_eq!(from.len(), operation.arity(), "{operation:?} reads {} numbers", operation.arity());
        let mut sources = [to; 3];
        sources[..from.len()].copy_from_slice(from);
        Self { operation, to, from: sources }
    }

    /// The sources that count.
    pub(crate) fn sources(&self) -> &[Slot] {
        &self.from[..self.operation.arity()]
    }
}
