//! Pointwise programs: what is done number by number, interpreted over chunks that stay in the first-level cache.
//!
//! A [`Program`] is a list of [`Instruction`]s over [`Slot`]s: places in an arena, bound at each run, and chunk-sized scratch.
//! Every instruction is one call of a compiled kernel for a chunk of [`CHUNK`] numbers, so that interpreting costs a few
//! nanoseconds per instruction and chunk. Results have the same bits on every [`Isa`](super::Isa), for any `count` and however
//! numbers fall into chunks, except that **which** NaN comes out is not promised: the sign and payload of a NaN depend on the
//! order in which a compiler puts the operands of an instruction.
//!
//! ```text
//! // y = tanh(a + b), in place of a.
//! let add = Instruction::new(Operation::Add, Slot::Local(0), &[Slot::Operand(0), Slot::Operand(1)]);
//! let tanh = Instruction::new(Operation::Tanh, Slot::Operand(0), &[Slot::Local(0)]);
//! let program = Program::<f32>::new(isa, vec![add, tanh]);
//! program.run(&mut Scratch::default(), &mut arena, 128, &[at_a, at_b]);
//! ```

mod number;
mod program;
#[cfg(test)]
mod tests;

pub use number::Number;
pub use program::{CHUNK, Program, Scratch};

pub use crate::compute::ir::{Instruction, Operation, Relation, Slot};
