//! Pointwise nonlinearities, written in the graph's notation.

mod elu;
mod leaky_relu;
mod relu;
mod sigmoid;
mod tanh;

pub use self::{elu::Elu, leaky_relu::LeakyRelu, relu::Relu, sigmoid::Sigmoid, tanh::Tanh};
use crate::{graph::Expr, registry};

/// A nonlinearity f, applied to each unit.
pub trait Activation: std::fmt::Debug {
    /// f(x).
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g>;

    /// Points where the derivative jumps; the laws keep away from them.
    fn kinks(&self) -> &'static [f64] {
        &[]
    }
}

registry! {
    /// A pointwise nonlinearity.
    pub enum ActivationSpec: Activation {
        "tanh" => Tanh(Tanh),
        "relu" => Relu(Relu),
        "sigmoid" => Sigmoid(Sigmoid),
        "leaky-relu" => LeakyRelu(LeakyRelu),
        "elu" => Elu(Elu),
    }
}

impl Default for ActivationSpec {
    fn default() -> Self {
        Self::Tanh(Tanh {})
    }
}
