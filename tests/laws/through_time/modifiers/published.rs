//! Modifiers do as their pages say.

use longlag::{
    component::{
        cell::{Antisymmetric, CellSpec, Elman, Gru, Lstm, Tcn, Urnn},
        init::{Constant, InitializerSpec},
        task::Dimensions,
    },
    compute::kernel::Isa,
    engine::fused::FusedEngine,
    graph::{Builder, Graph},
    seed::{self, Purpose},
};

use super::cases::{
    clockwork, depth_residual, dilation, layer_norm, layer_norm_behind, model, one_mask, recurrent_dropout, skip,
    traces, zoneout,
};
use crate::{
    support::{relative_error, variants::variants},
    through_time::case::{Case, all_read, alone, noise},
};

/// Every d-th step sees every d-th step alone, as the cell itself would.
#[test]
fn a_dilated_layer_is_interleaved_cells() {
    const STEPS: usize = 12;
    let outputs = |graph: Graph, input: Vec<f32>| {
        let network = alone(graph, input.len() / 2);
        let batch = all_read(network.dimensions, input);
        let case = Case::new(network, batch);
        case.fused(&[]).evaluate(&case.parameters, &case.batch).1
    };
    let mut draws = seed::stream(6, Purpose::Data, &[]).at(0);
    let input: Vec<f32> = (0..2 * STEPS).map(|_| draws.normal() as f32).collect();
    for cell in variants() {
        let step = cell.graph(2, 3);
        if dilation(2, 1).misfit(&step, 0, 1000).is_some() {
            assert!(step.clocks().count() > 0, "{cell:?}");
            continue;
        }
        let width = step.nodes[step.output.0].width;
        for d in [2, 3, 4] {
            let dilated = outputs(model(&cell, &[dilation(d, 1)], 3, 1).step(0, 2, 3), input.clone());
            for first in 0..d {
                let every: Vec<f32> =
                    (first..STEPS).step_by(d).flat_map(|t| [input[2 * t], input[2 * t + 1]]).collect();
                let alone = outputs(step.clone(), every);
                let of = |t: usize| dilated[width * t..][..width].to_vec();
                let found: Vec<f64> = (first..STEPS).step_by(d).flat_map(of).collect();
                assert_eq!(found, alone, "{cell:?}, d = {d}, from {first}");
            }
        }
    }
}

#[test]
fn zoneout_keeps_or_takes() {
    let input: Vec<f32> = (0..1000).map(|t| (t % 7) as f32 + 1.0).collect();
    let [training, evaluation] = traces(&zoneout(0.25, &[]), &input, |graph| {
        graph.output(graph.next("h", graph.state("h") * 0.5 + graph.input()));
    });
    let (mut kept, mut before, mut expected) = (0, 0.0, 0.0);
    for ((h, e), &x) in training.iter().zip(&evaluation).zip(&input) {
        let taken = 0.5 * before + f64::from(x);
        assert!(*h == before || *h == taken, "{h} is neither {before} nor {taken}");
        kept += usize::from(*h == before);
        before = *h;
        expected = 0.25 * expected + 0.75 * (0.5 * expected + f64::from(x));
        assert!((e - expected).abs() <= 1e-12 * expected);
    }
    // Four standard deviations.
    assert!((kept as f64 - 250.0).abs() <= 55.0, "{kept} of 1000 kept");
}

#[test]
fn recurrent_dropout_drops_what_the_matrix_reads() {
    let input: Vec<f32> = (0..1000).map(|t| (t % 7) as f32 + 1.0).collect();
    let [training, evaluation] = traces(&recurrent_dropout(0.25), &input, |graph| {
        let h = graph.state("h");
        graph.output(graph.next("h", (h.linear("u") * 0.5 + graph.input()) + h * 0.125));
    });
    let (mut dropped, mut before, mut expected) = (0, 0.0, 0.0);
    for ((h, e), &x) in training.iter().zip(&evaluation).zip(&input).skip(1) {
        let carried = f64::from(x) + 0.125 * before;
        let near = |value: f64| (h - value).abs() <= 1e-12 * value.abs();
        assert!(before == 0.0 || near(carried) || near(carried + 0.5 * before / 0.75), "{h} after {before}");
        dropped += usize::from(near(carried));
        before = *h;
        expected = f64::from(x) + 0.625 * if expected == 0.0 { 1.0 } else { expected };
        assert!((e - expected).abs() <= 1e-12 * expected);
    }
    assert!((dropped as f64 - 250.0).abs() <= 55.0, "{dropped} of 1000 dropped");
}

