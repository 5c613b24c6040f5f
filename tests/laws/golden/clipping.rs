//! Clipped gradients of every registered transform that has a counterpart in PyTorch.

use longlag::{
    component::{
        clip::{ClipSpec, Clips, GlobalNorm, PerParameterNorm, Value as ByValue},
        optim::Buffers,
        parameter::{Parameter, Role},
    },
    compute::kernel::Isa,
};
use serde_json::Value;

use super::record::{list, numbers, read, singles};
use crate::support::relative_error;

/// All tensors, one after the other.
fn flat<T>(tensors: &Value, numbers: impl Fn(&Value) -> Vec<T>) -> Vec<T> {
    tensors.as_object().expect("named tensors").values().flat_map(numbers).collect()
}

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

fn max(case: &Value) -> f64 {
    numbers(&case["max"])[0]
}

fn buffers(gradient: &[f32]) -> Buffers {
    let mut buffers = Buffers::new(Isa::Portable, gradient, &[]);
    buffers.gradient_mut().copy_from_slice(gradient);
    buffers
}

#[test]
fn the_global_norm_is_clipped_exactly() {
    for case in list(&read("clipping")["global_norm"]) {
        let mut buffers = buffers(&flat(&case["gradients"], singles));
        let (norm, wanted) = (buffers.norm(), numbers(&case["norm"])[0]);
        assert!((norm - wanted).abs() <= 1e-12 * wanted, "{}: {norm}", case["name"]);
        Clips::new(&[ClipSpec::GlobalNorm(GlobalNorm { max: max(case) })]).apply(&mut buffers, norm, &[], &mut [0.0]);
        let clipped = flat(&case["exact"]["clipped"], numbers);
        let error = relative_error(&widened(buffers.gradient()), &clipped);
        assert!(error <= 1e-7, "{}: {error:e}", case["name"]);
        let bound = max(case) * (1.0 + 1e-7);
        assert!(buffers.norm() <= bound, "{}: a norm of {} is left", case["name"], buffers.norm());
    }
}

#[test]
fn entries_are_clamped() {
    for case in list(&read("clipping")["value"]) {
        let mut buffers = buffers(&flat(&case["gradients"], singles));
        let norm = buffers.norm();
        Clips::new(&[ClipSpec::Value(ByValue { max: max(case) })]).apply(&mut buffers, norm, &[], &mut [0.0]);
        assert_eq!(widened(buffers.gradient()), flat(&case["clipped"], numbers), "{}", case["name"]);
    }
}

#[test]
fn each_parameter_is_clipped_by_its_own_norm() {
    for case in list(&read("clipping")["parameter_norm"]) {
        let mut buffers = buffers(&flat(&case["gradients"], singles));
        let mut layout: Vec<Parameter> = vec![];
        for (name, tensor) in case["gradients"].as_object().expect("named tensors") {
            let offset = layout.last().map_or(0, |before| before.range().end);
            let shape = vec![singles(tensor).len()];
            layout.push(Parameter {
                name: name.clone(),
                shape,
                role: Role::Bias,
                dense_inputs: None,
                offset,
                start: None,
            });
        }
        let norm = buffers.norm();
        Clips::new(&[ClipSpec::PerParameterNorm(PerParameterNorm { max: max(case) })]).apply(
            &mut buffers,
            norm,
            &layout,
            &mut [0.0],
        );
        // Torch divides by the norm + 1e-6.
        let error = relative_error(&widened(buffers.gradient()), &flat(&case["clipped"], numbers));
        assert!(error <= 1e-5, "{}: {error:e}", case["name"]);
    }
}
