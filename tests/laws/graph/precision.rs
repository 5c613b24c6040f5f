//! Formulas that lose no digits in f32 where a plain transcription would.

use longlag::{
    component::{
        activation::ActivationSpec,
        cell::{CellSpec, Lru},
        init::InitSpec,
        task::{Dimensions, Goal},
    },
    compute::kernel::{Isa, Number},
    engine::fused::FusedEngine,
    model::{ModelSpec, Network},
};

use super::pointwise::{batch, network};

fn isa() -> Isa {
    Isa::ALL.into_iter().find(|isa| isa.available()).expect("portable code runs everywhere")
}

/// Around 0, where eˣ − 1 of two roundings would be a difference of equal numbers, and far below 0, where ln(1 + eˣ) would be the
/// logarithm of 1: no activation is further from the same formula in f64 than its roundings explain, an argument's rounding
/// counted as often as exponentials of its square multiply it.
#[test]
fn activations_keep_their_digits() {
    let near = (0..=120).map(|k| libm::exp2(-f64::from(k)) as f32);
    let far = (1..=90).map(|k| k as f32);
    let x: Vec<f32> = near.chain(far).flat_map(|size| [0.9 * size, -0.9 * size]).collect();
    for activation in ActivationSpec::all() {
        fn values<E: Number>(activation: &ActivationSpec, x: &[f32]) -> Vec<f64> {
            let network = network(1, 1, 1, |graph| graph.output(activation.apply(graph.input())));
            let batch = batch(network.dimensions, x.len(), x.to_vec());
            let parameters = vec![E::ZERO; network.size()];
            let (_, outputs) = FusedEngine::<E>::new(network, isa(), 1).evaluate(&parameters, &batch);
            outputs.into_iter().map(E::widen).collect()
        }
        for ((x, single), double) in x.iter().zip(values::<f32>(&activation, &x)).zip(values::<f64>(&activation, &x)) {
            let error = (single - double).abs();
            let bound = 1e-6 * (1.0 + f64::from(x * x)) * double.abs() + f64::from(f32::MIN_POSITIVE);
            assert!(error <= bound, "{activation:?} of {x:e} is {single:e} in f32, {double:e} in f64");
        }
    }
}

/// The LRU's scale √(1 − |λ|²) and its derivative, for every ν that f32 has: finite, and that of f64 where λ is not 0.
#[test]
fn an_lru_trains_at_every_radius() {
    let model = ModelSpec { cell: CellSpec::Lru(Lru::default()), hidden: 1, ..ModelSpec::default() };
    let dimensions = Dimensions { inputs: 1, goal: Goal::Numbers(1), steps: 3 };
    let network = Network::new(&model, dimensions);
    let mut parameters = network.initialize(&InitSpec::default(), 0, 0);
    let at = |name: &str| {
        let parameter = network.parameters.iter().find(|parameter| parameter.local_name() == name);
        parameter.expect("a parameter of the LRU").range().start
    };
    // A unit that turns by less than a right angle in all, so that it stays active.
    parameters[at("theta_h")] = -1.0;
    for name in ["w_xh", "w_hy", "w_xy"] {
        parameters[at(name)] = 1.0;
    }
    let batch = batch(dimensions, 1, vec![1.0, 0.5, 0.25]);
    let mut single = FusedEngine::<f32>::new(network.clone(), isa(), 1);
    let mut double = FusedEngine::<f64>::new(network.clone(), isa(), 1);
    let nu = at("nu_h");
    let every = (0..u32::MAX / 1_000_003).map(|k| f32::from_bits(k * 1_000_003)).filter(|nu| nu.is_finite());
    let near = (-400..60).map(|k| k as f32 / 10.0);
    let mut largest = 0.0f64;
    for value in every.chain(near) {
        parameters[nu] = value;
        let (loss, outputs, gradient) = single.differentiate(&parameters, &batch, None);
        let finite = loss.is_finite() && outputs.iter().chain(&gradient).all(|number| number.is_finite());
        assert!(finite, "ν = {value:e}: loss {loss}, gradient {gradient:?}");
        if (-40.0..4.0).contains(&value) {
            let exact: Vec<f64> = parameters.iter().map(|&parameter| f64::from(parameter)).collect();
            let wanted = double.differentiate(&exact, &batch, None).2[nu];
            let error = (f64::from(gradient[nu]) - wanted).abs();
            assert!(error <= 1e-4 * wanted.abs() + 1e-9, "ν = {value}: {} for {wanted:e}", gradient[nu]);
            largest = largest.max(wanted.abs());
        }
    }
    assert!(largest > 0.1, "the loss depends on ν: {largest}");
}
