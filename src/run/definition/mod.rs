//! Definitions of trials: hashes that follow from the computation itself and not from the names of its settings.
//!
//! Where there is a graph or a formula it is hashed as such; what is a function of numbers is hashed by its values at many places.

mod digest;
mod known;
mod network;
mod task;
mod training;

pub(super) use known::Definitions;

#[cfg(test)]
mod tests;
