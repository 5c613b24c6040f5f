//! Weights and gradients of every registered parametrization, and the step of full capacity.

use longlag::{
    component::{
        constraint::{ConstraintSpec, Rule},
        parametrization::ParametrizationSpec,
    },
    compute::{
        kernel::{Isa, MatrixKernels},
        matrix::{Evaluator, Formula},
    },
};
use serde_json::{Value, json};

use super::record::{count, list, numbers, read};

fn assert_close<E: MatrixKernels>(what: &str, got: &[E], wanted: &[f64], bound: f64) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    let scale = wanted.iter().fold(1.0f64, |largest, x| largest.max(x.abs()));
    for (k, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        let error = (got.widen() - wanted).abs();
        assert!(error <= bound * scale, "{what}, number {k}: {error:e} in {}", std::any::type_name::<E>());
    }
}

fn narrow<E: MatrixKernels>(value: &Value) -> Vec<E> {
    numbers(value).into_iter().map(E::narrow).collect()
}

fn weights_and_gradients<E: MatrixKernels>(bound: f64) {
    let file = read("parametrizations");
    let size = count(&file["size"]);
    for case in list(&file["cases"]) {
        let mut settings = case["settings"].clone();
        settings["kind"] = case["kind"].clone();
        let parametrization: ParametrizationSpec =
            serde_json::from_value(settings).unwrap_or_else(|error| panic!("{}: {error}", case["kind"]));
        let name = format!("{parametrization:?}");
        let formula = Formula::new();
        let mut evaluator: Evaluator<E> =
            Evaluator::new(Isa::Portable, &formula, parametrization.formula(size, &formula));
        let raw: Vec<E> = narrow(&case["raw"]);
        assert_eq!(raw.len(), parametrization.count(size), "{name}");
        let (mut weights, mut gradient) = (vec![E::ZERO; size * size], vec![E::ZERO; raw.len()]);
        evaluator.evaluate(&raw);
        evaluator.value(&mut weights);
        evaluator.vjp(&narrow::<E>(&case["cotangent"]), &mut gradient);
        assert_close(&format!("{name}, weights"), &weights, &numbers(&case["weights"]), bound);
        assert_close(&format!("{name}, gradient"), &gradient, &numbers(&case["gradient"]), bound);
    }
}

#[test]
fn weights_and_gradients_are_those_of_pytorch() {
    weights_and_gradients::<f32>(2e-5);
    weights_and_gradients::<f64>(1e-11);
}

#[test]
fn the_step_of_full_capacity_is_that_of_pytorch() {
    let file = read("parametrizations");
    let (size, case) = (count(&file["size"]), &file["full_capacity"]);
    let settings = json!({"kind": "full-capacity", "learning-rate": case["learning_rate"]});
    let constraint: ConstraintSpec = serde_json::from_value(settings).expect("a known constraint");
    let Rule::Step(step) = constraint.rule() else { panic!("no step") };
    let formula = Formula::new();
    let (w, g) = (formula.matrix(0, size, size), formula.matrix(size * size, size, size));
    let mut evaluator: Evaluator<f64> = Evaluator::new(Isa::Portable, &formula, step.step(w, g));
    evaluator.evaluate(&[numbers(&case["matrix"]), numbers(&case["gradient"])].concat());
    let mut stepped = vec![0.0; size * size];
    evaluator.value(&mut stepped);
    assert_close("full-capacity", &stepped, &numbers(&case["stepped"]), 1e-12);
}
