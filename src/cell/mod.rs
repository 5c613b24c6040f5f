//! Recurrent cells: each is its step graph and its page, nothing more.

mod elman;
mod gru;
mod lstm;
mod residual_elman;
mod ugrnn;

pub use self::{
    elman::Elman,
    gru::{Gru, ResetGate},
    lstm::Lstm,
    residual_elman::ResidualElman,
    ugrnn::Ugrnn,
};
use crate::{
    activation::ActivationSpec,
    graph::{Builder, Graph},
    registry,
};

/// A recurrent cell. Parameter names follow one pattern: `w_x…` for matrices on the input, `w_h…` for matrices on the
/// state, `b_…` for biases, ended by the letter of the gate.
pub trait Cell: std::fmt::Debug {
    /// Writes one step.
    fn step(&self, graph: &Builder);

    /// The activations in it, whose kinks the derivative laws keep away from.
    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![]
    }
}

impl dyn Cell {
    /// The step for an input of `inputs` units and `hidden` units of state.
    pub fn graph(&self, inputs: usize, hidden: usize) -> Graph {
        let builder = Builder::new(inputs, hidden);
        self.step(&builder);
        builder.finish()
    }
}

registry! {
    /// A recurrent cell.
    pub enum CellSpec: Cell {
        "elman" => Elman(Elman),
        "lstm" => Lstm(Lstm),
        "gru" => Gru(Gru),
        "residual-elman" => ResidualElman(ResidualElman),
        "ugrnn" => Ugrnn(Ugrnn),
    }
}

impl Default for CellSpec {
    fn default() -> Self {
        Self::Elman(Elman::default())
    }
}
