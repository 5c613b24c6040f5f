//! Laws of the step graph's operations and of every registered activation, by the reference engine.

mod activations;
mod arithmetic;
mod derivatives;
mod functions;
mod pointwise;
mod selection;
#[path = "../support/mod.rs"]
mod support;
mod through_time;
#[path = "../support/variants.rs"]
mod variants;
