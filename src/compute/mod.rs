//! What computes: kernels with the same bits on every processor, and what turns graphs and formulae of matrices into calls of them.

pub mod ir;
pub mod kernel;
pub mod linalg;
pub mod lower;
pub mod matrix;
