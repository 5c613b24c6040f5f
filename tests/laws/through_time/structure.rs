//! Promises of single cells about how they carry things through time.

use longlag::{
    component::{
        cell::{CellSpec, Eurnn, Lru, Numbers, Tcn, Urnn},
        modifier::{Dilation, InitialState, ModifierSpec, Start},
        task::{Dimensions, Goal},
    },
    model::{ModelSpec, Network},
};

use super::case::{Case, all_read};
use crate::support::relative_error;

/// The last output of a network changes with the inputs in its field, and with no other.
#[test]
fn a_dilated_convolution_sees_what_its_page_says() {
    const STEPS: usize = 34;
    for (kernel_size, layers) in [(2, 1), (2, 3), (3, 1), (3, 3), (5, 2)] {
        let model = ModelSpec {
            cell: CellSpec::Tcn(Tcn { kernel_size, ..Tcn::default() }),
            modifiers: vec![ModifierSpec::Dilation(Dilation { steps: 1, growth: 2 })],
            hidden: 6,
            layers,
            ..ModelSpec::default()
        };
        let dimensions = Dimensions { inputs: 2, goal: Goal::Numbers(3), steps: STEPS };
        // Positive numbers throughout, so that no unit is off.
        let mut case = Case::new(Network::new(&model, dimensions), all_read(dimensions, vec![1.0; 2 * STEPS]));
        case.parameters.iter_mut().for_each(|parameter| *parameter = parameter.abs() + 0.1);
        let last = |case: &Case| {
            let outputs = case.fused(&[]).evaluate(&case.parameters, &case.batch).1;
            outputs[3 * (STEPS - 1)..].to_vec()
        };
        let before = last(&case);
        let field = 2 * (kernel_size - 1) * ((1 << layers) - 1) + 1;
        assert!(field < STEPS, "the test wants longer sequences");
        for distance in 0..STEPS {
            case.batch.input[2 * (STEPS - 1 - distance)] += 1.0;
            let seen = last(&case) != before;
            case.batch.input[2 * (STEPS - 1 - distance)] -= 1.0;
            assert_eq!(seen, distance < field, "kernel {kernel_size}, {layers} layers, {distance} steps back");
        }
    }
}

/// Without input and with biases of 0, modReLU does nothing and the recurrent matrix is all there is.
#[test]
fn unitary_and_orthogonal_matrices_keep_norms() {
    const STEPS: usize = 40;
    let cells = [
        CellSpec::Urnn(Urnn {}),
        CellSpec::Eurnn(Eurnn::default()),
        CellSpec::Eurnn(Eurnn { capacity: 5, numbers: Numbers::Complex }),
        CellSpec::Eurnn(Eurnn { capacity: 1, numbers: Numbers::Real }),
        CellSpec::Eurnn(Eurnn { capacity: 4, numbers: Numbers::Real }),
    ];
    let learned = ModifierSpec::InitialState(InitialState { start: Start::Learned, deviation: 0.0 });
    for cell in cells {
        for hidden in [2, 5, 8] {
            let step = learned.modify(&cell.graph(2, hidden), 0);
            let width = step.nodes[step.output.0].width;
            let mut case = Case::alone(step, STEPS, 1);
            case.batch.input.fill(0.0);
            let of = |name: &str| {
                let named = case.network.parameters.iter().find(|parameter| parameter.name == name);
                named.expect("the cell has it").range()
            };
            let (bias, start) = (of("b_h"), of("h_0"));
            case.parameters[bias].fill(0.0);
            for (unit, value) in case.parameters[start.clone()].iter_mut().enumerate() {
                *value = 1.0 - 0.3 * unit as f64;
            }
            let first = case.parameters[start].to_vec();
            let outputs = case.fused(&[]).evaluate(&case.parameters, &case.batch).1;
            let norm = |state: &[f64]| state.iter().map(|h| h * h).sum::<f64>().sqrt();
            for (t, state) in outputs.chunks(width).enumerate() {
                let error = (norm(state) / norm(&first) - 1.0).abs();
                assert!(error <= 1e-9, "{cell:?} of {hidden} units, step {t}: {error:e}");
                assert!(relative_error(state, &first) >= 1e-3, "{cell:?} does not move");
            }
        }
    }
}

/// More layers of rotations than units, and an empty ring.
#[test]
fn cells_say_what_does_not_fit() {
    let eurnn = CellSpec::Eurnn(Eurnn { capacity: 5, numbers: Numbers::Real });
    assert!(eurnn.misfit(3, 4).is_some_and(|misfit| misfit.setting == ["capacity"]));
    assert_eq!(eurnn.misfit(3, 5), None);
    let lru = CellSpec::Lru(Lru { min_radius: 0.9, max_radius: 0.9, ..Lru::default() });
    assert!(lru.misfit(3, 5).is_some_and(|misfit| misfit.setting == ["min-radius"]));
    assert!(CellSpec::Urnn(Urnn {}).misfit(3, 2049).is_some());
    for cell in CellSpec::all() {
        assert_eq!(cell.misfit(3, 5), None, "{cell:?}");
    }
}
