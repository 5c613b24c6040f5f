//! Recurrent cells: each is its step graph and its page, nothing more.

mod antisymmetric;
mod clockwork;
mod co_rnn;
mod complex;
mod elman;
mod eurnn;
mod goru;
mod gru;
mod ind_rnn;
mod leaky;
mod lem;
mod lipschitz;
mod lru;
mod lstm;
mod residual_elman;
mod rin;
mod rotations;
mod tcn;
mod ugrnn;
mod unicornn;
mod urnn;

pub use self::{
    antisymmetric::Antisymmetric,
    clockwork::Clockwork,
    co_rnn::{CoRnn, Damping},
    elman::Elman,
    eurnn::{Eurnn, Numbers},
    goru::Goru,
    gru::{Gru, ResetGate},
    ind_rnn::IndRnn,
    leaky::Leaky,
    lem::Lem,
    lipschitz::Lipschitz,
    lru::Lru,
    lstm::Lstm,
    residual_elman::ResidualElman,
    rin::Rin,
    tcn::Tcn,
    ugrnn::Ugrnn,
    unicornn::Unicornn,
    urnn::Urnn,
};
use crate::{
    activation::ActivationSpec,
    graph::{Builder, Graph},
    modifier::Misfit,
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

    /// Why it cannot be had with an input of `inputs` units and `hidden` units of state.
    fn misfit(&self, inputs: usize, hidden: usize) -> Option<Misfit> {
        let _ = (inputs, hidden);
        None
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
        "rin" => Rin(Rin),
        "leaky" => Leaky(Leaky),
        "ind-rnn" => IndRnn(IndRnn),
        "antisymmetric" => Antisymmetric(Antisymmetric),
        "lipschitz" => Lipschitz(Lipschitz),
        "co-rnn" => CoRnn(CoRnn),
        "unicornn" => Unicornn(Unicornn),
        "lem" => Lem(Lem),
        "urnn" => Urnn(Urnn),
        "eurnn" => Eurnn(Eurnn),
        "goru" => Goru(Goru),
        "lru" => Lru(Lru),
        "clockwork" => Clockwork(Clockwork),
        "tcn" => Tcn(Tcn),
    }
}

impl Default for CellSpec {
    fn default() -> Self {
        Self::Elman(Elman::default())
    }
}
