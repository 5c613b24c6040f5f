//! The kernels of longlag and their tests, without the rest of the crate.

#![allow(dead_code)]

#[path = "../../src/kernel/mod.rs"]
pub mod kernel;