/// Krueger et al. 2017, at evaluation, written down plainly: h reads the cell before it is zoned out.
#[test]
fn zoneout_of_an_lstm_is_the_published_one() {
    const STEPS: usize = 5;
    const HIDDEN: usize = 2;
    let (keep_h, keep_c) = (0.05, 0.5);
    let cell = CellSpec::Lstm(Lstm {});
    let step = model(&cell, &[zoneout(keep_h, &[("c", keep_c)])], HIDDEN, 1).step(0, 2, HIDDEN);
    let case = Case::alone(step, STEPS, 1);
    let input = &case.batch.input;
    let got = case.reference(&[]).evaluate(&case.parameters, &case.batch).1;
    let parameter = |name: String| {
        let found = case.network.parameters.iter().find(|parameter| parameter.name == name);
        &case.parameters[found.expect("the cell has it").range()]
    };
    let (mut h, mut c) = ([0.0; HIDDEN], [0.0; HIDDEN]);
    for t in 0..STEPS {
        let (before_h, before_c) = (h, c);
        let gate = |gate: &str, unit: usize| {
            let (wx, wh) = (parameter(format!("w_x{gate}")), parameter(format!("w_h{gate}")));
            let x: f64 = (0..2).map(|j| wx[unit * 2 + j] * f64::from(input[2 * t + j])).sum();
            let h: f64 = (0..HIDDEN).map(|j| wh[unit * HIDDEN + j] * before_h[j]).sum();
            x + h + parameter(format!("b_{gate}"))[unit]
        };
        let sigmoid = |z: f64| 1.0 / (1.0 + libm::exp(-z));
        for unit in 0..HIDDEN {
            let (i, f, o) = (sigmoid(gate("i", unit)), sigmoid(gate("f", unit)), sigmoid(gate("o", unit)));
            let fresh = f * before_c[unit] + i * libm::tanh(gate("g", unit));
            c[unit] = keep_c * before_c[unit] + (1.0 - keep_c) * fresh;
            h[unit] = keep_h * before_h[unit] + (1.0 - keep_h) * o * libm::tanh(fresh);
        }
        for unit in 0..HIDDEN {
            assert!((got[t * HIDDEN + unit] - h[unit]).abs() <= 1e-12, "step {t}, unit {unit}");
        }
    }
}

#[test]
fn recurrent_dropout_per_sequence_drops_a_unit_at_all_steps_or_none() {
    let input: Vec<f32> = (0..10).map(|t| (t % 7) as f32 + 1.0).collect();
    let builder = Builder::new(1, 40);
    builder.output(builder.next("h", builder.state("h").linear("u") + builder.input().linear("w")));
    let mut network = alone(one_mask(0.25).modify(&builder.finish(), 0), input.len());
    network.dimensions = Dimensions { inputs: 1, ..network.dimensions };
    // U = I/2 and w = 1: each unit is h ← m·h/2 + x.
    let mut parameters = vec![0.0; 1600];
    (0..40).for_each(|unit| parameters[41 * unit] = 0.5);
    parameters.extend([1.0; 40]);
    let mut engine = FusedEngine::<f64>::new(network.clone(), Isa::Portable, 1);
    let found = engine.differentiate(&parameters, &all_read(network.dimensions, input.clone()), Some(&noise())).1;
    let mut dropped = 0;
    for unit in 0..40 {
        let with = |mask: f64| {
            let next = |h: &mut f64, &x: &f32| {
                *h = 0.5 * mask * *h + f64::from(x);
                Some(*h)
            };
            input.iter().scan(0.0, next).collect::<Vec<f64>>()
        };
        let got: Vec<f64> = found.chunks(40).map(|step| step[unit]).collect();
        let near = |wanted: Vec<f64>| relative_error(&got, &wanted) <= 1e-14;
        assert!(near(with(0.0)) || near(with(1.0 / 0.75)), "unit {unit}: {got:?}");
        dropped += usize::from(near(with(0.0)));
    }
    assert!((2..=20).contains(&dropped), "{dropped} of 40 dropped");
}

