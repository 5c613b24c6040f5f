//! Clipped gradients of every registered transform that has a counterpart in PyTorch.

use longlag::clip::{Clip as _, GlobalNorm, Value as ByValue, norm};
use serde_json::Value;

use crate::{
    record::{list, numbers, read, singles},
    support::relative_error,
};

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

#[test]
fn the_global_norm_is_clipped_exactly() {
    for case in list(&read("clipping")["global_norm"]) {
        let mut gradient = flat(&case["gradients"], singles);
        let wanted = numbers(&case["norm"])[0];
        assert!((norm(&gradient) - wanted).abs() <= 1e-12 * wanted, "{}: {}", case["name"], norm(&gradient));
        GlobalNorm { max: max(case) }.apply(&mut gradient);
        let clipped = flat(&case["exact"]["clipped"], numbers);
        let error = relative_error(&widened(&gradient), &clipped);
        assert!(error <= 1e-7, "{}: {error:e}", case["name"]);
        let bound = max(case) * (1.0 + 1e-7);
        assert!(norm(&gradient) <= bound, "{}: a norm of {} is left", case["name"], norm(&gradient));
    }
}

#[test]
fn entries_are_clamped() {
    for case in list(&read("clipping")["value"]) {
        let mut gradient = flat(&case["gradients"], singles);
        ByValue { max: max(case) }.apply(&mut gradient);
        assert_eq!(widened(&gradient), flat(&case["clipped"], numbers), "{}", case["name"]);
    }
}
