//! Penalties on what happens at a step: their gradients against what their definitions say, computed from what the network
//! shows.

use longlag::{
    component::regularizer::{NormStabilizer, PascanuOmega, Ratio, RegularizerSpec},
    graph::{Builder, GraphParameter, Kind, concat},
};

use super::case::{Case, tasks};
use crate::support::{relative_error, variants::variants};

fn gradient(case: &Case, regularizers: &[RegularizerSpec]) -> Vec<f64> {
    let mut engine = case.fused(&[]).with_regularizers(regularizers.to_vec());
    engine.differentiate(&case.parameters, &case.batch, None).2
}

/// The penalties' part of the gradient.
fn added(case: &Case, regularizer: &RegularizerSpec) -> Vec<f64> {
    let with = gradient(case, std::slice::from_ref(regularizer));
    with.iter().zip(gradient(case, &[])).map(|(with, without)| with - without).collect()
}

/// Two states of two widths, both of which are shown.
fn two_states(graph: &Builder) {
    let (h, c) = (graph.state("h"), graph.state_of("c", 2));
    let fresh = (graph.input().linear("w") + h.linear("u") + c.linear("v") + graph.vector("b")).tanh();
    let c = graph.next("c", 0.9 * c + 0.3 * fresh.linear_to("d", 2));
    let h = graph.next("h", fresh);
    graph.output(concat(&[h, c]));
}

#[test]
fn the_norm_stabilizer_is_on_all_states_and_everything_before_them() {
    let stabilizer = RegularizerSpec::NormStabilizer(NormStabilizer { weight: 3.0 });
    for (steps, size) in [(1, 1), (5, 3), (18, 17)] {
        let case = Case::written(steps, size, two_states);
        let penalty = |parameters: &[f64]| -> f64 {
            let (_, outputs) = case.fused(&[]).evaluate(parameters, &case.batch);
            let norms: Vec<f64> =
                outputs.chunks(5).map(|s| (s.iter().map(|x| x * x).sum::<f64>() + 1e-12).sqrt()).collect();
            let change = |(k, norm): (usize, &f64)| {
                let before = if k < size { 1e-6 } else { norms[k - size] };
                (norm - before) * (norm - before)
            };
            3.0 * norms.iter().enumerate().map(change).sum::<f64>() / norms.len() as f64
        };
        let differences: Vec<f64> = (0..case.parameters.len())
            .map(|k| {
                let moved = |by: f64| {
                    let mut moved = case.parameters.clone();
                    moved[k] += by;
                    penalty(&moved)
                };
                (moved(1e-5) - moved(-1e-5)) / 2e-5
            })
            .collect();
        let error = relative_error(&added(&case, &stabilizer), &differences);
        assert!(error <= 1e-7, "{steps} steps, {size} sequences: {error:e}");
    }
}

/// The numbers of parameter `name`.
fn range(case: &Case, name: &str) -> std::ops::Range<usize> {
    let mut parameters = case.network.parameters.iter();
    parameters.find(|parameter| parameter.name == name).expect("the cell has it").range()
}

/// For h_t = tanh(w·x + u·h + b): δ·J = (δ ⊙ (1 − h²))·u, in which u alone is moved.
#[test]
fn omega_is_differentiated_by_the_matrix_in_the_jacobian_alone() {
    for (ratio, steps, size) in [(Ratio::SquaredNorm, 1, 1), (Ratio::SquaredNorm, 6, 3), (Ratio::Norm, 18, 17)] {
        let case = Case::written(steps, size, |graph| {
            let z = graph.input().linear("w") + graph.state("h").linear("u") + graph.vector("b");
            graph.output(graph.next("h", z.tanh()));
        });
        let omega = |bound: f64| RegularizerSpec::PascanuOmega(PascanuOmega { weight: 4.0, ratio, bound });
        let states = case.fused(&[]).evaluate(&case.parameters, &case.batch).1;
        // Of each sequence's own loss, whose share in the mean over the batch is 1/size.
        let deltas: Vec<f64> = case.fused(&[]).carried_gradients(&case.parameters, &case.batch)[0].values.clone();
        let at = range(&case, "u");
        let penalty = |u: &[f64]| -> f64 {
            let rows = states.chunks(3).zip(deltas.chunks(3));
            let terms = rows.map(|(h, delta)| {
                let leaving =
                    (0..3).map(|k| (0..3).map(|j| delta[j] * (1.0 - h[j] * h[j]) * u[j * 3 + k]).sum::<f64>());
                let squares = leaving.map(|v| v * v).sum::<f64>() / delta.iter().map(|d| d * d).sum::<f64>();
                match ratio {
                    Ratio::SquaredNorm => (squares - 1.0) * (squares - 1.0),
                    Ratio::Norm => (squares.sqrt() - 1.0) * (squares.sqrt() - 1.0),
                }
            });
            4.0 * terms.sum::<f64>() / (steps * size) as f64
        };
        let u = &case.parameters[at.clone()];
        let mut wanted = vec![0.0; case.parameters.len()];
        for k in 0..u.len() {
            let moved = |by: f64| {
                let mut moved = u.to_vec();
                moved[k] += by;
                penalty(&moved)
            };
            wanted[at.start + k] = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        }
        let error = relative_error(&added(&case, &omega(1e-20)), &wanted);
        assert!(error <= 1e-7, "{ratio:?}, {steps} steps, {size} sequences: {error:e}");
        // Below the bound nothing is asked.
        assert!(added(&case, &omega(1.0)).iter().all(|gradient| *gradient == 0.0));
    }
}

/// On every cell: something is added, finite, where it may be, and probes see the loss alone.
#[test]
fn penalties_on_steps_are_for_every_cell() {
    for regularizer in RegularizerSpec::all().into_iter().filter(|regularizer| regularizer.on_steps()) {
        for cell in variants() {
            let case = Case::of(&cell, &tasks()[1], 2, 3);
            let (what, added) = (format!("{} on {cell:?}", regularizer.kind()), added(&case, &regularizer));
            assert!(added.iter().all(|gradient| gradient.is_finite()), "{what}");
            let omega = matches!(regularizer, RegularizerSpec::PascanuOmega(_));
            // Where the input alone decides what is kept of the state, no parameter of the Jacobian is recurrent.
            let recurrent = |parameter: &GraphParameter| parameter.kind == Kind::Recurrent;
            let graphs = || case.network.layers.iter().map(|stage| &stage.graph);
            let felt = match omega {
                true => graphs().any(|graph| graph.parameters.iter().any(recurrent)),
                false => graphs().any(|graph| !graph.states.is_empty()),
            };
            assert_eq!(added.iter().any(|gradient| *gradient != 0.0), felt, "{what}");
            if omega {
                for stage in &case.network.layers {
                    for (index, parameter) in stage.graph.parameters.iter().enumerate() {
                        let range = case.network.parameters[stage.first_parameter + index].range();
                        // Beyond what the order of rounding makes.
                        let touched = added[range].iter().any(|gradient| gradient.abs() > 1e-12);
                        assert!(!touched || parameter.kind == Kind::Recurrent, "{what}: {}", parameter.name);
                    }
                }
            }
            let probe = |regularizers: &[RegularizerSpec]| -> Vec<f64> {
                let mut engine = case.fused(&[]).with_regularizers(regularizers.to_vec());
                let found = engine.carried_gradients(&case.parameters, &case.batch);
                found.into_iter().flat_map(|found| found.values).collect()
            };
            let error = relative_error(&probe(std::slice::from_ref(&regularizer)), &probe(&[]));
            assert!(error <= 1e-12, "{what}: {error:e}");
        }
    }
}
