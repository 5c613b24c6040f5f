//! The laws: what holds of every registered component, of the engines, and of numbers made elsewhere.
//!
//! One binary, since each one links the whole program. `cargo test --test laws tasks::` runs those of a folder.

mod bits;
mod cells;
mod equations;
mod golden;
mod graph;
mod initializers;
mod package;
mod readme;
mod sources;
mod support;
mod tables;
mod tasks;
mod through_time;
mod training;