/// Ba, Kiros, Hinton 2016, of both products of a plain network, written down plainly.
#[test]
fn layer_norm_behind_a_cell_is_of_what_it_shows_alone() {
    const STEPS: usize = 6;
    let modifier = layer_norm_behind();
    let mut draws = seed::stream(7, Purpose::Data, &[]).at(0);
    let input: Vec<f32> = (0..2 * STEPS).map(|_| draws.normal() as f32).collect();
    for cell in variants() {
        let step = cell.graph(2, 3);
        let width = step.nodes[step.output.0].width;
        let plain = alone(step.clone(), STEPS);
        let plain = Case::new(plain.clone(), all_read(plain.dimensions, input.clone()));
        let normalized = alone(modifier.modify(&step, 0), STEPS);
        let mut parameters = plain.parameters.clone();
        parameters.extend((0..width).map(|unit| 1.0 + unit as f64));
        parameters.extend((0..width).map(|unit| 0.25 * unit as f64));
        let outputs = plain.fused(&[]).evaluate(&plain.parameters, &plain.batch).1;
        let wanted = outputs.chunks(width).flat_map(|y| {
            let mean = y.iter().sum::<f64>() / width as f64;
            let variance = y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / width as f64;
            let of = |(unit, y): (usize, &f64)| {
                (1.0 + unit as f64) * (y - mean) / (variance + 0.01).sqrt() + 0.25 * unit as f64
            };
            y.iter().enumerate().map(of).collect::<Vec<f64>>()
        });
        let wanted: Vec<f64> = wanted.collect();
        let mut engine = FusedEngine::<f64>::new(normalized, Isa::Portable, 1);
        let got = engine.evaluate(&parameters, &plain.batch).1;
        assert!(relative_error(&got, &wanted) <= 1e-12, "{cell:?}");
    }
}

#[test]
fn layer_norm_of_an_elman_cell_is_as_its_page_says() {
    const STEPS: usize = 5;
    const HIDDEN: usize = 3;
    let step = model(&CellSpec::Elman(Elman::default()), &[layer_norm()], HIDDEN, 1).step(0, 2, HIDDEN);
    let case = Case::alone(step, STEPS, 1);
    let got = case.reference(&[]).evaluate(&case.parameters, &case.batch).1;
    let parameter = |name: &str| {
        let found = case.network.parameters.iter().find(|parameter| parameter.name == name);
        &case.parameters[found.expect("the cell has it").range()]
    };
    let normalized = |matrix: &str, v: &[f64]| -> Vec<f64> {
        let products = parameter(matrix).chunks(v.len()).map(|row| row.iter().zip(v).map(|(w, v)| w * v).sum());
        let a: Vec<f64> = products.collect();
        let mean = a.iter().sum::<f64>() / HIDDEN as f64;
        let variance = a.iter().map(|a| (a - mean) * (a - mean)).sum::<f64>() / HIDDEN as f64;
        let gain = parameter(&format!("{matrix}_gain"));
        a.iter().zip(gain).map(|(a, g)| g * (a - mean) / (variance + 0.01).sqrt()).collect()
    };
    let mut h = vec![0.0; HIDDEN];
    for t in 0..STEPS {
        let x: Vec<f64> = case.batch.input[2 * t..][..2].iter().map(|&x| f64::from(x)).collect();
        let (of_x, of_h) = (normalized("w_xh", &x), normalized("w_hh", &h));
        h = (0..HIDDEN).map(|k| libm::tanh(of_x[k] + of_h[k] + parameter("b_h")[k])).collect();
        assert!(relative_error(&got[t * HIDDEN..][..HIDDEN], &h) <= 1e-12, "step {t}");
    }
}

