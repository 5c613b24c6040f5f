//! The fused pass as an operation among dfdx's own.

use dfdx::{
    shapes::{Rank0, Shape},
    tensor::{Cpu, NoneTape, OwnedTape, Tensor, TensorFromVec as _, Trace as _},
    tensor_ops::{Backward as _, SumTo as _},
};
use longlag::{component::cell::CellSpec, model::ModelSpec};

use super::case::{Case, noise, tasks};
use crate::support::{relative_error, variants::variants};

fn tensor<S: Shape>(case: &Case, shape: S) -> Tensor<S, f64, Cpu> {
    Cpu::default().tensor_from_vec(case.parameters.clone(), shape)
}

fn value<T>(loss: &Tensor<Rank0, f64, Cpu, T>) -> f64 {
    loss.as_vec()[0]
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a term of the user's own, on the CPU")]
fn a_penalty_adds_its_gradient() {
    for cell in variants() {
        for task in tasks() {
            let case = Case::of(&cell, &task, 2, 17);
            let mut engine = case.fused(&[]);
            let (loss, _, gradient) = engine.differentiate(&case.parameters, &case.batch, None);
            let parameters = tensor(&case, (case.parameters.len(),));
            let lambda = 0.3;
            let penalty = parameters.leaky_trace().square().sum::<Rank0, _>() * lambda;
            let sum = engine.loss(parameters.leaky_trace(), &case.batch, None) + penalty;
            let squares: f64 = case.parameters.iter().map(|p| p * p).sum();
            assert!((value(&sum) - (loss + lambda * squares)).abs() <= 1e-12 * value(&sum), "{cell:?}");
            let got = sum.backward().get(&parameters).as_vec();
            let wanted: Vec<f64> = gradient.iter().zip(&case.parameters).map(|(g, p)| g + 2.0 * lambda * p).collect();
            let error = relative_error(&got, &wanted);
            assert!(error <= 1e-12, "{cell:?} on {}: {error:e}", task.kind());
        }
    }
}

/// (3·L(2·θ))² has the gradient 36·L·∇L at 2·θ.
#[test]
fn the_chain_goes_on_at_both_ends() {
    let case = Case::of(&CellSpec::default(), &tasks()[0], 1, 5);
    let mut engine = case.fused(&[]);
    let doubled: Vec<f64> = case.parameters.iter().map(|p| 2.0 * p).collect();
    let (loss, _, slope) = engine.differentiate(&doubled, &case.batch, Some(&noise()));
    let parameters = tensor(&case, (1, case.parameters.len()));
    let taped = engine.loss(parameters.leaky_trace() * 2.0, &case.batch, Some(&noise())) * 3.0;
    let got = taped.square().backward().get(&parameters).as_vec();
    let wanted: Vec<f64> = slope.iter().map(|slope| 36.0 * loss * slope).collect();
    assert!(relative_error(&got, &wanted) <= 1e-12);
}

/// Two batches on one tape: the gradients add up.
#[test]
fn it_may_be_used_more_than_once() {
    let model = ModelSpec { hidden: 5, ..ModelSpec::default() };
    let [one, two] = [[0, 1], [2, 3]].map(|addresses| Case::with_model(&model, &tasks()[1], &addresses));
    let mut engine = one.fused(&[]);
    let parameters = tensor(&one, (one.parameters.len(),));
    let first = engine.loss(parameters.leaky_trace(), &one.batch, None);
    let sum = first + engine.loss(parameters.leaky_trace(), &two.batch, None);
    let got: Vec<f64> = sum.backward().get(&parameters).as_vec();
    let parts = [&one, &two].map(|case| case.gradient(&[]));
    let wanted: Vec<f64> = parts[0].iter().zip(&parts[1]).map(|(a, b)| a + b).collect();
    assert!(relative_error(&got, &wanted) <= 1e-12);
}

/// The same loss with and without a tape, with random vectors and with their values at evaluation.
#[test]
fn without_a_tape_it_evaluates() {
    let mut model = ModelSpec { hidden: 5, ..ModelSpec::default() };
    model.readout.dropout = 0.5;
    let case = Case::with_model(&model, &tasks()[1], &[0, 1, 2]);
    let mut engine = case.fused(&[]);
    let parameters = tensor(&case, (case.parameters.len(),));
    let mut losses = vec![];
    for noise in [None, Some(&noise())] {
        let bare: Tensor<Rank0, f64, Cpu, NoneTape> = engine.loss(parameters.clone(), &case.batch, noise);
        let taped: Tensor<Rank0, f64, Cpu, OwnedTape<f64, Cpu>> =
            engine.loss(parameters.leaky_trace(), &case.batch, noise);
        let wanted = engine.differentiate(&case.parameters, &case.batch, noise).0;
        assert!((value(&bare) - wanted).abs() <= 1e-12 * wanted);
        assert!((value(&taped) - wanted).abs() <= 1e-12 * wanted);
        losses.push(wanted);
    }
    assert!((losses[0] - losses[1]).abs() >= 1e-3 * losses[0], "dropout changes the loss");
}

#[test]
#[should_panic(expected = "one row")]
fn parameters_in_two_dimensions_are_refused() {
    let case = Case::of(&CellSpec::default(), &tasks()[0], 1, 1);
    case.fused(&[]).loss(tensor(&case, (2, case.parameters.len() / 2)), &case.batch, None);
}
