//! Hand-written cells over several steps: derivatives against central differences, states, shared matrices.

use dfdx::tensor::Cpu;
use longlag::{
    engine::dfdx::DfdxEngine,
    graph::{Binary, Builder, Expr, Relation, Unary, select},
    seed::{self, Purpose},
};

use super::{
    functions::positive_only,
    pointwise::{batch, network},
};
use crate::support::relative_error;

const INPUTS: usize = 2;
const WIDTH: usize = 3;
const STEPS: usize = 4;
const SIZE: usize = 2;

/// Compares the engine's gradient of the mean squared output with central differences.
fn assert_gradient(what: &str, write: impl FnOnce(&Builder)) {
    let network = network(INPUTS, WIDTH, STEPS, write);
    let mut draws = seed::stream(5, Purpose::Init, &[]).at(0);
    let parameters: Vec<f64> =
        (0..network.parameters.last().map_or(0, |last| last.range().end)).map(|_| 0.5 * draws.normal()).collect();
    let input = (0..STEPS * SIZE * INPUTS).map(|_| draws.normal() as f32).collect();
    let batch = batch(network.dimensions, SIZE, input);
    let engine = DfdxEngine::new(network, Cpu::default());
    let (_, outputs, gradient) = engine.differentiate(&parameters, &batch, None);
    assert!(outputs.iter().all(|y| y.is_finite()), "{what}: {outputs:?}");
    let step = 1e-6;
    let differences: Vec<f64> = (0..parameters.len())
        .map(|k| {
            let loss = |sign: f64| {
                let mut moved = parameters.clone();
                moved[k] += sign * step;
                engine.evaluate(&moved, &batch).0
            };
            (loss(1.0) - loss(-1.0)) / (2.0 * step)
        })
        .collect();
    assert!(differences.iter().any(|d| d.abs() > 1e-3), "{what} does not depend on its parameters");
    let error = relative_error(&gradient, &differences);
    assert!(error <= 1e-7, "{what}: {error:e}");
}

/// tanh(W·x + U·h + b) + shift.
fn argument<'g>(graph: &'g Builder, shift: f64) -> Expr<'g> {
    let (x, h) = (graph.input(), graph.state("h"));
    (x.linear("w") + h.linear("u") + graph.vector("b")).tanh() + shift
}

#[test]
fn every_function_of_one_vector_is_differentiated() {
    for function in Unary::ALL {
        assert_gradient(&format!("{function:?}"), |graph| {
            let z = argument(graph, if positive_only(function) { 1.5 } else { 0.1 });
            graph.output(graph.next("h", z.unary(function)));
        });
    }
}

#[test]
fn every_function_of_two_vectors_is_differentiated() {
    for function in Binary::ALL {
        assert_gradient(&format!("{function:?}"), |graph| {
            let z = argument(graph, 0.1);
            let other = graph.input().linear("v").sigmoid() + 0.5;
            graph.output(graph.next("h", z.binary(function, other)));
        });
        // The other operand depends on parameters only, so it is evaluated once.
        assert_gradient(&format!("{function:?} with a parameter"), |graph| {
            let z = argument(graph, 0.1);
            let other = graph.vector("c").sigmoid() + 0.5;
            graph.output(graph.next("h", z.binary(function, other)));
        });
        assert_gradient(&format!("{function:?} of a parameter"), |graph| {
            let other = argument(graph, 1.5);
            let z = graph.vector("c").sigmoid() + 0.5;
            graph.output(graph.next("h", z.binary(function, other)));
        });
    }
}

#[test]
fn every_relation_is_differentiated() {
    for relation in [Relation::Less, Relation::LessOrEqual, Relation::Greater, Relation::GreaterOrEqual] {
        assert_gradient(&format!("{relation:?}"), |graph| {
            let z = argument(graph, 0.0);
            let chosen = select(z, relation, 0.05, z * 2.0, z.exp() * graph.vector("c"));
            graph.output(graph.next("h", chosen));
        });
    }
}

#[test]
fn a_matrix_may_be_shared() {
    assert_gradient("a shared matrix", |graph| {
        let h = graph.state("h");
        let once = (h.linear("u") + graph.input().linear("w") + graph.vector("b")).tanh();
        graph.output(graph.next("h", once.linear("u").tanh()));
    });
}

#[test]
fn widths_may_change_within_a_step() {
    assert_gradient("a bottleneck", |graph| {
        let h = graph.state("h");
        let narrow = (h.linear_to("down", 2) + graph.input().linear_to("w", 2)).tanh();
        let next = graph.next("h", narrow.linear("up") + graph.vector("b"));
        graph.output(next.linear_to("out", 5).tanh());
    });
}

#[test]
fn two_states_may_be_exchanged() {
    assert_gradient("an exchange", |graph| {
        let (a, b) = (graph.state("a"), graph.state("b"));
        let fresh = (graph.input().linear("w") + a.linear("u") + graph.vector("c")).tanh();
        graph.next("a", b);
        graph.next("b", fresh);
        graph.output(a + fresh);
    });
}

#[test]
fn two_states_may_be_one_vector() {
    assert_gradient("a state held twice", |graph| {
        let (a, b) = (graph.state("a"), graph.state("b"));
        let fresh = (graph.input().linear("w") + (a * b).linear("u") + graph.vector("c")).tanh();
        graph.next("a", fresh);
        graph.next("b", fresh);
        graph.output(a * b + fresh);
    });
}

/// The sum over all steps so far, by a state that is all there is.
#[test]
fn a_state_is_what_was_carried_on() {
    let network = network(1, 1, 5, |graph| {
        graph.output(graph.next("sum", graph.state("sum") + graph.input()));
    });
    let batch = batch(network.dimensions, 2, vec![1.0, 10.0, 2.0, 20.0, 3.0, 30.0, 4.0, 40.0, 5.0, 50.0]);
    let outputs = DfdxEngine::<f64, Cpu>::new(network, Cpu::default()).evaluate(&[], &batch).1;
    assert_eq!(outputs, [1.0, 10.0, 3.0, 30.0, 6.0, 60.0, 10.0, 100.0, 15.0, 150.0]);
}
