//! The fused engine against the reference in f32.

use longlag::{
    model::Role,
    task::{Batch, Goal},
};

use crate::{
    cases::{Case, Size, case, noise},
    engines::{engines, widened},
    support::relative_error,
    variants::variants,
};

/// ‖fused − dfdx‖ / ‖dfdx‖.
const BOUND: f64 = 1e-5;

fn sizes() -> [Size; 5] {
    [
        Size { hidden: 1, batch: 5, steps: 2, layers: 1, goal: Goal::Numbers(2) },
        Size { hidden: 7, batch: 5, steps: 17, layers: 2, goal: Goal::Classes(3) },
        Size { hidden: 33, batch: 32, steps: 17, layers: 1, goal: Goal::Numbers(1) },
        Size { hidden: 128, batch: 5, steps: 17, layers: 1, goal: Goal::Classes(4) },
        Size { hidden: 7, batch: 9, steps: 5, layers: 1, goal: Goal::Bits(3) },
    ]
}

/// The outputs that are read; what stands in the places of the others has no meaning.
fn read(batch: &Batch, outputs: &[f32]) -> Vec<f64> {
    let flags = batch.read_steps().into_iter().flat_map(|t| &batch.read[t * batch.size..][..batch.size]);
    let rows = outputs.chunks(batch.dimensions.goal.width()).zip(flags);
    rows.filter(|(_, read)| **read).flat_map(|(row, _)| widened(row)).collect()
}

#[test]
fn loss_outputs_and_every_gradient_are_those_of_the_reference() {
    for cell in variants() {
        for size in sizes() {
            let Case { network, mut parameters, batch } = case(&cell, size);
            // Halved, no cell makes a difference in the last place grow over the steps.
            for parameter in network.parameters.iter().filter(|parameter| parameter.role == Role::Recurrent) {
                parameters[parameter.range()].iter_mut().for_each(|weight| *weight *= 0.5);
            }
            let [(_, mut reference), (_, mut fused)] = engines::<f32>(&network);
            let close = |what: &str, got: &[f64], wanted: &[f64]| {
                let error = relative_error(got, wanted);
                assert!(error <= BOUND, "{cell:?}, {size:?}, {what}: {error:e}");
            };
            for noise in [None, Some(&noise())] {
                let wanted = reference.differentiate(&parameters, &batch, noise);
                let got = fused.differentiate(&parameters, &batch, noise);
                close("loss", &[got.0], &[wanted.0]);
                close("outputs", &read(&batch, &got.1), &read(&batch, &wanted.1));
                for parameter in &network.parameters {
                    let of = |gradient: &[f32]| widened(&gradient[parameter.range()]);
                    close(&parameter.name, &of(&got.2), &of(&wanted.2));
                }
            }
            let wanted = reference.carried_gradients(&parameters, &batch);
            let got = fused.carried_gradients(&parameters, &batch);
            assert_eq!(got.len(), wanted.len());
            for (got, wanted) in got.iter().zip(&wanted) {
                assert_eq!((got.0, &got.1, got.2), (wanted.0, &wanted.1, wanted.2));
                close(&format!("∂L/∂{}", got.1), &widened(&got.3), &widened(&wanted.3));
            }
        }
    }
}
