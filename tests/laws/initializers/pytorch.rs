//! Initial values beside those of PyTorch's own layers and `torch.nn.init`, which keep all gates in one matrix.

use std::{fs, path::Path};

use longlag::{
    component::{
        cell::{CellSpec, Elman, Gru, Lstm},
        init::InitSpec,
        parameter::Role,
        task::{Dimensions, Goal},
    },
    model::{ModelSpec, Network},
};
use serde_json::{Value, json};

fn golden() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/torch/initial.json");
    let text = fs::read_to_string(path).expect("the golden file is committed");
    serde_json::from_str(&text).expect("JSON")
}

fn count(golden: &Value, name: &str) -> usize {
    golden[name].as_u64().expect("a count") as usize
}

fn network(golden: &Value, cell: CellSpec) -> Network {
    let model = ModelSpec { cell, hidden: count(golden, "hidden"), ..ModelSpec::default() };
    Network::new(&model, Dimensions { inputs: count(golden, "inputs"), goal: Goal::Numbers(1), steps: 2 })
}

/// The largest magnitude and the variance about 0 of parameters over many replicates.
fn measured(network: &Network, init: &Value, wanted: impl Fn(Role, &str) -> bool) -> (f64, f64) {
    let init: InitSpec = serde_json::from_value(init.clone()).expect("an initialization");
    let (mut largest, mut squares, mut count) = (0.0f64, 0.0, 0usize);
    for replicate in 0..2000 {
        let values = network.initialize(&init, 3, replicate);
        for parameter in network.parameters.iter().filter(|parameter| wanted(parameter.role, &parameter.name)) {
            for value in values[parameter.range()].iter().map(|&value| f64::from(value)) {
                largest = largest.max(value.abs());
                squares += value * value;
                count += 1;
            }
        }
    }
    (largest, squares / count as f64)
}

fn assert_alike(what: &str, (largest, variance): (f64, f64), golden: &Value, bounded: bool) {
    let of = |name: &str| golden[name].as_f64().expect("a number");
    let near = |got: f64, wanted: f64, share: f64| (got - wanted).abs() <= share * wanted;
    assert!(near(variance, of("variance"), 0.03), "{what}: variance {variance} for {golden}");
    // The largest of many uniform numbers is near the bound; that of normal ones is any.
    assert!(!bounded || near(largest, of("largest"), 0.002), "{what}: largest {largest} for {golden}");
}

#[test]
fn a_readout_starts_as_a_dense_layer_of_pytorch() {
    let golden = golden();
    let network = network(&golden, CellSpec::Elman(Elman::default()));
    for law in ["pytorch", "uniform"] {
        for (role, name) in [("readout", "w"), ("bias", "b")] {
            let found = measured(&network, &json!({role: {"kind": law}}), |_, own| own == format!("readout0.{name}"));
            assert_alike(&format!("{law}: {name}"), found, &golden["linear"][name], true);
        }
    }
}

#[test]
fn stacked_gates_start_as_in_pytorch() {
    let golden = golden();
    let cells = [
        ("lstm", CellSpec::Lstm(Lstm::default())),
        ("gru", CellSpec::Gru(Gru::default())),
        ("elman", CellSpec::Elman(Elman::default())),
    ];
    for (cell, spec) in cells {
        let network = network(&golden, spec);
        for law in ["glorot-uniform", "glorot-normal", "orthogonal", "pytorch"] {
            for (name, role) in [("input", Role::Input), ("recurrent", Role::Recurrent)] {
                let init = match law {
                    "pytorch" => json!({name: {"kind": law}}),
                    _ => json!({name: {"kind": law, "gates": "stacked"}}),
                };
                let found = measured(&network, &init, |own, _| own == role);
                let bounded = ["glorot-uniform", "pytorch"].contains(&law);
                assert_alike(&format!("{cell}, {law}, {name}"), found, &golden[cell][law][name], bounded);
            }
        }
    }
}

/// The columns of the stack are orthonormal; separate matrices are orthogonal each. A parameter that the suite names is not of the stack.
#[test]
fn a_stack_is_orthogonal_as_a_whole() {
    let golden = golden();
    let network = network(&golden, CellSpec::Lstm(Lstm::default()));
    let hidden = count(&golden, "hidden");
    let gram = |init: Value| -> Vec<f64> {
        let init: InitSpec = serde_json::from_value(init).expect("an initialization");
        let values = network.initialize(&init, 0, 0);
        let matrices = network.parameters.iter().filter(|parameter| parameter.role == Role::Recurrent);
        let rows = matrices.flat_map(|parameter| values[parameter.range()].chunks(hidden));
        let rows: Vec<&[f32]> = rows.collect();
        let product = |i: usize, j: usize| rows.iter().map(|row| f64::from(row[i]) * f64::from(row[j])).sum();
        (0..hidden * hidden).map(|k| product(k / hidden, k % hidden)).collect()
    };
    let is_identity = |gram: &[f64], scale: f64| {
        gram.iter().enumerate().all(|(k, entry)| {
            let wanted = if k % hidden == k / hidden { scale } else { 0.0 };
            (entry - wanted).abs() <= 1e-5
        })
    };
    let stacked = json!({"kind": "orthogonal", "gates": "stacked"});
    assert!(is_identity(&gram(json!({"recurrent": stacked.clone()})), 1.0));
    assert!(is_identity(&gram(json!({"recurrent": {"kind": "orthogonal"}})), 4.0));
    let three = gram(json!({"recurrent": stacked, "parameters": {"w_hf": {"kind": "zeros"}}}));
    assert!(is_identity(&three, 1.0));
}
