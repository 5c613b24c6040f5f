//! Kernels of the fused engine: matrix products, elementary functions, pointwise programs, sums.
//!
//! Each is written once, generic over [`lanes::Lanes`], and gives the same bits on every instruction set: sums run in an order
//! that does not depend on the width of vectors. This is the only place with `unsafe` code.
#![allow(unsafe_code)]

mod isa;
pub(crate) mod lanes;
mod versions;

pub use isa::Isa;
