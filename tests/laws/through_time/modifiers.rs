//! Laws of every registered modifier on every registered cell.

use longlag::{
    component::{
        cell::{Antisymmetric, CellSpec, Elman, Gru, Lstm, MinGru, Tcn, Urnn},
        init::{Constant, InitializerSpec},
        modifier::{
            Clockwork, DepthResidual, Dilation, InitialState, LayerNorm, ModifierSpec, Per, Rate, RecurrentDropout,
            Skip, Start, Zoneout,
        },
        task::{Copy, Dimensions, TaskSpec},
    },
    compute::kernel::Isa,
    engine::fused::{FusedEngine, GraphEvaluator},
    graph::{Builder, Clock, Graph, NodeId, Op},
    model::ModelSpec,
    seed::{self, Role},
};

use super::case::{Case, all_read, alone, noise, tasks};
use crate::support::{relative_error, variants::variants};

fn zoneout(rate: f64, states: &[(&str, f64)]) -> ModifierSpec {
    let states = states.iter().map(|&(name, rate)| (name.to_owned(), Rate(rate))).collect();
    ModifierSpec::Zoneout(Zoneout { rate: Rate(rate), states })
}

fn recurrent_dropout(rate: f64) -> ModifierSpec {
    ModifierSpec::RecurrentDropout(RecurrentDropout { rate, per: Per::Step })
}

fn one_mask(rate: f64) -> ModifierSpec {
    ModifierSpec::RecurrentDropout(RecurrentDropout { rate, per: Per::Sequence })
}

fn layer_norm() -> ModifierSpec {
    ModifierSpec::LayerNorm(LayerNorm { epsilon: 0.01 })
}

fn skip(steps: usize) -> ModifierSpec {
    ModifierSpec::Skip(Skip { steps })
}

fn clockwork(periods: &[usize]) -> ModifierSpec {
    ModifierSpec::Clockwork(Clockwork { periods: periods.to_vec() })
}

fn depth_residual() -> ModifierSpec {
    ModifierSpec::DepthResidual(DepthResidual {})
}

fn initial_state(start: Start) -> ModifierSpec {
    ModifierSpec::InitialState(InitialState { start, deviation: 0.5 })
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
        vec![one_mask(0.4)],
        vec![layer_norm()],
        vec![skip(3)],
        vec![clockwork(&[1, 2])],
        vec![depth_residual()],
        vec![initial_state(Start::Learned)],
        vec![initial_state(Start::Noise)],
        vec![skip(2), clockwork(&[1, 3]), depth_residual(), initial_state(Start::Learned)],
    ];
    for modifier in ModifierSpec::all() {
        assert!(lists.iter().flatten().any(|tested| tested.kind() == modifier.kind()), "{}", modifier.kind());
    }
    lists
}

/// Layer `layer` of a network of `cell` with these modifiers, if they fit it in long sequences.
fn fitted(cell: &Graph, modifiers: &[ModifierSpec], layer: usize) -> Option<Graph> {
    modifiers.iter().try_fold(cell.clone(), |step, modifier| {
        modifier.misfit(&step, layer, 1000).is_none().then(|| modifier.modify(&step, layer))
    })
}

/// The lists that fit each layer of a network of `cell`.
fn fitting(cell: &CellSpec, inputs: usize, hidden: usize, layers: usize) -> Vec<Vec<ModifierSpec>> {
    let fits = |modifiers: &Vec<ModifierSpec>| {
        let below = |width: Option<usize>, layer: usize| {
            let step = fitted(&cell.graph(width?, hidden), modifiers, layer)?;
            Some(step.nodes[step.output.0].width)
        };
        (0..layers).fold(Some(inputs), below).is_some()
    };
    lists().into_iter().filter(fits).collect()
}

fn model(cell: &CellSpec, modifiers: &[ModifierSpec], hidden: usize, layers: usize) -> ModelSpec {
    ModelSpec { cell: cell.clone(), modifiers: modifiers.to_vec(), hidden, layers, ..ModelSpec::default() }
}

