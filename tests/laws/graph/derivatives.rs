//! Laws of derivatives as graphs, over every registered cell: forward mode against central differences, reverse mode against
//! forward mode, and the derivative of a derivative against central differences of it.

use std::collections::BTreeMap;

use longlag::{
    compute::kernel::Isa,
    engine::fused::GraphEvaluator,
    graph::{Builder, Expr, Graph, Node, NodeId, Op, jvp, vjp},
    seed::{self, Draws, Purpose},
};

use crate::support::variants::variants;

const ROWS: usize = 3;
const INPUTS: usize = 2;
const HIDDEN: usize = 5;

/// Values for a graph's parameters and for everything that comes from outside: x_t, states, tangents and cotangents.
struct Point {
    graph: Graph,
    parameters: Vec<Vec<f64>>,
    given: BTreeMap<NodeId, Vec<f64>>,
}

impl Point {
    fn new(graph: &Graph, nodes: &[Node], draws: &mut Draws) -> Self {
        let mut numbers = |count: usize| (0..count).map(|_| 0.7 * draws.normal()).collect::<Vec<f64>>();
        let parameters = graph.parameters.iter().map(|parameter| numbers(parameter.shape.iter().product())).collect();
        let outside =
            |op: &Op| matches!(op, Op::Input | Op::Previous { .. } | Op::Given(_) | Op::Random { .. } | Op::Clock(_));
        let sources = nodes.iter().enumerate().filter(|(_, node)| outside(&node.op));
        let given = sources.map(|(index, node)| (NodeId(index), numbers(ROWS * node.width))).collect();
        Self { graph: graph.clone(), parameters, given }
    }

    fn evaluate(&self, nodes: &[Node], wanted: &[NodeId]) -> Vec<Vec<f64>> {
        let mut evaluator = GraphEvaluator::new(Isa::Portable, nodes, &self.graph.parameters, wanted, ROWS);
        evaluator.run(&self.parameters, |node| &self.given[&node])
    }

    /// Central differences of `wanted` in the direction that moves each node by its tangent.
    fn differences(&self, nodes: &[Node], directions: &[(NodeId, NodeId)], wanted: &[NodeId]) -> Vec<Vec<f64>> {
        let step = 1e-6;
        let at = |sign: f64| {
            let mut given = self.given.clone();
            for (node, tangent) in directions {
                let moved = self.given[node].iter().zip(&self.given[tangent]).map(|(x, v)| x + sign * step * v);
                given.insert(*node, moved.collect());
            }
            Self { given, graph: self.graph.clone(), parameters: self.parameters.clone() }.evaluate(nodes, wanted)
        };
        let (after, before) = (at(1.0), at(-1.0));
        let slope = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| (a - b) / (2.0 * step)).collect();
        after.iter().zip(&before).map(slope).collect()
    }
}

fn error(got: &[Vec<f64>], wanted: &[Vec<f64>]) -> f64 {
    let norm = |values: Vec<f64>| values.iter().map(|x| x * x).sum::<f64>().sqrt();
    let difference = got.iter().flatten().zip(wanted.iter().flatten()).map(|(a, b)| a - b).collect();
    norm(difference) / norm(wanted.iter().flatten().copied().collect()).max(1e-300)
}

fn dot(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a * b).sum()
}

/// The values that a step depends on: its input and its states.
fn arguments(graph: &Graph) -> Vec<NodeId> {
    let varies = |op: &Op| matches!(op, Op::Input | Op::Previous { .. });
    (0..graph.nodes.len()).filter(|&index| varies(&graph.nodes[index].op)).map(NodeId).collect()
}

/// The values that a step computes: its next states and its output.
fn results(graph: &Graph) -> Vec<NodeId> {
    let mut results: Vec<NodeId> = graph.states.iter().map(|state| state.next).chain([graph.output]).collect();
    results.sort();
    results.dedup();
    results
}

/// The first VJP of a step: its nodes, the cotangents that are handed in, and those of the arguments.
fn reverse(graph: &Graph) -> (Vec<Node>, Vec<NodeId>, Vec<NodeId>) {
    let builder = Builder::extend(&graph.nodes);
    let seeds: Vec<(Expr, Expr)> = results(graph)
        .into_iter()
        .map(|result| (builder.expr(result), builder.given(builder.expr(result).width())))
        .collect();
    let vjp_of = vjp(&builder, &seeds);
    let cotangent = |node: NodeId| vjp_of.cotangents[node.0].expect("the step uses it").id();
    let cotangents = arguments(graph).into_iter().map(cotangent).collect();
    let seeds = seeds.iter().map(|(_, seed)| seed.id()).collect();
    (builder.into_nodes(), seeds, cotangents)
}

