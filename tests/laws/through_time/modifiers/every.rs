//! Laws of every list of modifiers.

use longlag::{
    component::{
        cell::{CellSpec, Elman, Lstm, MinGru},
        modifier::{ModifierSpec, Start},
        task::{Copy, TaskSpec},
    },
    compute::kernel::Isa,
    engine::fused::{FusedEngine, GraphEvaluator},
    graph::{Clock, NodeId, Op},
};

use super::cases::{
    clockwork, depth_residual, dilation, fitted, fitting, initial_state, layer_norm, lists, model, one_mask,
    recurrent_dropout, skip, zoneout,
};
use crate::{
    support::{relative_error, variants::variants},
    through_time::case::{Case, noise, tasks},
};

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

/// A state is read s steps back only in sequences of more than s steps; each group of a clock has a unit at least.
#[test]
fn modifiers_fit_from_the_size_on_that_they_need() {
    let cell = |hidden: usize| CellSpec::Lstm(Lstm {}).graph(3, hidden);
    for steps in 2..6 {
        for (modifier, reach) in [(skip(steps), steps), (dilation(steps, 1), steps), (dilation(1, steps), steps)] {
            let fits = |steps: usize| modifier.misfit(&cell(4), 1, steps).is_none();
            assert!(!fits(reach) && fits(reach + 1), "{modifier:?}");
        }
        let periods: Vec<usize> = (1..=steps).collect();
        let fits = |hidden: usize| clockwork(&periods).misfit(&cell(hidden), 0, 9).is_none();
        assert!(!fits(steps - 1) && fits(steps), "{periods:?}");
    }
}

/// The value of unit `unit` of a clock at step `t`.
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
