//! Registered cells and activations as equations: what is printed reads back as the same graph, and trains to the same bits.

use longlag::{
    component::activation::{ActivationSpec, Activations, Formula},
    component::cell::{CellSpec, Equations},
    equations::{Printed, Sized, print, print_value},
    graph::{Builder, Graph},
};

use crate::support::variants::variants;

/// Sizes at which cells are printed.
const SIZES: [[usize; 2]; 4] = [[2, 16], [3, 24], [5, 40], [7, 32]];

fn printed(cell: &CellSpec) -> Printed {
    let sized = |[inputs, hidden]: [usize; 2]| Sized { graph: cell.graph(inputs, hidden), inputs, hidden };
    print(&SIZES.map(sized), &Activations).unwrap_or_else(|| panic!("{cell:?} has no equations"))
}

fn as_equations(cell: &CellSpec) -> CellSpec {
    let Printed { step, output, .. } = printed(cell);
    let [inputs, hidden] = SIZES[0];
    CellSpec::Equations(Equations { step, output, start: cell.laws(inputs, hidden), ..Equations::default() })
}

#[test]
fn every_cell_reads_back_from_its_equations() {
    for cell in variants() {
        let equations = as_equations(&cell);
        for [inputs, hidden] in &SIZES[..1] {
            assert_eq!(equations.misfit(*inputs, *hidden), None, "{cell:?}");
            let [one, other] = [&cell, &equations].map(|cell| cell.graph(*inputs, *hidden).canonical());
            assert_eq!(one, other, "{cell:?}");
        }
    }
}

fn of(activation: &ActivationSpec) -> Graph {
    let builder = Builder::new(5, 5);
    let output = activation.apply(builder.input());
    builder.output(output);
    builder.finish()
}

#[test]
fn every_activation_reads_back_from_its_formula() {
    for activation in ActivationSpec::all() {
        let graph = of(&activation);
        let text = print_value(&graph, &Activations).unwrap_or_else(|| panic!("{activation:?} has no formula"));
        let formula = ActivationSpec::Formula(Formula { of: text.clone(), ..Formula::default() });
        assert!(formula.mistakes().is_empty(), "{text}: {:?}", formula.mistakes());
        assert_eq!(of(&formula).canonical(), graph.canonical(), "{text}");
    }
}
