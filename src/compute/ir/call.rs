//! One call of a kernel.

use super::{FactorId, Instruction, Reference};

/// One call of a kernel, for all rows of the batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// to = initial + Σ matrix·value, accumulated in this order.
    Product { to: Reference, initial: Reference, terms: Vec<Term> },
    /// Units of values, moved.
    Rearrange { to: Reference, moves: Vec<Move> },
    /// A pointwise program over values of one width: slot operands are `operands` in order.
    Pointwise { instructions: Vec<Instruction>, operands: Vec<Reference>, width: usize },
}

/// A product of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    pub value: Reference,
    pub matrix: FactorId,
}

/// Neighbouring units of a value that become neighbouring units of another, or zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The value that is read; none for zeros.
    pub from: Option<Reference>,
    /// The first unit that is read.
    pub first: usize,
    /// 1, or 0 for the same unit again and again.
    pub step: usize,
    /// The first unit that is written.
    pub to: usize,
    pub count: usize,
}
