//! The instruction list between graphs and machines: what is computed in which order, over named places, with no word of an
//! instruction set or a memory layout.
//!
//! A graph's nodes are grouped into what one call does (`selection`): sums of matrix products, rearrangements of units, and
//! pointwise operations, which [`schedule`] puts into programs of their own. What is read and written are [`Reference`]s to
//! [`Places`]; matrices are [`Factor`]s. [`Listing`] prints it all. [`lower`](crate::compute::lower) runs it on the CPU; another
//! lowering would start from the same list.

mod bindings;
mod call;
mod factor;
mod instruction;
mod listing;
mod operation;
mod place;
mod schedule;
mod selection;

pub use self::{
    bindings::Bindings,
    call::{Call, Move, Term},
    factor::{Factor, FactorId, Factors},
    instruction::{Instruction, Slot},
    listing::Listing,
    operation::Operation,
    place::{Form, Place, Places, Reference},
    schedule::schedule,
};
pub use crate::graph::Relation;
