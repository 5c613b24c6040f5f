//! The cells that laws walk over.

use longlag::{
    activation::ActivationSpec,
    cell::{CellSpec, Elman, Gru, ResetGate, ResidualElman},
};

/// Every registered cell, in every variant of its settings that changes its graph.
pub fn variants() -> Vec<CellSpec> {
    let mut cells = CellSpec::all();
    for activation in ActivationSpec::all() {
        cells.push(CellSpec::Elman(Elman { activation: activation.clone() }));
        cells.push(CellSpec::ResidualElman(ResidualElman { activation, epsilon: 0.5 }));
    }
    cells.push(CellSpec::Gru(Gru { reset: ResetGate::BeforeMatrix }));
    let mut distinct: Vec<CellSpec> = vec![];
    for cell in cells {
        if !distinct.contains(&cell) {
            distinct.push(cell);
        }
    }
    distinct
}
