//! Laws of every registered cell, by both engines in f64.

#[path = "support/engines.rs"]
mod engines;
#[path = "support/mod.rs"]
mod support;
#[path = "support/variants.rs"]
mod variants;

use engines::engines;
use longlag::{
    cell::{CellSpec, Elman, Gru, ResetGate, ResidualElman},
    model::{InitSpec, ModelSpec, Network},
    seed::{self, Role},
    task::{Adding, Batch, Copy, TaskSpec},
};
use support::relative_error;
use variants::variants;

fn tasks() -> [TaskSpec; 2] {
    [TaskSpec::Adding(Adding { length: 5.into() }), TaskSpec::Copy(Copy { length: 2.into(), symbols: 3, items: 2 })]
}

struct Case {
    network: Network,
    parameters: Vec<f64>,
    batch: Batch,
}

fn case(cell: &CellSpec, task: &TaskSpec, layers: usize, batch: u64) -> Case {
    let model = ModelSpec { cell: cell.clone(), hidden: 4, layers, ..ModelSpec::default() };
    let network = Network::new(&model, task.dimensions());
    let mut draws = seed::stream(1, Role::Init, &[]).at(0);
    let mut parameters: Vec<f64> = network.initialize(&InitSpec::default(), 1, 0).into_iter().map(f64::from).collect();
    // Biases away from zero, so that their place matters and no unit of a ReLU sits on its kink.
    parameters.iter_mut().for_each(|parameter| *parameter += 0.1 * draws.normal());
    let addresses: Vec<u64> = (0..batch).collect();
    let batch = Batch::draw(task, &seed::stream(1, Role::Data, &[]), &addresses);
    Case { network, parameters, batch }
}

#[test]
fn gradients_match_central_differences() {
    for cell in variants() {
        for task in tasks() {
            for layers in [1, 2] {
                let Case { network, parameters, batch } = case(&cell, &task, layers, 3);
                for (name, mut engine) in engines::<f64>(&network) {
                    let (_, _, gradient) = engine.differentiate(&parameters, &batch, None);
                    let step = 1e-5;
                    let differences: Vec<f64> = (0..parameters.len())
                        .map(|k| {
                            let mut loss = |sign: f64| {
                                let mut moved = parameters.clone();
                                moved[k] += sign * step;
                                engine.evaluate(&moved, &batch).0
                            };
                            (loss(1.0) - loss(-1.0)) / (2.0 * step)
                        })
                        .collect();
                    let error = relative_error(&gradient, &differences);
                    assert!(error <= 1e-7, "{name}, {cell:?} on {}, {layers} layers: {error:e}", task.kind());
                }
            }
        }
    }
}

#[test]
fn a_batch_of_two_is_two_batches_of_one() {
    for cell in variants() {
        for task in tasks() {
            let Case { network, parameters, batch } = case(&cell, &task, 1, 2);
            for (name, mut engine) in engines::<f64>(&network) {
                let (loss, _, gradient) = engine.differentiate(&parameters, &batch, None);
                let stream = seed::stream(1, Role::Data, &[]);
                let halves: Vec<_> = (0..2)
                    .map(|address| engine.differentiate(&parameters, &Batch::draw(&task, &stream, &[address]), None))
                    .collect();
                let mean: Vec<f64> = halves[0].2.iter().zip(&halves[1].2).map(|(a, b)| (a + b) / 2.0).collect();
                assert!((loss - (halves[0].0 + halves[1].0) / 2.0).abs() <= 1e-12, "{name}, {cell:?}");
                let error = relative_error(&gradient, &mean);
                assert!(error <= 1e-12, "{name}, {cell:?} on {}: {error:e}", task.kind());
            }
        }
    }
}

/// What is read before the end of a sequence does not depend on the steps that follow.
#[test]
fn later_inputs_do_not_change_earlier_outputs() {
    for cell in variants() {
        let task = TaskSpec::Copy(Copy { length: 2.into(), symbols: 3, items: 2 });
        let Case { network, parameters, batch } = case(&cell, &task, 2, 2);
        let width = task.dimensions().goal.width();
        let last_step = batch.input.len() - batch.size * task.dimensions().inputs;
        let mut changed = batch.clone();
        changed.input[last_step..].iter_mut().for_each(|x| *x += 1.0);
        for (name, mut engine) in engines::<f64>(&network) {
            let (_, before) = engine.evaluate(&parameters, &batch);
            let (_, after) = engine.evaluate(&parameters, &changed);
            let unchanged = before.len() - batch.size * width;
            assert_eq!(before[..unchanged], after[..unchanged], "{name}, {cell:?}");
            assert_ne!(before[unchanged..], after[unchanged..], "{name}, {cell:?}");
        }
    }
}

#[test]
fn parameters_fill_the_buffer_without_gaps() {
    for cell in variants() {
        for layers in [1, 3] {
            let Case { network, .. } = case(&cell, &tasks()[1], layers, 1);
            let mut end = 0;
            for parameter in &network.parameters {
                assert_eq!(parameter.offset, end, "{cell:?}: {}", parameter.name);
                end = parameter.range().end;
            }
            assert_eq!(end, network.size());
            let mut names: Vec<_> = network.parameters.iter().map(|parameter| &parameter.name).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), network.parameters.len(), "{cell:?} has two parameters of one name");
        }
    }
}

/// The number of weights per hidden unit, as the literature counts them.
#[test]
fn parameter_counts_are_the_published_ones() {
    let count = |cell: CellSpec| cell.graph(3, 5).parameter_count();
    let block = 5 * 3 + 5 * 5 + 5;
    assert_eq!(count(CellSpec::Elman(Elman::default())), block);
    assert_eq!(count(CellSpec::ResidualElman(ResidualElman::default())), block);
    assert_eq!(count(CellSpec::Gru(Gru { reset: ResetGate::BeforeMatrix })), 3 * block);
    assert_eq!(count(CellSpec::Gru(Gru { reset: ResetGate::AfterMatrix })), 3 * block + 5);
    assert_eq!(count(CellSpec::Lstm(longlag::cell::Lstm {})), 4 * block);
}