#[test]
fn gains_of_layer_norm_start_at_one_and_each_product_has_its_own() {
    let antisymmetric = CellSpec::Antisymmetric(Antisymmetric::default());
    let model = model(&antisymmetric, &[layer_norm()], 4, 1);
    let (step, laws) = (model.step(0, 3, 4), model.laws(0, 3, 4));
    let names = ["w_hh_gain", "w_hh_gain2", "w_xh_gain"];
    assert!(names.iter().all(|name| step.parameters.iter().any(|parameter| parameter.name == *name)));
    let one = InitializerSpec::Constant(Constant { value: 1.0 });
    assert_eq!(laws, names.map(|name| (name.to_owned(), one.clone())).into());
}

/// h_t = x_t + (u·h_{t−1} + u_s·h_{t−3})/4 with u = u_s = 1.
#[test]
fn skip_adds_the_product_of_the_state_of_several_steps_ago() {
    let input: Vec<f32> = (0..1000).map(|t| (t % 7) as f32 + 1.0).collect();
    let [training, evaluation] = traces(&skip(3), &input, |graph| {
        graph.output(graph.next("h", graph.state("h").linear("u") * 0.25 + graph.input()));
    });
    assert_eq!(training, evaluation);
    for t in 0..1000 {
        let before = |delay: usize| if delay <= t { training[t - delay] } else { 0.0 };
        let wanted = f64::from(input[t]) + 0.25 * (before(1) + before(3));
        assert!((training[t] - wanted).abs() <= 1e-12 * wanted, "step {t}");
    }
}

#[test]
fn clockwork_changes_a_unit_at_multiples_of_its_period() {
    let input: Vec<f32> = (0..1000).map(|t| (t % 7) as f32 + 1.0).collect();
    let [training, _] = traces(&clockwork(&[3]), &input, |graph| {
        graph.output(graph.next("h", graph.state("h") * 0.5 + graph.input()));
    });
    let mut h = 0.0;
    for t in 0..1000 {
        if t % 3 == 0 {
            h = 0.5 * h + f64::from(input[t]);
        }
        assert!((training[t] - h).abs() <= 1e-12 * h, "step {t}");
    }
    // Of five units in three groups, in order.
    let gru = CellSpec::Gru(Gru::default());
    let case = Case::alone(model(&gru, &[clockwork(&[1, 2, 4])], 5, 1).step(0, 2, 5), 9, 1);
    let outputs = case.fused(&[]).evaluate(&case.parameters, &case.batch).1;
    for t in 1..9 {
        for (unit, period) in [1, 2, 2, 4, 4].into_iter().enumerate() {
            let changed = outputs[5 * t + unit] != outputs[5 * (t - 1) + unit];
            assert_eq!(changed, t % period == 0, "step {t}, unit {unit}");
        }
    }
}

/// The output of a layer above the first is the cell's with the input added; what is carried on is the cell's.
#[test]
fn depth_residual_adds_the_input_to_the_output_alone() {
    for cell in [CellSpec::Elman(Elman::default()), CellSpec::Lstm(Lstm {}), CellSpec::Tcn(Tcn::default())] {
        let plain = Case::alone(cell.graph(2, 2), 6, 2);
        let residual = Case::alone(model(&cell, &[depth_residual()], 2, 2).step(1, 2, 2), 6, 2);
        assert_eq!((&plain.parameters, &plain.batch.input), (&residual.parameters, &residual.batch.input));
        let outputs = |case: &Case| case.fused(&[]).evaluate(&case.parameters, &case.batch).1;
        let wanted = outputs(&plain).into_iter().zip(&plain.batch.input).map(|(y, &x)| y + f64::from(x));
        assert_eq!(outputs(&residual), wanted.collect::<Vec<_>>(), "{cell:?}");
    }
}

#[test]
fn depth_residual_wants_one_width() {
    let misfit =
        |cell: CellSpec, inputs: usize, layer: usize| depth_residual().misfit(&cell.graph(inputs, 4), layer, 9);
    assert_eq!(misfit(CellSpec::Elman(Elman::default()), 3, 0), None);
    assert_eq!(misfit(CellSpec::Elman(Elman::default()), 4, 1), None);
    assert!(misfit(CellSpec::Urnn(Urnn {}), 4, 1).is_some());
    assert_eq!(misfit(CellSpec::Urnn(Urnn {}), 8, 1), None);
}