#[test]
fn engines_agree() {
    for cell in variants() {
        for task in tasks() {
            for modifiers in fitting(&cell, task.dimensions().inputs, 5, 2) {
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
        for modifiers in fitting(&cell, task.dimensions().inputs, 3, 2) {
            let case = Case::with_model(&model(&cell, &modifiers, 3, 2), task, &[0, 1]);
            case.assert_central_differences(&format!("{cell:?}, {modifiers:?}"), Some(&noise()));
        }
    }
}

#[test]
fn a_batch_of_two_is_two_batches_of_one() {
    for cell in variants() {
        for task in tasks() {
            for modifiers in fitting(&cell, task.dimensions().inputs, 5, 1) {
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
    let task = TaskSpec::Copy(Copy { length: 12.into(), symbols: 3, items: 3 });
    for cell in variants() {
        for modifiers in fitting(&cell, task.dimensions().inputs, 17, 2) {
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
    let idle = [
        vec![zoneout(0.0, &[])],
        vec![recurrent_dropout(0.0)],
        vec![one_mask(0.0)],
        vec![dilation(1, 1)],
        vec![initial_state(Start::Zeros)],
    ];
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
        assert_eq!(model(&cell, &[depth_residual()], 5, 2).step(0, 3, 5), cell.graph(3, 5), "{cell:?}");
        let in_the_first_layer = |list: &Vec<ModifierSpec>| *list != [dilation(1, 3)] && *list != [depth_residual()];
        for modifiers in fitting(&cell, 3, 5, 1).into_iter().filter(in_the_first_layer) {
            let (cell, modified) = (cell.graph(3, 5), model(&cell, &modifiers, 5, 2).step(0, 3, 5));
            assert_ne!(modified, cell, "{modifiers:?}");
            // Parameters may be added, none is changed.
            assert_eq!(modified.parameters[..cell.parameters.len()], cell.parameters, "{modifiers:?}");
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

/// What unit `unit` of a clock shows at step `t`.
fn ticks(clock: &Clock, t: usize, unit: usize) -> f64 {
    let one = match clock {
        Clock::Periods(periods) => t.is_multiple_of(periods[unit]),
        Clock::First(steps) => t < *steps,
    };
    f64::from(u8::from(one))
}

/// T steps are T times one step, each evaluated on its own with the states of the steps before it.
#[test]
fn many_steps_are_one_step_many_times() {
    const STEPS: usize = 8;
    for cell in variants() {
        for modifiers in lists() {
            let Some(step) = fitted(&cell.graph(2, 3), &modifiers, 1) else { continue };
            let case = Case::alone(step.clone(), STEPS, 2);
            let outputs = case.fused(&[]).evaluate(&case.parameters, &case.batch).1;
            let parameters: Vec<Vec<f64>> =
                case.network.parameters.iter().map(|parameter| case.parameters[parameter.range()].to_vec()).collect();
            let wanted: Vec<NodeId> = step.states.iter().map(|state| state.next).chain([step.output]).collect();
            let mut evaluator = GraphEvaluator::new(Isa::Portable, &step.nodes, &step.parameters, &wanted, 2);
            let mut carried: Vec<Vec<Vec<f64>>> = vec![];
            let width = step.nodes[step.output.0].width;
            for (t, output) in outputs.chunks(2 * width).enumerate() {
                let given: Vec<Vec<f64>> = step
                    .nodes
                    .iter()
                    .map(|node| match node.op {
                        Op::Clock(ref clock) => (0..2 * node.width).map(|k| ticks(clock, t, k % node.width)).collect(),
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

/// The start is a trained 1, seen by every read from before the first step.
#[test]
fn a_learned_initial_state_is_read_before_the_first_step() {
    let input: Vec<f32> = (0..9).map(|t| (t % 7) as f32 + 1.0).collect();
    let [training, evaluation] = traces(&initial_state(Start::Learned), &input, |graph| {
        let sum = graph.state("h") * 0.5 + graph.delayed("h", 1, 3) * 0.25;
        graph.output(graph.next("h", sum + graph.input()));
    });
    assert_eq!(training, evaluation);
    for t in 0..9 {
        let before = |delay: usize| if delay <= t { training[t - delay] } else { 1.0 };
        assert_eq!(training[t], 0.5 * before(1) + 0.25 * before(3) + f64::from(input[t]), "step {t}");
    }
}

/// One start for all reads of a state, another for each sequence, none at evaluation.
#[test]
fn a_noisy_initial_state_is_drawn_once_per_sequence() {
    let builder = Builder::new(2, 3);
    let (near, far) = (builder.state("h"), builder.delayed("h", 3, 2));
    builder.next("h", near * 0.0);
    builder.output(near + far * 2.0);
    let mut noises = vec![];
    let case = Case::alone(initial_state(Start::Noise).modify(&builder.finish(), 0), 3, 400);
    let outputs = case.fused(&[]).differentiate(&case.parameters, &case.batch, Some(&noise())).1;
    for (sequence, first) in outputs[..1200].chunks(3).enumerate() {
        let at = |t: usize| &outputs[1200 * t + 3 * sequence..][..3];
        assert_eq!(at(2), [0.0; 3]);
        for (first, second) in first.iter().zip(at(1)) {
            assert!((first / 3.0 - second / 2.0).abs() <= 1e-14, "sequence {sequence}");
            noises.push(first / 3.0);
        }
    }
    let variance = noises.iter().map(|x| x * x).sum::<f64>() / 1200.0;
    // Five standard errors.
    assert!((variance - 0.25).abs() <= 5.0 * 0.25 * (2.0f64 / 1200.0).sqrt(), "{variance}");
    assert_eq!(case.fused(&[]).evaluate(&case.parameters, &case.batch).1, [0.0; 3600]);
}

/// Lists in which a modifier makes no sense behind an earlier one, and some in which all do.
#[test]
fn a_modifier_may_make_no_sense_behind_another() {
    let learned = || initial_state(Start::Learned);
    let wrong = [
        [layer_norm(), layer_norm()],
        [skip(3), skip(3)],
        [clockwork(&[1, 2]), clockwork(&[1, 3])],
        [depth_residual(), depth_residual()],
        [learned(), learned()],
        [learned(), zoneout(0.1, &[])],
        [learned(), clockwork(&[1, 2])],
        [learned(), skip(3)],
    ];
    for [first, second] in wrong {
        let misfit = second.misfit_after(std::slice::from_ref(&first)).expect("it makes no sense");
        assert!(misfit.message.contains(second.kind()) && !misfit.help.is_empty(), "{misfit:?}");
    }
    for list in lists() {
        for (index, modifier) in list.iter().enumerate() {
            assert_eq!(modifier.misfit_after(&list[..index]), None, "{list:?}");
        }
    }
    assert_eq!(skip(4).misfit_after(&[skip(3)]), None);
    assert_eq!(learned().misfit_after(&[skip(3), clockwork(&[1, 2]), zoneout(0.1, &[])]), None);
    assert_eq!(dilation(2, 1).misfit_after(&[dilation(2, 1)]), None);
}
