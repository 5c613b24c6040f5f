//! Laws of every registered rule for what passes back from step to step.

use longlag::{
    component::{
        bptt::{BpttSpec, ClipStateGradient, Truncate, pass},
        probe::StateGradient,
        task::TaskSpec,
    },
    compute::kernel::Isa,
    engine::fused::GraphEvaluator,
    graph::{Builder, NodeId},
    model::ModelSpec,
};

use super::case::{Case, tasks};
use crate::support::{relative_error, variants::variants};

fn clip(max: f64) -> BpttSpec {
    BpttSpec::ClipStateGradient(ClipStateGradient { max })
}

fn truncate(every: usize) -> BpttSpec {
    BpttSpec::Truncate(Truncate { every })
}

/// Every registered rule in settings that matter in sequences of a few steps, and both together.
fn lists() -> Vec<Vec<BpttSpec>> {
    let lists = vec![vec![clip(0.02)], vec![truncate(1)], vec![truncate(3)], vec![clip(0.02), truncate(4)]];
    for rule in BpttSpec::all() {
        assert!(lists.iter().flatten().any(|tested| tested.kind() == rule.kind()), "{} has no case", rule.kind());
    }
    lists
}

#[test]
fn engines_agree_and_every_rule_matters() {
    for cell in variants() {
        let mut changes = vec![0.0f64; lists().len()];
        for task in tasks() {
            for layers in [1, 2] {
                let case = Case::of(&cell, &task, layers, 3);
                let free = case.gradient(&[]);
                for (rules, change) in lists().iter().zip(&mut changes) {
                    let what = format!("{cell:?} on {}, {layers} layers, {rules:?}", task.kind());
                    let gradient = case.assert_engines_agree(&what, rules, None);
                    *change = change.max(relative_error(&gradient, &free));
                }
            }
        }
        // On one of them at least: units of a ReLU may be silent on another.
        for (rules, change) in lists().iter().zip(changes) {
            assert!(change >= 1e-4, "{rules:?} changes nothing in {cell:?}");
        }
    }
}

#[test]
fn a_rule_that_lets_everything_pass_changes_nothing() {
    for cell in variants() {
        for task in tasks() {
            let case = Case::of(&cell, &task, 2, 17);
            for rules in [vec![clip(1e30)], vec![truncate(1000)], vec![clip(1e30), truncate(task.dimensions().steps)]] {
                // Not a digit more than which products are rounded before they are added.
                let error = relative_error(&case.gradient(&rules), &case.gradient(&[]));
                assert!(error <= 1e-13, "{cell:?}, {rules:?}: {error:e}");
            }
        }
    }
}

#[test]
fn a_batch_of_two_is_two_batches_of_one() {
    for cell in variants() {
        for task in tasks() {
            for rules in lists() {
                let of = |addresses: &[u64]| {
                    let model = ModelSpec { cell: cell.clone(), hidden: 5, ..ModelSpec::default() };
                    Case::with_model(&model, &task, addresses).gradient(&rules)
                };
                let mean: Vec<f64> = of(&[0]).iter().zip(of(&[1])).map(|(a, b)| (a + b) / 2.0).collect();
                let error = relative_error(&of(&[0, 1]), &mean);
                assert!(error <= 1e-12, "{cell:?} on {}, {rules:?}: {error:e}", task.kind());
            }
        }
    }
}

/// With pieces of one step, a state's gradient is what the step itself adds: nothing where no output is read.
#[test]
fn nothing_passes_a_cut() {
    for cell in variants() {
        let task = &tasks()[0];
        assert!(matches!(task, TaskSpec::Adding(_)), "its last output alone is read");
        let case = Case::of(&cell, task, 1, 2);
        let steps = task.dimensions().steps;
        for every in [1, 2, 4] {
            let carried = case.fused(&[truncate(every)]).carried_gradients(&case.parameters, &case.batch);
            let zero = |t: usize| {
                let at = |found: &StateGradient<f64>| {
                    found.values[t * 2 * found.width..][..2 * found.width].iter().all(|g| *g == 0.0)
                };
                carried.iter().all(at)
            };
            let last_cut = (steps - 1) / every * every;
            assert!((0..last_cut).all(zero), "{cell:?}, every {every}");
            // An output that is no state is read within the step that makes it: nothing is carried out of the last one.
            let graph = &case.network.layers[0].graph;
            let end = if graph.states.iter().any(|state| state.next == graph.output) { steps } else { steps - 1 };
            assert!((last_cut..end).all(|t| !zero(t)), "{cell:?}, every {every}");
        }
    }
}

/// Each path is changed on its own, and a delay that spans a cut is cut.
#[test]
fn delayed_states_obey_every_rule() {
    for steps in [1, 2, 3, 4, 9] {
        let case = Case::written(steps, 3, |graph| {
            let (h, g) = (graph.state("h"), graph.state_of("g", 2));
            let (h2, h3) = (graph.delayed("h", 3, 2), graph.delayed("h", 3, 3));
            let sum = graph.input().linear("w") + h.linear("u1") + h2.linear("u2") + h3 * h2 + g.linear("v");
            let next = graph.next("h", sum.tanh());
            graph.next("g", (next.linear_to("d", 2) + graph.delayed("g", 2, 2)).sigmoid());
            graph.output(next);
        });
        for rules in lists().into_iter().chain([vec![], vec![truncate(2)]]) {
            case.assert_engines_agree(&format!("{steps} steps, {rules:?}"), &rules, None);
        }
    }
}

/// NaN stays, infinities are clamped, and so are numbers of either sign, where the share is a half.
#[test]
fn a_clip_lets_nan_pass() {
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, 0.9, -0.9, 1.0, -1.0, 1.1, -1.1, 1e300];
    let wanted = [f64::NAN, 1.0, -1.0, 0.0, 0.9, -0.9, 1.0, -1.0, 1.0, -1.0, 1.0];
    let builder = Builder::new(0, 1);
    let (cotangent, share) = (builder.given(1), builder.given(1));
    let passed = pass(&[clip(2.0)], cotangent, share).id();
    let shares = [0.5; 11];
    let given = |node: NodeId| if node.0 == 0 { &values[..] } else { &shares[..] };
    let nodes = builder.into_nodes();
    let got = GraphEvaluator::<f64>::new(Isa::Portable, &nodes, &[], &[passed], values.len()).run(&[], given);
    for (got, wanted) in got[0].iter().zip(wanted) {
        assert_eq!(got.to_bits(), wanted.to_bits());
    }
}
