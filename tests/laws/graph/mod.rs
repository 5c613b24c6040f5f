//! Laws of the step graph's operations and of every registered activation, by the reference engine.

mod activations;
mod arithmetic;
mod derivatives;
mod functions;
mod pointwise;
mod precision;
mod selection;
mod through_time;
