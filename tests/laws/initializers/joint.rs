//! Laws that several parameters of a layer share.

use longlag::{
    component::{
        cell::{CellSpec, Lstm},
        init::{Chrono, InitSpec, InitializerSpec, Sign},
        task::{Dimensions, Goal},
    },
    model::{ModelSpec, Network},
};

fn network(hidden: usize, layers: usize) -> Network {
    let model = ModelSpec { cell: CellSpec::Lstm(Lstm {}), hidden, layers, ..ModelSpec::default() };
    Network::new(&model, Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: 10 })
}

fn chrono(max_lag: f64, sign: Sign) -> InitializerSpec {
    InitializerSpec::Chrono(Chrono { max_lag, sign })
}

fn values(network: &Network, init: &InitSpec, replicate: u32, name: &str) -> Vec<f32> {
    let parameter = network.parameters.iter().find(|parameter| parameter.name == name).expect("a parameter");
    network.initialize(init, 0, replicate)[parameter.range()].to_vec()
}

#[test]
fn chrono_gates_of_a_layer_have_opposite_biases() {
    let network = network(16, 2);
    let mut init = InitSpec::default();
    init.parameters.insert("b_f".to_owned(), chrono(50.0, Sign::Positive));
    init.parameters.insert("b_i".to_owned(), chrono(50.0, Sign::Negative));
    for replicate in 0..3 {
        let of = |name: &str| values(&network, &init, replicate, name);
        for layer in ["layer0", "layer1"] {
            let (forget, input) = (of(&format!("{layer}.b_f")), of(&format!("{layer}.b_i")));
            let opposite: Vec<f32> = forget.iter().map(|b| -b).collect();
            assert_eq!(input, opposite, "{layer}");
            assert!(forget.windows(2).any(|pair| pair[0] != pair[1]), "{layer}: {forget:?}");
        }
        assert_ne!(of("layer0.b_f"), of("layer1.b_f"), "layers have draws of their own");
        assert_ne!(of("layer0.b_f"), values(&network, &init, replicate + 1, "layer0.b_f"), "and so have replicates");
    }
}

/// The rest of the network starts as without it.
#[test]
fn a_joint_law_leaves_other_parameters_alone() {
    let network = network(8, 1);
    let plain = InitSpec::default();
    let mut joint = plain.clone();
    joint.parameters.insert("b_f".to_owned(), chrono(50.0, Sign::Positive));
    for parameter in &network.parameters {
        let same = values(&network, &plain, 0, &parameter.name) == values(&network, &joint, 0, &parameter.name);
        assert_eq!(same, parameter.name != "layer0.b_f", "{}", parameter.name);
    }
}
