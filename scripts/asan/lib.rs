//! The kernels of longlag and their tests, with the instructions that they interpret and without the rest of the crate.

#![allow(dead_code, reason = "what only the rest of the crate calls")]

#[path = "../../src/compute"]
pub mod compute {
    pub mod ir;
    pub mod kernel;
    pub mod memory;
}
#[path = "../../src/graph/mod.rs"]
pub mod graph;
#[path = "../../src/seed.rs"]
pub mod seed;
