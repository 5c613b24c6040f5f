//! The fused engine against the reference in f32.

use longlag::{
    model::{Parameter, Role},
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

fn sizes() -> [Size; 4] {
    [
        Size { hidden: 1, batch: 5, steps: 2, layers: 1, goal: Goal::Numbers(2) },
        Size { hidden: 7, batch: 5, steps: 17, layers: 2, goal: Goal::Classes(3) },
        Size { hidden: 33, batch: 32, steps: 17, layers: 1, goal: Goal::Numbers(1) },
        Size { hidden: 128, batch: 5, steps: 17, layers: 1, goal: Goal::Classes(4) },
    ]
}

/// The outputs that are read; what stands in the places of the others has no meaning.
fn read(batch: &Batch, outputs: &[f32]) -> Vec<f64> {
    let flags = batch.read_steps().into_iter().flat_map(|t| &batch.read[t * batch.size..][..batch.size]);
    let rows = outputs.chunks(batch.dimensions.goal.width()).zip(flags);
    rows.filter(|(_, read)| **read).flat_map(|(row, _)| widened(row)).collect()
}

fn norm(values: &[f32]) -> f64 {
    widened(values).into_iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[test]
fn loss_outputs_and_every_gradient_are_those_of_the_reference() {
    for cell in variants() {
        for size in sizes() {
            let Case { network, mut parameters, batch } = case(&cell, size);
            // Halved, no cell makes a difference in the last place grow over the steps. A normalization undoes that but for its
            // gain.
            let gain = |parameter: &Parameter| parameter.local_name().starts_with("gain_");
            let repeated = |parameter: &&Parameter| parameter.role == Role::Recurrent || gain(parameter);
            for parameter in network.parameters.iter().filter(repeated) {
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
                let largest = network.parameters.iter().map(|parameter| norm(&wanted.2[parameter.range()]));
                let largest = largest.fold(0.0, f64::max);
                for parameter in &network.parameters {
                    let (got, wanted) = (&got.2[parameter.range()], &wanted.2[parameter.range()]);
                    let apart: Vec<f32> = got.iter().zip(wanted).map(|(got, wanted)| got - wanted).collect();
                    // The gradient of one number may be a small difference of large sums.
                    let error = norm(&apart) / norm(wanted).max(0.03 * largest);
                    assert!(error <= BOUND, "{cell:?}, {size:?}, {}: {error:e}", parameter.name);
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
