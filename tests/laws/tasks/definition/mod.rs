//! Every task's definition, told once more: from the inputs alone, the answer that is due at each step, the earliest input that
//! it depends on, and the draws behind the sequence.

mod keeping;
mod laws;
mod marks;
mod order;
mod read;
mod reading;
mod recall;

pub use self::{
    read::read,
    reading::{Answer, Reading},
};
