//! The kernels of longlag and their tests, without the rest of the crate.

#![allow(dead_code, reason = "what only the rest of the crate calls")]

#[path = "../../src/compute"]
pub mod compute {
    pub mod kernel;
}
