//! Kernels of the fused engine: matrix products, elementary functions, pointwise programs, sums.
//!
//! Each is written once, generic over [`lanes::Lanes`], and gives the same bits on every instruction set: sums run in an order
//! that does not depend on the width of vectors. This is the only place with `unsafe` code.
#![allow(unsafe_code)]

pub mod function;
mod isa;
pub(crate) mod lanes;
pub mod loss;
mod place;
pub mod pointwise;
mod versions;

pub use isa::Isa;
pub use place::Place;
