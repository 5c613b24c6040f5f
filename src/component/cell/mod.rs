//! Recurrent cells: each is its step graph and its page, nothing more.

mod antisymmetric;
mod block;
mod builder;
mod cfn;
mod clockwork;
mod co_rnn;
mod complex;
mod elman;
mod equations;
mod eurnn;
mod fast_grnn;
mod fast_rnn;
mod goru;
mod gru;
mod ind_rnn;
mod janet;
mod leaky;
mod lem;
mod li_gru;
mod lipschitz;
mod lru;
mod lstm;
mod lstm_1997;
mod lstm_ablated;
mod lstm_coupled;
mod lstm_full_gate_recurrence;
mod lstm_layer_norm;
mod lstm_peephole;
mod mgu;
mod min_gru;
mod min_lstm;
mod minimal_rnn;
mod mut1;
mod mut2;
mod mut3;
mod residual_elman;
mod rhn;
mod rin;
mod rotations;
mod scrn;
mod tcn;
mod ugrnn;
mod unicornn;
mod urnn;

pub use self::{
    antisymmetric::Antisymmetric,
    block::GateInputs,
    builder::{CellBuilder, Laws},
    cfn::Cfn,
    clockwork::Clockwork,
    co_rnn::{CoRnn, Damping},
    elman::Elman,
    equations::Equations,
    eurnn::{Eurnn, Numbers},
    fast_grnn::FastGrnn,
    fast_rnn::FastRnn,
    goru::Goru,
    gru::{Gru, GruGates, ResetGate},
    ind_rnn::IndRnn,
    janet::Janet,
    leaky::Leaky,
    lem::Lem,
    li_gru::{LiGru, Normalization},
    lipschitz::Lipschitz,
    lru::Lru,
    lstm::Lstm,
    lstm_1997::{Lstm1997, Squashing},
    lstm_ablated::{LstmAblated, LstmPart},
    lstm_coupled::LstmCoupled,
    lstm_full_gate_recurrence::LstmFullGateRecurrence,
    lstm_layer_norm::LstmLayerNorm,
    lstm_peephole::LstmPeephole,
    mgu::Mgu,
    min_gru::{Candidate, MinGru},
    min_lstm::MinLstm,
    minimal_rnn::MinimalRnn,
    mut1::Mut1,
    mut2::Mut2,
    mut3::Mut3,
    residual_elman::ResidualElman,
    rhn::Rhn,
    rin::Rin,
    scrn::Scrn,
    tcn::Tcn,
    ugrnn::Ugrnn,
    unicornn::Unicornn,
    urnn::Urnn,
};
use crate::{
    component::{
        activation::ActivationSpec,
        misfit::{Misfit, Mistake},
    },
    graph::Graph,
    registry,
};

/// A recurrent cell. Parameter names follow one pattern: `w_x…` for matrices on the input, `w_h…` for matrices on the
/// state, `b_…` for biases, ended by the letter of the gate.
pub trait Cell: std::fmt::Debug {
    /// Writes one step of the cell into `graph`.
    fn step(&self, graph: &CellBuilder);

    /// The activations of the cell, whose kinks the derivative laws keep away from.
    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![]
    }

    /// Why the cell cannot have an input of `inputs` units and `hidden` units of state.
    fn misfit(&self, inputs: usize, hidden: usize) -> Option<Misfit> {
        let _ = (inputs, hidden);
        None
    }

    /// All that is wrong with an input of `inputs` units and `hidden` units of state.
    fn mistakes(&self, inputs: usize, hidden: usize) -> Vec<Mistake> {
        self.misfit(inputs, hidden).into_iter().map(Mistake::from).collect()
    }
}

impl dyn Cell {
    /// The step graph for an input of `inputs` units and `hidden` units of state.
    pub fn graph(&self, inputs: usize, hidden: usize) -> Graph {
        self.written(inputs, hidden).0
    }

    /// The laws by which some of its parameters start, unless the suite names others for them.
    pub fn laws(&self, inputs: usize, hidden: usize) -> Laws {
        self.written(inputs, hidden).1
    }

    fn written(&self, inputs: usize, hidden: usize) -> (Graph, Laws) {
        let builder = CellBuilder::new(inputs, hidden);
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
        "lstm-1997" => Lstm1997(Lstm1997),
        "lstm-peephole" => LstmPeephole(LstmPeephole),
        "lstm-coupled" => LstmCoupled(LstmCoupled),
        "lstm-ablated" => LstmAblated(LstmAblated),
        "lstm-full-gate-recurrence" => LstmFullGateRecurrence(LstmFullGateRecurrence),
        "lstm-layer-norm" => LstmLayerNorm(LstmLayerNorm),
        "mgu" => Mgu(Mgu),
        "janet" => Janet(Janet),
        "mut1" => Mut1(Mut1),
        "mut2" => Mut2(Mut2),
        "mut3" => Mut3(Mut3),
        "minimal-rnn" => MinimalRnn(MinimalRnn),
        "cfn" => Cfn(Cfn),
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
        "fast-rnn" => FastRnn(FastRnn),
        "fast-grnn" => FastGrnn(FastGrnn),
        "li-gru" => LiGru(LiGru),
        "rhn" => Rhn(Rhn),
        "min-gru" => MinGru(MinGru),
        "min-lstm" => MinLstm(MinLstm),
        "scrn" => Scrn(Scrn),
        "equations" => Equations(Equations),
    }
}

impl Default for CellSpec {
    fn default() -> Self {
        Self::Elman(Elman::default())
    }
}
