//! `longlag audit`: a file that others compute with.

use longlag::store::{Store, TrialRow};
use safetensors::SafeTensors;
use serde_json::Value;

use crate::program::Folder;

/// One trial by plain gradient descent, clipped hard.
const PLAIN: &str = "\
version: 1
name: plain
about: One trial that is easy to compute again.
replicates: 1
task: {kind: adding, length: 6}
model: {cell: gru, hidden: 5}
optimizer: {kind: sgd, learning-rate: 0.125}
clip: [{kind: global-norm, max: 0.0625}]
train: {batch: 4, updates: 6, evaluate-every: 3, validation-sequences: 8, test-sequences: 8}
";

fn floats(tensors: &SafeTensors, name: &str) -> Vec<f32> {
    let tensor = tensors.tensor(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(tensor.dtype(), safetensors::Dtype::F32, "{name}");
    tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn square(x: f64) -> f64 {
    x * x
}

#[test]
fn the_arithmetic_of_an_update_can_be_done_again() {
    let folder = Folder::new();
    let file = folder.write("plain.yaml", PLAIN);
    folder.succeed(&["run", file, "-q"]);
    let store = Store::read(&folder.path("results/plain")).expect("a store");
    let trials: Vec<TrialRow> = store.trials().values().cloned().map(TrialRow::from).collect();
    let id = &trials[0].trial_id;
    let audit = |update: &str, out: &str| {
        folder.succeed(&["audit", file, "--trial", &id[..6], "--update", update, "--out", out]);
        folder.read(out)
    };
    let bytes = audit("2", "two.safetensors");
    let tensors = SafeTensors::deserialize(&bytes).expect("safetensors");

    // Loss: the mean squared error of the outputs that are read.
    let read: Vec<bool> = tensors.tensor("batch/read").expect("a mask").data().iter().map(|&flag| flag == 1).collect();
    let outputs = floats(&tensors, "outputs");
    let targets: Vec<f32> =
        floats(&tensors, "batch/targets").into_iter().zip(&read).filter(|(_, read)| **read).map(|(y, _)| y).collect();
    assert_eq!((outputs.len(), targets.len()), (4, 4), "adding is read once per sequence");
    let squares = outputs.iter().zip(&targets).map(|(y, target)| square(f64::from(*y) - f64::from(*target)));
    let mean = squares.sum::<f64>() / 4.0;
    let loss = tensors.tensor("loss").expect("a loss");
    let loss = f64::from_le_bytes(loss.data().try_into().expect("one number"));
    assert!((loss - mean).abs() <= 1e-6 * mean, "{loss} {mean}");

    // The gradient's norm is clipped to 1/16, and the step is 1/8 of it.
    let names: Vec<&str> = tensors.names().into_iter().filter_map(|name| name.strip_prefix("parameters/")).collect();
    assert!(names.contains(&"layer0.w_hn") && names.contains(&"readout0.b"), "{names:?}");
    let all = |kind: &str| -> Vec<f32> {
        names.iter().flat_map(|name| floats(&tensors, &format!("{kind}/{name}"))).collect()
    };
    let norm = |values: &[f32]| values.iter().map(|&g| square(f64::from(g))).sum::<f64>().sqrt();
    let (gradient, clipped) = (all("gradient"), all("clipped"));
    assert!(norm(&gradient) > 0.0625 && (norm(&clipped) - 0.0625).abs() <= 1e-7, "{}", norm(&clipped));
    for (g, c) in gradient.iter().zip(&clipped) {
        let wanted = f64::from(*g) * 0.0625 / norm(&gradient);
        assert!((f64::from(*c) - wanted).abs() <= 1e-6 * wanted.abs(), "{c} {wanted}");
    }
    for ((before, g), after) in all("parameters").iter().zip(&clipped).zip(all("updated")) {
        assert!((before - 0.125 * g - after).abs() <= 1e-7, "{before} {g} {after}");
    }
    assert!(floats(&tensors, "state/layer0.h").iter().all(|&h| h == 0.0));

    // The next update begins where this one ends.
    let next = audit("3", "made/for/it/three.safetensors");
    let next = SafeTensors::deserialize(&next).expect("safetensors");
    for name in &names {
        assert_eq!(floats(&next, &format!("parameters/{name}")), floats(&tensors, &format!("updated/{name}")));
    }
    assert_eq!(bytes, audit("2", "again.safetensors"), "the same update, the same bytes");

    let (_, metadata) = SafeTensors::read_metadata(&bytes).expect("metadata");
    let about: Value = serde_json::from_str(&metadata.metadata().as_ref().expect("text")["longlag"]).expect("JSON");
    assert_eq!((&about["trial_id"], &about["update"]), (&Value::from(id.as_str()), &Value::from(2)));
    assert_eq!(about["trial"]["model"]["hidden"], 5);
    assert_eq!(about["trial"]["task"]["kind"], "adding");
}

#[test]
fn an_update_that_never_was_is_refused() {
    let folder = Folder::new();
    let file = folder.write("plain.yaml", PLAIN);
    let refused = |trial: &str, update: &str| {
        folder.refuse(&["audit", file, "--trial", trial, "--update", update, "--out", "x.safetensors"])
    };
    // One trial: every id begins with nothing.
    assert!(refused("", "7").contains("6"), "the budget is named");
    refused("", "0");
    assert!(refused("zz", "1").contains("zz"));
    assert!(!folder.path("x.safetensors").exists());
}
