//! Rules for what passes back, against backpropagation through time written down plainly for one small network.

use longlag::{
    component::{
        bptt::{BpttSpec, ClipStateGradient, Truncate},
        cell::CellSpec,
        task::{Batch, Dimensions, Goal, Targets},
    },
    model::{ModelSpec, Network},
    seed::{self, Purpose},
};

use super::case::Case;
use crate::support::relative_error;

const INPUTS: usize = 2;
const HIDDEN: usize = 3;
const STEPS: usize = 9;

/// Outputs are read here and there, more often in one sequence than in the other, and in the last not at the end.
fn batch(dimensions: Dimensions) -> Batch {
    let size = 3;
    let mut draws = seed::stream(4, Purpose::Data, &[]).at(0);
    let mut numbers = |count: usize| -> Vec<f32> { (0..count).map(|_| 2.0 * draws.normal() as f32).collect() };
    let rows = STEPS * size;
    let (input, targets) = (numbers(rows * INPUTS), Targets::Numbers(numbers(rows)));
    let read = |t: usize, b: usize| [t == STEPS - 1, t.is_multiple_of(2), t == 1 || t == 6][b];
    let read: Vec<bool> = (0..rows).map(|row| read(row / size, row % size)).collect();
    Batch { size, dimensions, input, targets, scored: read.clone(), read, addresses: vec![0, 1, 2] }
}

/// max and k of the rules.
struct Rules {
    max: f64,
    every: usize,
}

/// The flat gradient of the mean loss, and ∂L_b/∂h [steps, size, hidden].
fn backpropagation_through_time(network: &Network, p: &[f64], batch: &Batch, rules: &Rules) -> (Vec<f64>, Vec<f64>) {
    let start = |name: &str| {
        let found = network.parameters.iter().find(|parameter| parameter.name == name);
        found.expect("the network has it").range().start
    };
    let (wx, wh, b) = (start("layer0.w_xh"), start("layer0.w_hh"), start("layer0.b_h"));
    let (v, c) = (start("readout0.w"), start("readout0.b"));
    let Targets::Numbers(targets) = &batch.targets else { unreachable!("the goal is a number") };
    let outputs = batch.read.iter().filter(|read| **read).count() as f64;
    let mut gradient = vec![0.0; p.len()];
    let mut carried = vec![0.0; STEPS * batch.size * HIDDEN];
    for sequence in 0..batch.size {
        let row = |t: usize| t * batch.size + sequence;
        let x = |t: usize, j: usize| f64::from(batch.input[row(t) * INPUTS + j]);
        let mut h = [[0.0; HIDDEN]; STEPS + 1];
        for t in 0..STEPS {
            for i in 0..HIDDEN {
                let input: f64 = (0..INPUTS).map(|j| p[wx + i * INPUTS + j] * x(t, j)).sum();
                let state: f64 = (0..HIDDEN).map(|j| p[wh + i * HIDDEN + j] * h[t][j]).sum();
                h[t + 1][i] = libm::tanh(input + state + p[b + i]);
            }
        }
        // Of the sequence's own loss.
        let own = (0..STEPS).filter(|&t| batch.read[row(t)]).count() as f64;
        let mut of_own = vec![0.0; p.len()];
        let mut delta = [0.0; HIDDEN];
        for t in (0..STEPS).rev() {
            let h_t = h[t + 1];
            if batch.read[row(t)] {
                let y: f64 = (0..HIDDEN).map(|i| p[v + i] * h_t[i]).sum::<f64>() + p[c];
                let slope = 2.0 * (y - f64::from(targets[row(t)])) / own;
                for i in 0..HIDDEN {
                    of_own[v + i] += slope * h_t[i];
                    delta[i] += slope * p[v + i];
                }
                of_own[c] += slope;
            }
            carried[row(t) * HIDDEN..][..HIDDEN].copy_from_slice(&delta);
            let dz: Vec<f64> = (0..HIDDEN).map(|i| delta[i] * (1.0 - h_t[i] * h_t[i])).collect();
            for i in 0..HIDDEN {
                (0..INPUTS).for_each(|j| of_own[wx + i * INPUTS + j] += dz[i] * x(t, j));
                (0..HIDDEN).for_each(|j| of_own[wh + i * HIDDEN + j] += dz[i] * h[t][j]);
                of_own[b + i] += dz[i];
            }
            for (j, delta) in delta.iter_mut().enumerate() {
                let back: f64 = (0..HIDDEN).map(|i| p[wh + i * HIDDEN + j] * dz[i]).sum();
                *delta = if t.is_multiple_of(rules.every) { 0.0 } else { back.clamp(-rules.max, rules.max) };
            }
        }
        gradient.iter_mut().zip(of_own).for_each(|(sum, own_gradient)| *sum += own / outputs * own_gradient);
    }
    (gradient, carried)
}

#[test]
fn rules_do_what_they_say() {
    let dimensions = Dimensions { inputs: INPUTS, goal: Goal::Numbers(1), steps: STEPS };
    let model = ModelSpec { cell: CellSpec::default(), hidden: HIDDEN, ..ModelSpec::default() };
    let case = Case::new(Network::new(&model, dimensions), batch(dimensions));
    let mut found: Vec<Vec<f64>> = vec![];
    for (max, every) in [(1e30, 1000), (0.1, 1000), (0.01, 1000), (1e30, 1), (1e30, 4), (0.1, 4)] {
        let rules = [BpttSpec::ClipStateGradient(ClipStateGradient { max }), BpttSpec::Truncate(Truncate { every })];
        let what = format!("max {max}, every {every}");
        let (wanted, carried) =
            backpropagation_through_time(&case.network, &case.parameters, &case.batch, &Rules { max, every });
        let gradient = case.assert_engines_agree(&what, &rules, None);
        let error = relative_error(&gradient, &wanted);
        assert!(error <= 1e-12, "{what}: gradient {error:e}");
        let got = case.fused(&rules).carried_gradients(&case.parameters, &case.batch);
        let error = relative_error(&got[0].values, &carried);
        assert!(error <= 1e-12, "{what}: by the state {error:e}");
        for other in &found {
            assert!(relative_error(&gradient, other) >= 1e-3, "{what} is as another");
        }
        found.push(gradient);
    }
}
