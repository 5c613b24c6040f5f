//! Registered cells and activations as equations: what is printed reads back as the same graph, and trains to the same bits.

use std::{collections::BTreeMap, sync::atomic::AtomicBool};

use longlag::{
    component::{
        activation::{ActivationSpec, Activations, Formula},
        cell::{CellSpec, Elman, Equations},
        task::{Dimensions, Goal},
    },
    compute::kernel::Isa,
    engine::{Backend, fused},
    equations::{Printed, Sized, print, print_value},
    graph::{Builder, Graph},
    model::{ModelSpec, Network},
    plan::{Plan, PlanOptions, Trial},
    run::{EngineTrainer, PoolEvent, PoolOptions, train_trials},
    suite::Suite,
};
use serde_json::{Value, json};

use crate::support::variants::variants;

/// Sizes at which cells are printed.
const SIZES: [[usize; 2]; 4] = [[2, 16], [3, 24], [5, 40], [7, 32]];

fn printed(cell: &CellSpec) -> Printed {
    let sized = |[inputs, hidden]: [usize; 2]| Sized { graph: cell.graph(inputs, hidden), inputs, hidden };
    print(&SIZES.map(sized), &Activations).unwrap_or_else(|| panic!("{cell:?} has no equations"))
}

fn as_equations(cell: &CellSpec) -> CellSpec {
    let Printed { step, output, .. } = printed(cell);
    let [inputs, hidden] = SIZES[0];
    CellSpec::Equations(Equations { step, output, start: cell.laws(inputs, hidden), ..Equations::default() })
}

fn formula(activation: &ActivationSpec) -> ActivationSpec {
    let graph = of(activation);
    let text = print_value(&graph, &Activations).unwrap_or_else(|| panic!("{activation:?} has no formula"));
    ActivationSpec::Formula(Formula { of: text, ..Formula::default() })
}

/// The hash of each model after some updates, in the order of the models.
fn hashes(models: &[Value]) -> Vec<String> {
    let [_, hidden] = SIZES[0];
    let suite = json!({
        "version": 1, "name": "same", "replicates": 1, "task": {"kind": "adding", "length": 6}, "model": {"hidden": hidden},
        "init": {"recurrent": {"kind": "uniform", "bound": 0.3}, "bias": {"kind": "uniform", "bound": 0.2}},
        "train": {"batch": 5, "updates": 4, "validation-sequences": 4, "test-sequences": 4},
        "sweep": [{"kind": "grid", "over": {"model": models}}],
    });
    let suite = Suite::parse(&suite.to_string()).unwrap_or_else(|problems| panic!("{problems}"));
    let plan = Plan::new(&suite, &PlanOptions::default()).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(plan.arms(), models.len(), "two models are one");
    let isa = Isa::choose().expect("the instruction set is there");
    let trainer = EngineTrainer { backend: Backend::Fused { isa, threads: 1 }, keep_models: false };
    let mut found = BTreeMap::new();
    let mut collect = |event: PoolEvent| {
        let PoolEvent::Finished(trial, finished) = event else { return Ok(()) };
        found.insert(trial.arm, finished.record.trial.hash.clone());
        Ok(())
    };
    let trials: Vec<Trial> = plan.trials().collect();
    let stop = AtomicBool::new(false);
    train_trials(&plan, &trials, &trainer, PoolOptions::default(), &stop, &mut collect).expect("nothing is written");
    found.into_values().collect()
}

#[test]
fn equations_train_to_the_bits_of_the_registered_cells() {
    let [_, hidden] = SIZES[0];
    let model = |cell: &CellSpec| json!({"hidden": hidden, "cell": cell});
    let cells: Vec<CellSpec> = variants().into_iter().filter(|cell| !matches!(cell, CellSpec::Equations(_))).collect();
    let own = hashes(&cells.iter().map(&model).collect::<Vec<_>>());
    let read = hashes(&cells.iter().map(as_equations).map(|cell| model(&cell)).collect::<Vec<_>>());
    assert!(cells.len() > 70 && own.len() == cells.len(), "{} of {}", own.len(), cells.len());
    let differs = cells.iter().zip(own.iter().zip(&read)).filter(|(_, (own, read))| own != read);
    let differs: Vec<String> = differs.map(|(cell, _)| format!("{cell:?}:\n{}", printed(cell).step)).collect();
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}

