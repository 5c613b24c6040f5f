//! The cells that laws walk over.

use longlag::{
    activation::ActivationSpec,
    cell::{Antisymmetric, CellSpec, CoRnn, Damping, Elman, Eurnn, Gru, Numbers, ResetGate, ResidualElman, Tcn},
};

/// Every registered cell, in every variant of its settings that changes its graph.
pub fn variants() -> Vec<CellSpec> {
    let mut cells = CellSpec::all();
    for activation in ActivationSpec::all() {
        cells.push(CellSpec::Elman(Elman { activation: activation.clone() }));
        cells.push(CellSpec::ResidualElman(ResidualElman { activation, epsilon: 0.5 }));
    }
    cells.push(CellSpec::Gru(Gru { reset: ResetGate::BeforeMatrix }));
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
