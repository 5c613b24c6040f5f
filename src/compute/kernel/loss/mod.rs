//! Losses that are more than pointwise: the cross-entropy of a softmax, and that of independent bits.

mod bits;
mod panels;
mod softmax;
#[cfg(test)]
mod tests;

pub use bits::{BinaryCrossEntropy, BitRows, SigmoidNumber};
pub use softmax::{CrossEntropy, Rows, SoftmaxNumber};
