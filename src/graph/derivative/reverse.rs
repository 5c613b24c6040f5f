//! A step together with its vjp: what backpropagation through time runs.

use super::{Outer, Vjp, vjp, vjp::vjp_from};
use crate::graph::{Builder, Expr, GivenId, Graph, Kind, Node, NodeId, Op, ParameterId, StateId};

/// The nodes of a step, followed by those that pull cotangents back through it.
///
/// Cotangents accumulate: each one that leaves the step is the sum of what the step adds and of a vector that is handed in, which holds what other steps and layers have added before.
#[derive(Clone, Debug, PartialEq)]
pub struct Reverse {
    /// The step's nodes, then those of its vjp, in order of evaluation.
    pub nodes: Vec<Node>,
    /// How many of the nodes are the step's own.
    pub forward: usize,
    /// The cotangents that enter: of each state as carried out of this step, in the order of the graph's states. Where the
    /// output is a state's next value, the output's cotangent is part of it.
    pub states: Vec<GivenId>,
    /// The cotangent of the output, where it is no state's next value.
    pub output: Option<GivenId>,
    /// The cotangent of x_t.
    pub input: Option<Leaving>,
    /// The cotangents of states as carried out of earlier steps.
    pub previous: Vec<(StateId, usize, Leaving)>,
    /// The cotangents of parameter vectors, to be summed over sequences and steps.
    pub vectors: Vec<(ParameterId, NodeId)>,
    /// The gradients of weight matrices, to be summed over sequences and steps.
    pub outers: Vec<Outer>,
    /// The sequences' shares in the loss, as a rule reads them: a vector for each width.
    pub shares: Vec<GivenId>,
    /// The weight of a step of a sequence in penalties, one unit.
    pub penalty: Option<GivenId>,
}

/// A rule for the part of a cotangent (the first vector) that passes from a step to one before it; the second vector is the
/// sequences' shares in the loss.
pub type CotangentRule<'r> = &'r dyn for<'g> Fn(Expr<'g>, Expr<'g>) -> Expr<'g>;

/// A state as it passes through a step.
#[derive(Clone, Copy)]
pub struct Crossing<'g> {
    /// The state as the step reads it; where it reads it at several delays, at the shortest.
    pub before: Expr<'g>,
    /// The state as the step carries it on.
    pub after: Expr<'g>,
}

/// The gradient by a state on its way back through a step.
#[derive(Clone, Copy)]
pub struct Backflow<'g> {
    /// ∂L/∂s_t as it enters the step.
    pub entering: Expr<'g>,
    /// The part of the entering gradients, by all states, that passes through the step to the one before: their product with
    /// ∂(states)/∂s_{t−1}.
    pub leaving: Expr<'g>,
}

/// Penalties on what happens at a step: each a vector of one unit, which is averaged over steps and sequences.
pub trait StepPenalties {
    /// The penalty on the states, if there is any. It is differentiated by everything that the states depend on.
    fn of_states<'g>(&self, states: &[Crossing<'g>]) -> Option<Expr<'g>>;

    /// The penalty on the gradients, if there is any. It is differentiated by what the leaving gradients are multiplied by: recurrent
    /// parameters; states and entering gradients are held constant.
    fn of_gradients<'g>(&self, states: &[Backflow<'g>]) -> Option<Expr<'g>>;
}

/// A cotangent that leaves the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// The cotangent before this step adds to it.
    pub before: GivenId,
    /// The part that this step adds.
    pub added: NodeId,
    /// Their sum.
    pub sum: NodeId,
}

