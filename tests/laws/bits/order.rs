//! The order in which gradients are summed: one that a machine can follow which walks back through time with the sums in
//! registers.

use longlag::{
    component::{
        activation::{ActivationSpec, Relu},
        cell::{CellSpec, Elman},
        regularizer::{PascanuOmega, RegularizerSpec},
        task::{Batch, Dimensions, Goal, Targets},
    },
    compute::kernel::Real as _,
    engine::fused::FusedEngine,
    model::{ModelSpec, Network},
    seed::{self, Purpose},
};

use super::cases::{Case, Size, bits, case, find, sets};
use crate::support::variants::variants;

/// Two tiles, the second of them not whole; steps that none of the blocks divides.
const SIZE: Size = Size { hidden: 7, batch: 20, steps: 37, layers: 1, goal: Goal::Numbers(2) };

#[test]
fn the_length_of_a_block_of_steps_changes_no_bit() {
    let isa = sets().last().expect("portable code runs everywhere");
    for cell in variants() {
        let Case { network, parameters, batch } = case(&cell, SIZE);
        // Ω differentiates recurrent parameters a second time, beside the loss.
        for regularizers in [vec![], vec![RegularizerSpec::PascanuOmega(PascanuOmega::default())]] {
            let found = |block| {
                let engine = FusedEngine::<f32>::new(network.clone(), isa, 1).with_regularizers(regularizers.clone());
                find(&mut engine.with_block(block), &parameters, &batch)
            };
            let by_step = found(1);
            for block in [5, 16, 64] {
                assert!(found(block) == by_step, "{cell:?}, {regularizers:?}: blocks of {block} steps");
            }
        }
    }
}

/// W·h for a matrix [rows, columns] from `start` on, k increasing, each product rounded once.
fn product(start: f32, weights: impl Iterator<Item = f32>, values: &[f32]) -> f32 {
    weights.zip(values).fold(start, |sum, (weight, value)| weight.multiply_add(*value, sum))
}

/// A network of rectified linear units by hand: per tile of 16 sequences, every sum over time runs from the last step to the first
/// and, within a step, over the sequences in order; tiles are added in order.
#[test]
fn gradients_are_summed_back_through_time_sequence_by_sequence_and_tile_by_tile() {
    const INPUTS: usize = 3;
    const N: usize = 5;
    const STEPS: usize = 37;
    const BATCH: usize = 36;
    let dimensions = Dimensions { inputs: INPUTS, goal: Goal::Numbers(1), steps: STEPS };
    let cell = CellSpec::Elman(Elman { activation: ActivationSpec::Relu(Relu {}) });
    let network = Network::new(&ModelSpec { cell, hidden: N, ..ModelSpec::default() }, dimensions);
    let mut draws = seed::stream(5, Purpose::Init, &[]).at(0);
    let mut numbers = |count: usize| -> Vec<f32> { (0..count).map(|_| 0.6 * draws.normal() as f32).collect() };
    let parameters = numbers(network.size());
    let (input, targets) = (numbers(STEPS * BATCH * INPUTS), numbers(STEPS * BATCH));
    let read: Vec<bool> = (0..STEPS * BATCH).map(|at| at / BATCH == STEPS - 1).collect();
    let addresses = (0..BATCH as u64).collect();
    let batch = Batch {
        size: BATCH,
        dimensions,
        input: input.clone(),
        targets: Targets::Numbers(targets.clone()),
        scored: read.clone(),
        read,
        addresses,
    };
    let of = |name: &str| {
        let parameter = network.parameters.iter().find(|parameter| parameter.name.ends_with(name));
        parameter.expect("a parameter of that name").range()
    };
    let (w_xh, w_hh, b_h, w, b) = (of("w_xh"), of("w_hh"), of("b_h"), of("readout0.w"), of("readout0.b"));
    let value = |at: usize| parameters[at];

    let mut gradient = vec![0.0f32; parameters.len()];
    for tile in (0..BATCH).step_by(16) {
        let sequences = tile..BATCH.min(tile + 16);
        let x = |t: usize, r: usize| &input[(t * BATCH + r) * INPUTS..][..INPUTS];
        let mut h = vec![vec![vec![0.0f32; N]; BATCH]; STEPS + 1];
        for t in 0..STEPS {
            for r in sequences.clone() {
                for n in 0..N {
                    let row = |first: usize, width: usize| (first + n * width..first + (n + 1) * width).map(value);
                    let z = product(value(b_h.start + n), row(w_xh.start, INPUTS), x(t, r));
                    let z = product(z, row(w_hh.start, N), &h[t][r]);
                    h[t + 1][r][n] = if z > 0.0 { z } else { 0.0 };
                }
            }
        }
        let mut sums = vec![0.0f32; parameters.len()];
        let mut back = vec![vec![0.0f32; N]; BATCH];
        for t in (0..STEPS).rev() {
            for r in sequences.clone() {
                if t == STEPS - 1 {
                    let y = product(value(b.start), w.clone().map(value), &h[STEPS][r]);
                    let slope = 1.0 / BATCH as f32 * 2.0 * (y - targets[t * BATCH + r]);
                    for n in 0..N {
                        sums[w.start + n] = slope.multiply_add(h[STEPS][r][n], sums[w.start + n]);
                        back[r][n] = value(w.start + n).multiply_add(slope, back[r][n]);
                    }
                    sums[b.start] += slope;
                }
                let z: Vec<f32> = (0..N).map(|n| if h[t + 1][r][n] > 0.0 { back[r][n] } else { 0.0 }).collect();
                for n in 0..N {
                    for (k, x) in x(t, r).iter().enumerate() {
                        let sum = &mut sums[w_xh.start + n * INPUTS + k];
                        *sum = z[n].multiply_add(*x, *sum);
                    }
                    for (k, h) in h[t][r].iter().enumerate() {
                        let sum = &mut sums[w_hh.start + n * N + k];
                        *sum = z[n].multiply_add(*h, *sum);
                    }
                    sums[b_h.start + n] += z[n];
                    back[r][n] = 0.0;
                }
                let column = |k: usize| (0..N).map(move |n| w_hh.start + n * N + k).map(value);
                back[r] = (0..N).map(|k| product(0.0, column(k), &z)).collect();
            }
        }
        gradient.iter_mut().zip(&sums).for_each(|(gradient, sum)| *gradient += sum);
    }
    assert!(gradient.iter().all(|slope| slope.is_finite() && *slope != 0.0));
    for isa in sets() {
        let (.., found) = FusedEngine::<f32>::new(network.clone(), isa, 1).differentiate(&parameters, &batch, None);
        assert_eq!(bits(&found), bits(&gradient), "{}", isa.name());
    }
}
