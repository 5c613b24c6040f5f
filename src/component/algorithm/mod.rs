//! Training algorithms: ways from the parameters before an update to those after it.

mod gradient_descent;
mod random_guessing;

pub use self::{
    gradient_descent::GradientDescent,
    random_guessing::{Keep, RandomGuessing},
};
use crate::registry;

/// A way from the parameters before an update to those after it.
pub trait Algorithm: std::fmt::Debug {
    /// Whether an update follows a gradient. Otherwise all that acts on one has no effect: regularizers, clips, the optimizer, its
    /// schedule, rules for what passes back through time.
    fn takes_gradient(&self) -> bool;
}

registry! {
    /// The way from the parameters before an update to those after it.
    pub enum AlgorithmSpec: Algorithm {
        "gradient-descent" => GradientDescent(GradientDescent),
        "random-guessing" => RandomGuessing(RandomGuessing),
    }
}

impl Default for AlgorithmSpec {
    fn default() -> Self {
        Self::GradientDescent(GradientDescent {})
    }
}
