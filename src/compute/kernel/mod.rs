//! Kernels of the fused engine: matrix products, elementary functions, pointwise programs, sums.
//!
//! Each is written once, generic over the lanes of a vector register, and gives the same bits on every instruction set: sums run in an order
//! that does not depend on the width of vectors. This is the only place with `unsafe` code.
#![allow(unsafe_code)]

mod compiled;
pub mod function;
mod isa;
pub(crate) mod lanes;
pub mod loss;
mod matrices;
mod outer;
mod packed;
mod place;
pub mod pointwise;
mod product;
mod rearrange;
mod sums;
mod unroll;
mod versions;

pub use isa::Isa;
pub use lanes::Real;
pub use matrices::{MatrixKernels, Term};
pub use outer::outer;
pub use packed::{Lines, Packed, transpose_panels, unpack, unpack_transposed};
pub use place::{PANEL, Place, Track};
pub use pointwise::{Instruction, Operation, Program, Relation, Scratch, Slot};
pub use product::product;
pub use rearrange::{Run, rearrange};
pub use sums::{all_finite, sum_of_squares, sum_rows};

/// A number that all kernels work on: f32 to train, f64 to test derivatives.
pub trait Number: MatrixKernels + loss::SoftmaxNumber + loss::SigmoidNumber {}

impl<E: MatrixKernels + loss::SoftmaxNumber + loss::SigmoidNumber> Number for E {}
