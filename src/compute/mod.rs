//! Computing: kernels with the same bits on every processor, and the compilers of graphs and of formulae of matrices into calls of
//! them.

pub(crate) mod ir;
pub mod kernel;
pub mod linalg;
pub mod lower;
pub mod matrix;
pub(crate) mod memory;
