//! What several law tests share.

use longlag::{
    activation::ActivationSpec,
    cell::{CellSpec, Elman, Gru, ResetGate, ResidualElman},
};

/// ‖got − wanted‖ / ‖wanted‖; NaN if an entry is NaN, so that no bound holds.
pub fn relative_error(got: &[f64], wanted: &[f64]) -> f64 {
    assert_eq!(got.len(), wanted.len());
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut got.iter().zip(wanted).map(|(a, b)| a - b)) / norm(&mut wanted.iter().copied()).max(1e-300)
}

/// Every registered cell, in every variant of its settings that changes its graph.
pub fn every_cell() -> Vec<CellSpec> {
    let mut cells = CellSpec::all();
    for activation in ActivationSpec::all() {
        cells.push(CellSpec::Elman(Elman { activation: activation.clone() }));
        cells.push(CellSpec::ResidualElman(ResidualElman { activation, epsilon: 0.5 }));
    }
    cells.push(CellSpec::Gru(Gru { reset: ResetGate::BeforeMatrix }));
    cells
}