/// The speed is that of the registered cell: as many instructions of each length, in whatever order and registers.
/// A state may become whatever can be written, what is computed nowhere among it.
#[test]
fn a_state_may_become_anything() {
    let nexts = ["1", "2 * pi", "0 * h", "h", "b_c", "W_c x", "c", "1 - c", "uniform()", "first(3)"];
    let models = nexts.map(|next| {
        let step = format!("c' = {next}\nh' = tanh(W x + U h + b + V c)");
        let cell = json!({"kind": "equations", "step": step, "output": "h'"});
        json!({"hidden": 4, "cell": cell})
    });
    let [known, unknown]: [Vec<Value>; 2] = [true, false].map(|is_read| {
        let reads = |model: &&Value| {
            let cell: CellSpec = serde_json::from_value(model["cell"].clone()).expect("a cell");
            (cell.mistakes(2, 4).is_empty() && cell.misfit(2, 4).is_none()) == is_read
        };
        models.iter().filter(reads).cloned().collect()
    });
    assert!(known.len() >= 8, "not read: {unknown:?}");
    let hashes = hashes(&known);
    assert_eq!(hashes.len(), known.len());
    assert!(hashes.iter().all(|hash| hash.len() == 64), "{hashes:?} of {known:?}");
}

#[test]
fn equations_compile_to_the_instructions_of_the_registered_cells() {
    let [inputs, hidden] = SIZES[0];
    let instructions = |cell: &CellSpec| {
        let dimensions = Dimensions { inputs, goal: Goal::Numbers(1), steps: 5 };
        let network = Network::new(&ModelSpec { cell: cell.clone(), hidden, ..ModelSpec::default() }, dimensions);
        let listing = fused::listing(&network);
        let words = |line: &str| line.split_whitespace().count();
        let mut lengths: Vec<usize> = listing.lines().map(words).collect();
        lengths.sort_unstable();
        lengths
    };
    for cell in variants().into_iter().filter(|cell| ["elman", "lstm", "gru", "lem"].contains(&cell.kind())) {
        assert_eq!(instructions(&cell), instructions(&as_equations(&cell)), "{cell:?}");
    }
}

/// In a cell, and in the readout.
#[test]
fn formulas_train_to_the_bits_of_the_registered_activations() {
    let [_, hidden] = SIZES[0];
    let activations: Vec<ActivationSpec> =
        ActivationSpec::all().into_iter().filter(|one| !matches!(one, ActivationSpec::Formula(_))).collect();
    for in_readout in [false, true] {
        let model = |activation: &ActivationSpec| match in_readout {
            false => json!({"hidden": hidden, "cell": CellSpec::Elman(Elman { activation: activation.clone() })}),
            true => json!({"hidden": hidden, "readout": {"dense": [{"units": 7, "activation": activation}]}}),
        };
        let own = hashes(&activations.iter().map(&model).collect::<Vec<_>>());
        let read = hashes(&activations.iter().map(formula).map(|one| model(&one)).collect::<Vec<_>>());
        assert_eq!(own, read, "in the readout: {in_readout}");
        assert!(own.len() == activations.len());
    }
}

#[test]
fn every_cell_reads_back_from_its_equations() {
    for cell in variants() {
        let equations = as_equations(&cell);
        for [inputs, hidden] in &SIZES[..1] {
            assert_eq!(equations.misfit(*inputs, *hidden), None, "{cell:?}");
            let [one, other] = [&cell, &equations].map(|cell| cell.graph(*inputs, *hidden).canonical());
            assert_eq!(one, other, "{cell:?}");
        }
    }
}

fn of(activation: &ActivationSpec) -> Graph {
    let builder = Builder::new(5, 5);
    let output = activation.apply(builder.input());
    builder.output(output);
    builder.finish()
}

#[test]
fn every_activation_reads_back_from_its_formula() {
    for activation in ActivationSpec::all() {
        let graph = of(&activation);
        let formula = formula(&activation);
        assert!(formula.mistakes().is_empty(), "{formula:?}: {:?}", formula.mistakes());
        assert_eq!(of(&formula).canonical(), graph.canonical(), "{formula:?}");
    }
}

/// Formulas may have trained vectors of names that no cell has.
#[test]
fn no_cell_has_a_parameter_that_a_formula_may_have() {
    for cell in variants() {
        if cell.activations().iter().any(|activation| matches!(activation, ActivationSpec::ModRelu(_))) {
            continue;
        }
        for parameter in cell.graph(3, 8).parameters {
            let word = parameter.name.strip_prefix("b_").unwrap_or_default();
            let is_word = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(!is_word, "{} of {cell:?}", parameter.name);
        }
    }
}
