//! Cells and activations as equations: from a text to a step graph, and back.
//!
//! The notation is the field's. Statements stand on lines of their own:
//!
//! ```text
//! z  = sigmoid(W_z x + U_z h + b_z)        # a capital letter is a trained matrix, applied to the vector behind it
//! c  = tanh(W_c x + U_c (z * h) + b_c)     # b… is a trained vector, * works unit by unit
//! h' = (1 - z) * h + z * c                 # h' is what the state h becomes
//! ```
//!
//! A text is read in three steps: to a syntax tree (`parse` in this room), to a [`Program`] for given sizes, in which
//! the width of every vector is known, and from there into a [`Builder`](crate::graph::Builder) by [`Program::write`]. Every mistake
//! is found before the last step, with the bytes of the text that are to blame. [`print`](fn@print) goes the other way.

mod calls;
mod fault;
mod finish;
mod functions;
mod lower;
mod names;
mod operators;
mod parameters;
mod parse;
mod print;
mod program;
mod read;
mod source;
mod states;
mod syntax;
mod token;
mod width;
mod write;

#[cfg(test)]
mod tests;

pub use self::{
    fault::{Fault, Part},
    functions::Functions,
    print::{Printed, Sized, print, print_value},
    program::Program,
    source::{MAX_NODES, Source, Value},
    token::MAX_TEXT,
};
