//! Trajectories of every registered optimizer under given gradients.

use longlag::{
    component::optim::{Buffers, OptimizerSpec, StepContext, optimizer_step},
    compute::kernel::Isa,
};
use serde_json::{Map, Value};

use super::record::{list, numbers, read, singles, text};

/// The stored settings under our names.
fn optimizer(case: &Value) -> OptimizerSpec {
    let mut settings: Map<String, Value> = case["settings"]
        .as_object()
        .expect("named settings")
        .iter()
        .map(|(name, value)| (if name == "alpha" { "decay".to_owned() } else { name.replace('_', "-") }, value.clone()))
        .collect();
    settings.insert("kind".to_owned(), case["kind"].clone());
    serde_json::from_value(Value::Object(settings)).unwrap_or_else(|error| panic!("{}: {error}", case["name"]))
}

#[test]
fn trajectories_are_those_of_pytorch() {
    let file = read("optimizers");
    for case in list(&file["cases"]) {
        let optimizer = optimizer(case);
        let mut buffers = Buffers::new(Isa::Portable, &singles(&file["start"]), &optimizer.slots());
        let mut step = optimizer_step(optimizer.clone());
        for (k, (gradient, wanted)) in list(&file["gradients"]).iter().zip(list(&case["parameters"])).enumerate() {
            buffers.gradient_mut().copy_from_slice(&singles(gradient));
            buffers.apply_to_all(&mut step, StepContext { step: k as u64 + 1, rate: optimizer.learning_rate() });
            for (coordinate, (&got, wanted)) in buffers.parameters().iter().zip(numbers(wanted)).enumerate() {
                let error = (f64::from(got) - wanted).abs();
                let bound = 2e-6 + 1e-5 * wanted.abs();
                assert!(error <= bound, "{}, update {}, coordinate {coordinate}: {error:e}", case["name"], k + 1);
            }
        }
    }
}

#[test]
fn every_registered_optimizer_has_golden_trajectories() {
    let file = read("optimizers");
    // What follows no gradient has no trajectory of given ones.
    for &kind in OptimizerSpec::NAMES {
        let known = list(&file["cases"]).iter().any(|case| text(&case["kind"]) == kind);
        assert!(known, "the optimizer `{kind}` has no case in tests/golden/torch/optimizers.json");
    }
}
