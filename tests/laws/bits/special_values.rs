//! Non-finite and subnormal numbers flow as in plain maths.

use longlag::{
    component::{
        activation::{ActivationSpec, LeakyRelu},
        cell::{CellSpec, Elman},
        task::{Batch, Dimensions, Goal, Targets},
    },
    engine::fused::FusedEngine,
    model::{ModelSpec, Network},
};

use super::cases::{Case, Size, bits, case, sets};
use crate::support::variants::variants;

/// A linear network h_t = x_t + W·h_{t−1} of `width` units, read at every step: its parameters for this W, and a batch of
/// one sequence with `first` as its first input and zeros after it.
fn linear(width: usize, matrix: &[f32], first: &[f32], steps: usize) -> (Network, Vec<f32>, Batch) {
    let activation = ActivationSpec::LeakyRelu(LeakyRelu { slope: 1.0 });
    let model = ModelSpec { cell: CellSpec::Elman(Elman { activation }), hidden: width, ..ModelSpec::default() };
    let dimensions = Dimensions { inputs: width, goal: Goal::Numbers(width), steps };
    let network = Network::new(&model, dimensions);
    let identity: Vec<f32> = (0..width * width).map(|at| f32::from(u8::from(at / width == at % width))).collect();
    let mut parameters = vec![0.0; network.size()];
    for parameter in &network.parameters {
        let values = match parameter.name.as_str() {
            "layer0.w_xh" | "readout0.w" => &identity[..],
            "layer0.w_hh" => matrix,
            _ => continue,
        };
        parameters[parameter.range()].copy_from_slice(values);
    }
    let mut input = vec![0.0; steps * width];
    input[..width].copy_from_slice(first);
    let read = vec![true; steps];
    let targets = Targets::Numbers(vec![0.0; steps * width]);
    let batch = Batch { size: 1, dimensions, input, targets, scored: read.clone(), read, addresses: vec![0] };
    (network, parameters, batch)
}

/// The network's outputs in scalar maths, each sum in increasing order. Multiplications by zero count: an infinity makes them NaN.
fn plainly(width: usize, matrix: &[f32], first: &[f32], steps: usize) -> Vec<f32> {
    let identity: Vec<f32> = (0..width * width).map(|at| f32::from(u8::from(at / width == at % width))).collect();
    let product = |matrix: &[f32], vector: &[f32]| -> Vec<f32> {
        matrix.chunks(width).map(|row| row.iter().zip(vector).fold(0.0, |sum, (w, x)| sum + w * x)).collect()
    };
    let (mut state, mut outputs) = (vec![0.0; width], vec![]);
    for t in 0..steps {
        let input = if t == 0 { first.to_vec() } else { vec![0.0; width] };
        let (from_input, from_state) = (product(&identity, &input), product(matrix, &state));
        state = from_input.iter().zip(&from_state).map(|(a, b)| a + b).collect();
        outputs.extend(product(&identity, &state));
    }
    outputs
}

#[test]
fn halving_passes_through_the_subnormal_numbers_to_zero() {
    let steps = 160;
    let (network, parameters, batch) = linear(1, &[0.5], &[1.0], steps);
    let wanted = plainly(1, &[0.5], &[1.0], steps);
    assert!(wanted[149] == f32::from_bits(1) && wanted[151] == 0.0, "{wanted:?}");
    for isa in sets() {
        let mut engine = FusedEngine::<f32>::new(network.clone(), isa, 1);
        assert_eq!(bits(&engine.evaluate(&parameters, &batch).1), bits(&wanted), "{}", isa.name());
        // Backwards the same: the loss is read at the last step only, where its own gradient is not zero.
        let mut last = batch.clone();
        last.read = (0..steps).map(|t| t == steps - 1).collect();
        last.targets = Targets::Numbers(vec![-0.5; steps]);
        let carried = &engine.carried_gradients(&parameters, &last)[0].values;
        let reversed: Vec<f32> = carried.iter().rev().copied().collect();
        assert_eq!(bits(&reversed), bits(&wanted), "{}", isa.name());
    }
}

#[test]
fn doubling_overflows_to_infinity_and_infinity_meets_zero_as_nan() {
    for (width, matrix, first) in [
        (1, vec![2.0], vec![1.0]),
        (1, vec![2.0], vec![-1.0]),
        (2, vec![2.0, 0.0, 0.0, 1.0], vec![1.0, 1.0]),
        (3, vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], vec![1.0, f32::NAN, 2.0]),
        (2, vec![1.0, 0.0, 0.0, 1.0], vec![f32::INFINITY, 1.0]),
    ] {
        let steps = 140;
        let wanted = plainly(width, &matrix, &first, steps);
        assert!(wanted.iter().any(|y| !y.is_finite()));
        let (network, parameters, batch) = linear(width, &matrix, &first, steps);
        for isa in sets() {
            let mut engine = FusedEngine::<f32>::new(network.clone(), isa, 1);
            let found = engine.evaluate(&parameters, &batch).1;
            for (at, (found, wanted)) in bits(&found).into_iter().zip(bits(&wanted)).enumerate() {
                assert_eq!(found, wanted, "{}, {matrix:?} from {first:?}, number {at}", isa.name());
            }
        }
    }
}

/// NaN in one sequence is in its own outputs from there on, and in no other sequence's.
#[test]
fn a_nan_in_one_sequence_stays_there() {
    for cell in variants() {
        let size = Size { hidden: 7, batch: 5, steps: 6, layers: 2, goal: Goal::Numbers(2) };
        let Case { network, parameters, batch } = case(&cell, size);
        let (bad, at) = (2, 3);
        let mut spoilt = batch.clone();
        let inputs = batch.dimensions.inputs;
        spoilt.input[(at * batch.size + bad) * inputs..][..inputs].fill(f32::NAN);
        for isa in sets() {
            let mut engine = FusedEngine::<f32>::new(network.clone(), isa, 1);
            let (_, before) = engine.evaluate(&parameters, &batch);
            let (loss, after) = engine.evaluate(&parameters, &spoilt);
            assert!(loss.is_nan(), "{cell:?}");
            for (read, t) in batch.read_steps().into_iter().enumerate() {
                for b in 0..batch.size {
                    let range = (read * batch.size + b) * 2..(read * batch.size + b + 1) * 2;
                    if b == bad && t >= at {
                        assert!(after[range].iter().all(|y| y.is_nan()), "{cell:?}, step {t}, {}", isa.name());
                    } else {
                        assert_eq!(bits(&before[range.clone()]), bits(&after[range]), "{cell:?}, {b}, step {t}");
                    }
                }
            }
            let (_, _, gradient) = engine.differentiate(&parameters, &spoilt, None);
            assert!(gradient.iter().any(|g| g.is_nan()), "{cell:?} hides a NaN");
        }
    }
}
