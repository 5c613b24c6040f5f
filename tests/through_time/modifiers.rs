//! Laws of every registered modifier on every registered cell.

use longlag::{
    cell::{CellSpec, Elman, Lstm, MinGru},
    engine::fused::{Evaluator, FusedEngine},
    graph::{Builder, Graph, NodeId, Op},
    kernel::Isa,
    model::ModelSpec,
    modifier::{Dilation, ModifierSpec, Rate, RecurrentDropout, Zoneout},
    seed::{self, Role},
    task::{Copy, Dimensions, TaskSpec},
};

use crate::{
    case::{Case, all_read, alone, noise, tasks},
    support::relative_error,
    variants::variants,
};

fn zoneout(rate: f64, states: &[(&str, f64)]) -> ModifierSpec {
    let states = states.iter().map(|&(name, rate)| (name.to_owned(), Rate(rate))).collect();
    ModifierSpec::Zoneout(Zoneout { rate: Rate(rate), states })
}

fn recurrent_dropout(rate: f64) -> ModifierSpec {
    ModifierSpec::RecurrentDropout(RecurrentDropout { rate })
}

fn dilation(steps: usize, growth: usize) -> ModifierSpec {
    ModifierSpec::Dilation(Dilation { steps, growth })
}

/// Every registered modifier, and some after one another.
fn lists() -> Vec<Vec<ModifierSpec>> {
    let lists = vec![
        vec![zoneout(0.3, &[])],
        vec![zoneout(0.0, &[("h", 0.6)])],
        vec![recurrent_dropout(0.4)],
        vec![dilation(2, 1)],
        vec![dilation(1, 3)],
        vec![dilation(3, 1), zoneout(0.3, &[]), recurrent_dropout(0.4)],
        vec![zoneout(0.3, &[]), dilation(2, 2)],
    ];
    for modifier in ModifierSpec::all() {
        assert!(lists.iter().flatten().any(|tested| tested.kind() == modifier.kind()), "{}", modifier.kind());
    }
    lists
}

fn model(cell: &CellSpec, modifiers: &[ModifierSpec], hidden: usize, layers: usize) -> ModelSpec {
    ModelSpec { cell: cell.clone(), modifiers: modifiers.to_vec(), hidden, layers, ..ModelSpec::default() }
}

#[test]
fn engines_agree() {
    for cell in variants() {
        for task in tasks() {
            for modifiers in lists() {
                for layers in [1, 2] {
                    let case = Case::with_model(&model(&cell, &modifiers, 5, layers), &task, &[0, 1, 2]);
                    let what = format!("{cell:?}, {modifiers:?} on {}, {layers} layers", task.kind());
                    case.assert_engines_agree(&what, &[], Some(&noise()));
                    case.assert_engines_agree(&what, &[], None);
                }
            }
        }
    }
}

/// With its random vectors drawn.
#[test]
fn gradients_match_central_differences() {
    let task = &tasks()[1];
    for cell in variants() {
        for modifiers in lists() {
            let case = Case::with_model(&model(&cell, &modifiers, 3, 2), task, &[0, 1]);
            case.assert_central_differences(&format!("{cell:?}, {modifiers:?}"), Some(&noise()));
        }
    }
}

#[test]
fn a_batch_of_two_is_two_batches_of_one() {
    for cell in variants() {
        for task in tasks() {
            for modifiers in lists() {
                let of = |addresses: &[u64]| {
                    let case = Case::with_model(&model(&cell, &modifiers, 5, 1), &task, addresses);
                    case.fused(&[]).differentiate(&case.parameters, &case.batch, Some(&noise())).2
                };
                let mean: Vec<f64> = of(&[0]).iter().zip(of(&[1])).map(|(a, b)| (a + b) / 2.0).collect();
                let error = relative_error(&of(&[0, 1]), &mean);
                assert!(error <= 1e-12, "{cell:?}, {modifiers:?} on {}: {error:e}", task.kind());
            }
        }
    }
}

/// The gradient in f32, bit for bit.
#[test]
fn instruction_sets_and_threads_change_no_bit() {
    let task = TaskSpec::Copy(Copy { length: 12, symbols: 3, items: 3 });
    for cell in variants() {
        for modifiers in lists() {
            let addresses: Vec<u64> = (0..37).collect();
            let case = Case::with_model(&model(&cell, &modifiers, 17, 2), &task, &addresses);
            let parameters: Vec<f32> = case.parameters.iter().map(|&parameter| parameter as f32).collect();
            let gradient = |isa: Isa, threads: usize| -> Vec<u32> {
                let mut fused = FusedEngine::<f32>::new(case.network.clone(), isa, threads);
                let gradient = fused.differentiate(&parameters, &case.batch, Some(&noise())).2;
                gradient.into_iter().map(f32::to_bits).collect()
            };
            let first = gradient(Isa::Portable, 1);
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(gradient(isa, 2), first, "{cell:?}, {modifiers:?} by {}", isa.name());
            }
        }
    }
}

