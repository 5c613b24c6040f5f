//! Dense matrices: products, inverses and exponentials with their derivatives, at the speed of the matrix kernels.
//!
//! A function of matrices is written once, as a [`Formula`]; an [`Evaluator`] computes it and, by the chain rule on what it kept,
//! the gradient. It works in f32 to train and in f64 to test, with the same bits on every instruction set: products are summed by
//! the kernels' rules, everything else is plain operations in one order.

mod evaluator;
mod exponential;
mod formula;
mod inverse;
mod orthogonal;
mod workspace;

pub use self::{
    evaluator::Evaluator,
    formula::{Entry, Formula, Matrix},
    workspace::{Dense, Side, Workspace},
};