#[test]
fn forward_mode_is_the_derivative_and_reverse_mode_its_transpose() {
    for cell in variants() {
        let graph = cell.graph(INPUTS, HIDDEN);
        let builder = Builder::extend(&graph.nodes);
        let tangents: Vec<(Expr, Expr)> = arguments(&graph)
            .into_iter()
            .map(|node| (builder.expr(node), builder.given(builder.expr(node).width())))
            .collect();
        let last = *results(&graph).last().expect("a step has results");
        let jvp_of = jvp(&builder, &tangents, last);
        let jvp_of: Vec<NodeId> =
            results(&graph).iter().map(|node| jvp_of[node.0].expect("it depends on them").id()).collect();
        let seeds: Vec<(Expr, Expr)> = results(&graph)
            .into_iter()
            .map(|result| (builder.expr(result), builder.given(builder.expr(result).width())))
            .collect();
        let vjp_of = vjp(&builder, &seeds);
        let vjp_of: Vec<NodeId> =
            arguments(&graph).iter().map(|node| vjp_of.cotangents[node.0].expect("it is used").id()).collect();
        let directions: Vec<(NodeId, NodeId)> =
            tangents.iter().map(|(node, tangent)| (node.id(), tangent.id())).collect();
        let cotangents: Vec<NodeId> = seeds.iter().map(|(_, seed)| seed.id()).collect();
        let nodes = builder.into_nodes();
        let point = Point::new(&graph, &nodes, &mut seed::stream(3, Purpose::Init, &[]).at(0));
        let forward = point.evaluate(&nodes, &jvp_of);
        let wanted = point.differences(&nodes, &directions, &results(&graph));
        let error = error(&forward, &wanted);
        assert!(error <= 1e-7, "{cell:?}: {error:e}");
        let backward = point.evaluate(&nodes, &vjp_of);
        let given = |nodes: &[NodeId]| nodes.iter().map(|node| point.given[node].clone()).collect::<Vec<_>>();
        let tangents: Vec<NodeId> = directions.iter().map(|(_, tangent)| *tangent).collect();
        let (one, other) = (dot(&forward, &given(&cotangents)), dot(&backward, &given(&tangents)));
        assert!((one - other).abs() <= 1e-12 * one.abs().max(1.0), "{cell:?}: {one} and {other}");
    }
}

#[test]
fn derivatives_can_be_differentiated_again() {
    for cell in variants() {
        let graph = cell.graph(INPUTS, HIDDEN);
        let (nodes, _, cotangents) = reverse(&graph);
        // Forward over reverse, in the direction of the arguments.
        let builder = Builder::extend(&nodes);
        let tangents: Vec<(Expr, Expr)> = arguments(&graph)
            .into_iter()
            .map(|node| (builder.expr(node), builder.given(builder.expr(node).width())))
            .collect();
        let last = *cotangents.iter().max().expect("a step has arguments");
        let jvp_of = jvp(&builder, &tangents, last);
        let (curved, second): (Vec<NodeId>, Vec<NodeId>) =
            cotangents.iter().filter_map(|node| jvp_of[node.0].map(|tangent| (*node, tangent.id()))).unzip();
        // Reverse over reverse, from all cotangents of the arguments.
        let seeds: Vec<(Expr, Expr)> =
            curved.iter().map(|node| (builder.expr(*node), builder.given(builder.expr(*node).width()))).collect();
        let vjp_of = vjp(&builder, &seeds);
        let (bent, back): (Vec<usize>, Vec<NodeId>) = arguments(&graph)
            .iter()
            .enumerate()
            .filter_map(|(index, node)| vjp_of.cotangents.get(node.0)?.map(|cotangent| (index, cotangent.id())))
            .unzip();
        let directions: Vec<(NodeId, NodeId)> =
            tangents.iter().map(|(node, tangent)| (node.id(), tangent.id())).collect();
        let weights: Vec<NodeId> = seeds.iter().map(|(_, seed)| seed.id()).collect();
        let nodes = builder.into_nodes();
        let point = Point::new(&graph, &nodes, &mut seed::stream(4, Purpose::Init, &[]).at(0));
        let forward = point.evaluate(&nodes, &second);
        let wanted = point.differences(&nodes, &directions, &curved);
        // A piecewise linear step has no second derivative.
        let error = if curved.is_empty() { 0.0 } else { error(&forward, &wanted) };
        assert!(error <= 1e-7 || dot(&wanted, &wanted) <= 1e-12, "{cell:?}: {error:e}");
        let backward = point.evaluate(&nodes, &back);
        let given = |nodes: &[NodeId]| nodes.iter().map(|node| point.given[node].clone()).collect::<Vec<_>>();
        let tangents: Vec<NodeId> = bent.iter().map(|&index| directions[index].1).collect();
        let (one, other) = (dot(&forward, &given(&weights)), dot(&backward, &given(&tangents)));
        assert!((one - other).abs() <= 1e-12 * one.abs().max(1.0), "{cell:?}: {one} and {other}");
    }
}
