//! Losses that are more than pointwise: the cross-entropy of a softmax.

mod softmax;
#[cfg(test)]
mod tests;

pub use softmax::{CrossEntropy, Rows, SoftmaxNumber};