impl Reverse {
    /// The reverse of `graph`. Where there is a rule, the cotangents of states are sent back as far as it lets them pass; the
    /// gradients of `penalties` are part of what is found.
    pub fn new(graph: &Graph, rule: Option<CotangentRule<'_>>, penalties: Option<&dyn StepPenalties>) -> Self {
        let builder = Builder::extend(&graph.nodes);
        let expr = |id: NodeId| Expr::new(&builder, id);
        let given = |expr: Expr<'_>| match builder.node(expr.id()).op {
            Op::Given(given) => given,
            _ => unreachable!("the expression was made by `given`"),
        };
        let mut results = vec![];
        let mut states = vec![];
        for state in &graph.states {
            let cotangent = builder.given(state.width);
            states.push(given(cotangent));
            results.push((expr(state.next), cotangent));
        }
        let carried = graph.states.iter().any(|state| state.next == graph.output);
        let output = (!carried).then(|| {
            let cotangent = builder.given(graph.nodes[graph.output.0].width);
            results.push((expr(graph.output), cotangent));
            given(cotangent)
        });
        let mut weight = None;
        let mut weighted = |penalty: Expr<'_>| *weight.get_or_insert_with(|| builder.given(penalty.width()));
        if let Some(penalty) = penalties.and_then(|penalties| penalties.of_states(&crossings(graph, &builder))) {
            results.push((penalty, weighted(penalty)));
        }
        let Vjp { cotangents, mut outers } = vjp(&builder, &results);
        let (mut input, mut previous, mut vectors) = (None, vec![], vec![]);
        let flows = backflows(graph, &results, &cotangents);
        if let Some(penalty) = penalties.and_then(|penalties| penalties.of_gradients(&flows)) {
            let found = vjp_from(&builder, &[(penalty, weighted(penalty))], graph.nodes.len());
            let recurrent = |parameter: ParameterId| graph.parameters[parameter.0].kind == Kind::Recurrent;
            outers.extend(found.outers.into_iter().filter(|outer| recurrent(outer.weight)));
            for (node, cotangent) in graph.nodes.iter().zip(found.cotangents) {
                if let (&Op::Parameter(parameter), Some(cotangent)) = (&node.op, cotangent)
                    && recurrent(parameter)
                {
                    vectors.push((parameter, cotangent.id()));
                }
            }
        }
        let penalty = weight.map(given);
        let mut shares: Vec<Expr<'_>> = vec![];
        for (node, cotangent) in graph.nodes.iter().zip(cotangents) {
            let Some(cotangent) = cotangent else { continue };
            let cotangent = match (&node.op, rule) {
                (Op::Previous { .. }, Some(rule)) => {
                    let width = cotangent.width();
                    let share = shares.iter().copied().find(|share| share.width() == width).unwrap_or_else(|| {
                        shares.push(builder.given(width));
                        shares[shares.len() - 1]
                    });
                    rule(cotangent, share)
                }
                _ => cotangent,
            };
            let leaving = || {
                let before = builder.given(cotangent.width());
                let sum = before + cotangent;
                Leaving { before: given(before), added: cotangent.id(), sum: sum.id() }
            };
            match node.op {
                Op::Input => input = Some(leaving()),
                Op::Previous { state, delay } => previous.push((state, delay, leaving())),
                Op::Parameter(parameter) => vectors.push((parameter, cotangent.id())),
                _ => {}
            }
        }
        let forward = graph.nodes.len();
        let shares = shares.into_iter().map(given).collect();
        Self { nodes: builder.into_nodes(), forward, states, output, input, previous, vectors, outers, shares, penalty }
    }
}

/// The node that reads `state`, at the shortest delay.
fn reader(graph: &Graph, state: usize) -> Option<NodeId> {
    let readers = graph.nodes.iter().enumerate().filter_map(|(index, node)| match node.op {
        Op::Previous { state: read, delay } if read.0 == state => Some((delay, NodeId(index))),
        _ => None,
    });
    readers.min().map(|(_, node)| node)
}

fn crossings<'g>(graph: &Graph, builder: &'g Builder) -> Vec<Crossing<'g>> {
    let states = graph.states.iter().enumerate().filter_map(|(index, state)| {
        let before = Expr::new(builder, reader(graph, index)?);
        Some(Crossing { before, after: Expr::new(builder, state.next) })
    });
    states.collect()
}

/// The states' cotangents are the first `results`.
fn backflows<'g>(
    graph: &Graph,
    results: &[(Expr<'g>, Expr<'g>)],
    cotangents: &[Option<Expr<'g>>],
) -> Vec<Backflow<'g>> {
    let states = (0..graph.states.len()).filter_map(|state| {
        Some(Backflow { entering: results[state].1, leaving: cotangents[reader(graph, state)?.0]? })
    });
    states.collect()
}