#[test]
fn modifiers_that_change_nothing_give_the_cell_itself() {
    let idle = [vec![zoneout(0.0, &[])], vec![recurrent_dropout(0.0)], vec![dilation(1, 1)]];
    for cell in variants() {
        for modifiers in &idle {
            for layer in [0, 1] {
                assert_eq!(
                    model(&cell, modifiers, 5, 2).step(layer, 3, 5),
                    cell.graph(3, 5),
                    "{cell:?}, {modifiers:?}"
                );
            }
        }
        assert_eq!(model(&cell, &[dilation(1, 2)], 5, 2).step(0, 3, 5), cell.graph(3, 5), "{cell:?}");
        for modifiers in lists().into_iter().filter(|modifiers| *modifiers != [dilation(1, 3)]) {
            if modifiers[0].misfit(&cell.graph(3, 5), 0, 100).is_some() {
                continue;
            }
            let modified = model(&cell, &modifiers, 5, 2).step(0, 3, 5);
            assert_ne!(modified, cell.graph(3, 5), "{cell:?}, {modifiers:?}");
            assert_eq!(modified.parameters, cell.graph(3, 5).parameters, "{cell:?}, {modifiers:?}");
        }
    }
}

/// A cell all of whose matrices read the input alone.
#[test]
fn dropping_where_no_matrix_reads_the_state_is_a_misfit() {
    let misfit = |cell: CellSpec, rate: f64| recurrent_dropout(rate).misfit(&cell.graph(3, 5), 0, 100).is_some();
    assert!(misfit(CellSpec::MinGru(MinGru::default()), 0.1));
    assert!(!misfit(CellSpec::MinGru(MinGru::default()), 0.0));
    assert!(!misfit(CellSpec::Lstm(Lstm {}), 0.1));
}

/// T steps are T times one step, each evaluated on its own with the states of the steps before it.
#[test]
fn many_steps_are_one_step_many_times() {
    const STEPS: usize = 8;
    for cell in variants() {
        for modifiers in lists() {
            let step = model(&cell, &modifiers, 3, 2).step(1, 2, 3);
            let case = Case::alone(step.clone(), STEPS, 2);
            let outputs = case.fused(&[]).evaluate(&case.parameters, &case.batch).1;
            let parameters: Vec<Vec<f64>> =
                case.network.parameters.iter().map(|parameter| case.parameters[parameter.range()].to_vec()).collect();
            let wanted: Vec<NodeId> = step.states.iter().map(|state| state.next).chain([step.output]).collect();
            let mut evaluator = Evaluator::new(Isa::Portable, &step.nodes, &step.parameters, &wanted, 2);
            let mut carried: Vec<Vec<Vec<f64>>> = vec![];
            let width = step.nodes[step.output.0].width;
            for (t, output) in outputs.chunks(2 * width).enumerate() {
                let given: Vec<Vec<f64>> = step
                    .nodes
                    .iter()
                    .map(|node| match node.op {
                        Op::Input => case.batch.input[4 * t..][..4].iter().map(|&x| f64::from(x)).collect(),
                        Op::Previous { state, delay } if delay <= t => carried[t - delay][state.0].clone(),
                        Op::Random { evaluation, .. } => vec![evaluation; 2 * node.width],
                        _ => vec![0.0; 2 * node.width],
                    })
                    .collect();
                let mut found = evaluator.run(&parameters, |node| &given[node.0]);
                let error = relative_error(&found.pop().expect("the output"), output);
                assert!(error <= 1e-13, "{cell:?}, {modifiers:?}, step {t}: {error:e}");
                carried.push(found);
            }
        }
    }
}

/// A modifier sees what the one before it has made.
#[test]
fn the_order_of_modifiers_counts() {
    let delays = |modifiers: &[ModifierSpec]| {
        let step = model(&CellSpec::Elman(Elman::default()), modifiers, 5, 1).step(0, 3, 5);
        let delay = |op: &Op| if let Op::Previous { delay, .. } = op { Some(*delay) } else { None };
        step.nodes.iter().filter_map(|node| delay(&node.op)).collect::<Vec<_>>()
    };
    assert_eq!(delays(&[dilation(3, 1), zoneout(0.5, &[])]), [3, 1]);
    assert_eq!(delays(&[zoneout(0.5, &[]), dilation(3, 1)]), [3]);
    assert_eq!(delays(&[dilation(3, 1), dilation(2, 1)]), [6]);
}

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
    let mut draws = seed::stream(6, Role::Data, &[]).at(0);
    let input: Vec<f32> = (0..2 * STEPS).map(|_| draws.normal() as f32).collect();
    for cell in variants() {
        let step = cell.graph(2, 3);
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

/// The outputs of a hand-written cell of one unit for 1000 inputs, in training and at evaluation.
fn traces(modifier: &ModifierSpec, input: &[f32], write: impl FnOnce(&Builder)) -> [Vec<f64>; 2] {
    let builder = Builder::new(1, 1);
    write(&builder);
    let step = modifier.modify(&builder.finish(), 0);
    let mut network = alone(step, input.len());
    network.dimensions = Dimensions { inputs: 1, ..network.dimensions };
    let batch = all_read(network.dimensions, input.to_vec());
    let parameters = vec![1.0; network.size()];
    let mut engine = FusedEngine::<f64>::new(network, Isa::Portable, 1);
    let training = engine.differentiate(&parameters, &batch, Some(&noise())).1;
    [training, engine.evaluate(&parameters, &batch).1]
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
