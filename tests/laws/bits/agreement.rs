//! The fused engine in f32 against the reference in f64: what they differ by is the rounding of the fused engine alone.

use longlag::component::{
    cell::CellSpec,
    parameter::{Parameter, Role},
    task::{Batch, Goal},
};

use super::cases::{Case, Size, case, noise};
use crate::support::{
    engines::{Precision, engines, widened},
    relative_error,
    variants::variants,
};

/// ‖fused − dfdx‖ / ‖dfdx‖. Where a layer has a unit or two, the terms of a gradient may cancel to less than their rounding:
/// that is looked at in f64, below.
const BOUND: f64 = 1e-5;

fn sizes() -> [Size; 5] {
    [
        Size { hidden: 5, batch: 5, steps: 2, layers: 1, goal: Goal::Numbers(2) },
        Size { hidden: 7, batch: 5, steps: 12, layers: 2, goal: Goal::Classes(3) },
        Size { hidden: 33, batch: 32, steps: 17, layers: 1, goal: Goal::Numbers(1) },
        Size { hidden: 128, batch: 5, steps: 8, layers: 1, goal: Goal::Classes(4) },
        Size { hidden: 7, batch: 9, steps: 5, layers: 1, goal: Goal::Bits(3) },
    ]
}

/// The outputs that are read; what stands in the places of the others has no meaning.
fn read<E: Precision>(batch: &Batch, outputs: &[E]) -> Vec<f64> {
    let flags = batch.read_steps().into_iter().flat_map(|t| &batch.read[t * batch.size..][..batch.size]);
    let rows = outputs.chunks(batch.dimensions.goal.width()).zip(flags);
    rows.filter(|(_, read)| **read).flat_map(|(row, _)| widened(row)).collect()
}

#[test]
fn loss_outputs_and_every_gradient_are_those_of_the_reference() {
    for cell in variants() {
        for size in sizes() {
            let Case { network, mut parameters, batch } = case(&cell, size);
            // Halved, no cell makes a difference in the last place grow over the steps: recurrent matrices, and the gains of
            // normalized products, which do not see how large their matrix is.
            let halved = |parameter: &&Parameter| {
                parameter.role == Role::Recurrent || parameter.local_name().starts_with("gain")
            };
            for parameter in network.parameters.iter().filter(halved) {
                parameters[parameter.range()].iter_mut().for_each(|weight| *weight *= 0.5);
            }
            let [(_, mut reference), _] = engines::<f64>(&network);
            let [_, (_, mut fused)] = engines::<f32>(&network);
            let exact: Vec<f64> = parameters.iter().map(|&parameter| f64::from(parameter)).collect();
            let close = |what: &str, got: &[f64], wanted: &[f64]| {
                let error = relative_error(got, wanted);
                assert!(error <= BOUND, "{cell:?}, {size:?}, {what}: {error:e}");
            };
            for noise in [None, Some(&noise())] {
                let wanted = reference.differentiate(&exact, &batch, noise);
                let got = fused.differentiate(&parameters, &batch, noise);
                close("loss", &[got.0], &[wanted.0]);
                close("outputs", &read(&batch, &got.1), &read(&batch, &wanted.1));
                for parameter in &network.parameters {
                    let range = parameter.range();
                    close(&parameter.name, &widened(&got.2[range.clone()]), &wanted.2[range]);
                }
            }
            let wanted = reference.carried_gradients(&exact, &batch);
            let got = fused.carried_gradients(&parameters, &batch);
            assert_eq!(got.len(), wanted.len());
            for (got, wanted) in got.iter().zip(&wanted) {
                assert_eq!((got.layer, &got.state, got.width), (wanted.layer, &wanted.state, wanted.width));
                close(&format!("∂L/∂{}", got.state), &widened(&got.values), &wanted.values);
                close(&format!("earlier ∂L/∂{}", got.state), &got.earlier, &wanted.earlier);
            }
        }
    }
}

#[test]
fn a_single_unit_has_the_reference_s_gradient_in_f64() {
    for cell in variants() {
        let size = Size { hidden: 1, batch: 5, steps: 3, layers: 2, goal: Goal::Numbers(2) };
        let Case { network, parameters, batch } = case(&cell, size);
        let parameters: Vec<f64> = parameters.iter().map(|&parameter| f64::from(parameter)).collect();
        let found = engines::<f64>(&network).map(|(_, mut engine)| engine.differentiate(&parameters, &batch, None));
        let [wanted, got] = found;
        assert!((got.0 - wanted.0).abs() <= 1e-12 * wanted.0.abs(), "{cell:?}: {} for {}", got.0, wanted.0);
        let error = relative_error(&got.2, &wanted.2);
        assert!(error <= 1e-10, "{cell:?}: {error:e}");
    }
}

/// Thousands of terms, which added up one after another in single precision would be off by 1e-5.
#[test]
fn long_losses_are_summed_as_exactly_by_both() {
    for goal in [Goal::Numbers(3), Goal::Classes(5), Goal::Bits(3)] {
        let size = Size { hidden: 6, batch: 128, steps: 60, layers: 1, goal };
        let Case { network, parameters, batch } = case(&CellSpec::default(), size);
        let [wanted, got] = engines::<f32>(&network).map(|(_, mut engine)| engine.evaluate(&parameters, &batch).0);
        let error = (got - wanted).abs() / wanted.abs();
        assert!(error <= 5e-8, "{goal:?}: {error:e}");
    }
}
