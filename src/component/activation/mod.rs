//! Pointwise nonlinearities, written in the graph's notation.

mod elu;
mod formula;
mod functions;
mod gelu;
mod gelu_tanh;
mod hard_sigmoid;
mod hard_tanh;
mod identity;
mod leaky_relu;
mod mod_relu;
mod relu;
mod sigmoid;
mod silu;
mod sin;
mod softplus;
mod softsign;
mod tanh;

pub use self::{
    elu::Elu, formula::Formula, functions::Activations, gelu::Gelu, gelu_tanh::GeluTanh, hard_sigmoid::HardSigmoid,
    hard_tanh::HardTanh, identity::Identity, leaky_relu::LeakyRelu, mod_relu::ModRelu, relu::Relu, sigmoid::Sigmoid,
    silu::Silu, sin::Sin, softplus::Softplus, softsign::Softsign, tanh::Tanh,
};
use crate::{
    component::misfit::Mistake,
    graph::{Expr, Relation, select},
    registry,
};

/// A nonlinearity f, applied to each unit.
pub trait Activation: std::fmt::Debug {
    /// f(x), in the graph's notation.
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g>;

    /// Points where the derivative jumps; the laws keep away from them.
    fn kinks(&self) -> Vec<f64> {
        vec![]
    }

    /// The mistakes in its settings beyond what their types tell.
    fn mistakes(&self) -> Vec<Mistake> {
        vec![]
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
        "hard-sigmoid" => HardSigmoid(HardSigmoid),
        "hard-tanh" => HardTanh(HardTanh),
        "softplus" => Softplus(Softplus),
        "softsign" => Softsign(Softsign),
        "gelu" => Gelu(Gelu),
        "gelu-tanh" => GeluTanh(GeluTanh),
        "silu" => Silu(Silu),
        "identity" => Identity(Identity),
        "sin" => Sin(Sin),
        "mod-relu" => ModRelu(ModRelu),
        "formula" => Formula(Formula),
    }
}

impl Default for ActivationSpec {
    fn default() -> Self {
        Self::Tanh(Tanh {})
    }
}

/// max(x, 0), with the derivative 0 at 0; NaN stays NaN.
fn positive(x: Expr<'_>) -> Expr<'_> {
    select(x, Relation::LessOrEqual, 0.0, x.constant(0.0), x)
}

/// |x|, with the derivative −1 at 0: with that of [`positive`] it makes the right one of a smooth function of both.
fn magnitude(x: Expr<'_>) -> Expr<'_> {
    select(x, Relation::LessOrEqual, 0.0, -x, x)
}

/// `inside` where x lies between the `ends`, the `limits` at them and beyond, where the derivative is 0; NaN stays NaN.
fn clamped<'g>(x: Expr<'g>, inside: Expr<'g>, ends: [f64; 2], limits: [f64; 2]) -> Expr<'g> {
    let below = select(x, Relation::LessOrEqual, ends[0], x.constant(limits[0]), inside);
    select(x, Relation::GreaterOrEqual, ends[1], x.constant(limits[1]), below)
}
