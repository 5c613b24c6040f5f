//! The cells that laws walk over.

use longlag::component::{
    activation::{ActivationSpec, Sigmoid},
    cell::{
        Antisymmetric, Candidate, CellSpec, CoRnn, Damping, Elman, Eurnn, FastRnn, GateInputs, Gru, GruGates, Janet,
        LiGru, Lstm1997, LstmAblated, LstmCoupled, LstmPart, Mgu, MinGru, MinLstm, Normalization, Numbers, ResetGate,
        ResidualElman, Rhn, Scrn, Squashing, Tcn,
    },
};

/// Every registered cell, in every variant of its settings that changes its graph.
pub fn variants() -> Vec<CellSpec> {
    let mut cells = CellSpec::all();
    for activation in ActivationSpec::all() {
        cells.push(CellSpec::Elman(Elman { activation: activation.clone() }));
        cells.push(CellSpec::ResidualElman(ResidualElman { activation, epsilon: 0.5 }));
    }
    cells.extend(gated());
    cells.push(CellSpec::Antisymmetric(Antisymmetric { gated: true, ..Antisymmetric::default() }));
    cells.push(CellSpec::CoRnn(CoRnn { damping: Damping::Implicit, ..CoRnn::default() }));
    cells.push(CellSpec::Eurnn(Eurnn { capacity: 3, numbers: Numbers::Real }));
    cells.push(CellSpec::Tcn(Tcn { kernel_size: 3, ..Tcn::default() }));
    let mut distinct: Vec<CellSpec> = vec![];
    for cell in cells {
        if !distinct.contains(&cell) {
            distinct.push(cell);
        }
    }
    distinct
}

/// The settings of gated cells that change their graphs.
fn gated() -> Vec<CellSpec> {
    let mut cells = vec![
        CellSpec::Lstm1997(Lstm1997 { squashing: Squashing::Tanh, gate_recurrence: false }),
        CellSpec::Lstm1997(Lstm1997 { gate_recurrence: true, ..Lstm1997::default() }),
        CellSpec::LstmCoupled(LstmCoupled { peepholes: false }),
        CellSpec::Janet(Janet { beta: 0.0 }),
        CellSpec::FastRnn(FastRnn { activation: ActivationSpec::Sigmoid(Sigmoid {}) }),
        CellSpec::LiGru(LiGru { normalization: Normalization::None, ..LiGru::default() }),
        CellSpec::Rhn(Rhn { depth: 1, coupled: false }),
        CellSpec::Rhn(Rhn { depth: 2, coupled: false }),
        CellSpec::MinGru(MinGru { candidate: Candidate::Positive }),
        CellSpec::MinLstm(MinLstm { candidate: Candidate::Positive }),
        CellSpec::Scrn(Scrn { context: 3, trained: true, ..Scrn::default() }),
    ];
    for without in LstmPart::ALL {
        for peepholes in [true, false] {
            cells.push(CellSpec::LstmAblated(LstmAblated { without, peepholes }));
        }
    }
    for gate_inputs in [GateInputs::All, GateInputs::StateAndBias, GateInputs::State, GateInputs::Bias] {
        for reset in [ResetGate::AfterMatrix, ResetGate::BeforeMatrix] {
            cells.push(CellSpec::Gru(Gru { reset, gate_inputs, ..Gru::default() }));
        }
        cells.push(CellSpec::Mgu(Mgu { gate_inputs }));
    }
    for gates in [GruGates::UpdateOnly, GruGates::ResetOnly] {
        cells.push(CellSpec::Gru(Gru { gates, ..Gru::default() }));
    }
    cells.push(CellSpec::Gru(Gru { gates: GruGates::ResetOnly, reset: ResetGate::BeforeMatrix, ..Gru::default() }));
    cells
}
