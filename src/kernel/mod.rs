//! Kernels of the fused engine: matrix products, elementary functions, pointwise programs, sums.
//!
//! Each is written once, generic over [`lanes::Lanes`], and gives the same bits on every instruction set: sums run in an order
//! that does not depend on the width of vectors. This is the only place with `unsafe` code.
#![allow(unsafe_code)]

mod isa;
pub(crate) mod lanes;
mod matrices;
mod outer;
mod packed;
mod place;
mod product;
mod sums;
mod versions;

pub use isa::Isa;
pub use matrices::MatrixKernels;
pub use outer::outer;
pub use packed::{Lines, Packed, unpack, unpack_transposed};
pub use place::{PANEL, Place, Track};
pub use product::{Term, product};
pub use sums::{all_finite, sum_of_squares, sum_rows};
