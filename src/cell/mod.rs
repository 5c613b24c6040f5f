//! Recurrent cells: each is its step graph and its page, nothing more.

mod block;
mod cfn;
mod elman;
mod fast_grnn;
mod fast_rnn;
mod gru;
mod janet;
mod li_gru;
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
mod scrn;
mod ugrnn;

pub use self::{
    block::GateInputs,
    cfn::Cfn,
    elman::Elman,
    fast_grnn::FastGrnn,
    fast_rnn::FastRnn,
    gru::{Gru, GruGates, ResetGate},
    janet::Janet,
    li_gru::{LiGru, Normalization},
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
    scrn::Scrn,
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
        "fast-rnn" => FastRnn(FastRnn),
        "fast-grnn" => FastGrnn(FastGrnn),
        "li-gru" => LiGru(LiGru),
        "rhn" => Rhn(Rhn),
        "min-gru" => MinGru(MinGru),
        "min-lstm" => MinLstm(MinLstm),
        "scrn" => Scrn(Scrn),
    }
}

impl Default for CellSpec {
    fn default() -> Self {
        Self::Elman(Elman::default())
    }
}
