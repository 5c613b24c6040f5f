//! From a stage's graph to the calls of its step.

use std::collections::BTreeMap;

use super::{
    gradient::{GradientSums, SumForm},
    mode::Mode,
    retention::{BackwardNeeds, is_source, reachable},
    stage::{CompiledStage, ParameterVector, RandomVector, VectorGradient, WeightGradient},
};
use crate::{
    component::{
        bptt::{self, BpttSpec},
        regularizer::OfSteps,
    },
    compute::ir::{Bindings, Call, Factors, Places, Reference, schedule},
    graph::{
        Clock, CotangentRule, GivenId, Graph, Leaving, Node, NodeId, Op, ParameterId, Renewal, Reverse, State,
        StepPenalties, once_per_update,
    },
    model::Stage,
};

/// The place to which a stage sends the cotangent of its input.
#[derive(Clone, Copy)]
pub(super) struct Below {
    pub cotangent: Reference,
    /// Whether something is there already, to which it is added.
    pub written: bool,
}

/// The numbers of steps for which values are held.
#[derive(Clone, Copy)]
pub(super) struct Lifetimes {
    /// Values that are kept for the backward pass.
    pub kept: usize,
    /// Factors of weight gradients.
    pub block: usize,
    /// Random vectors.
    pub random: usize,
    /// Whether the stage runs at every step.
    pub recurrent: bool,
}

pub(super) struct Compiler<'a> {
    pub mode: Mode,
    pub sums: &'a GradientSums,
    pub rules: &'a [BpttSpec],
    pub penalties: OfSteps<'a>,
    pub factors: &'a mut Factors,
    pub places: &'a mut Places,
}

impl Compiler<'_> {
    /// Compiles `stage`, whose input lies at `input`.
    pub fn stage(
        &mut self,
        stage: &Stage,
        input: Reference,
        below: Option<Below>,
        lifetimes: Lifetimes,
    ) -> CompiledStage<Reference, Call> {
        let graph = &stage.graph;
        let reverse = (self.mode == Mode::Differentiate).then(|| {
            let rule: CotangentRule<'_> = &|cotangent, share| bptt::pass(self.rules, cotangent, share);
            let penalties: &dyn StepPenalties = &self.penalties;
            Reverse::new(graph, (!self.rules.is_empty()).then_some(rule), lifetimes.recurrent.then_some(penalties))
        });
        let nodes = reverse.as_ref().map_or(&graph.nodes, |reverse| &reverse.nodes);
        let sums = self.sums;
        let mut bindings = Bindings::new(nodes, &graph.parameters, stage.first_parameter, self.places, self.factors);
        let inside = Carried::new(graph, &mut bindings, input, lifetimes, reverse.is_some());
        let random = bind_random(stage, &mut bindings, lifetimes.random);
        let clocks = bind_clocks(graph, &mut bindings);
        let shares = reverse.as_ref().map_or(vec![], |reverse| bind_shares(reverse, &mut bindings));
        let penalty = reverse.as_ref().and_then(|reverse| bind_given(&reverse.nodes, reverse.penalty?, &mut bindings));

        // What flows where, backward.
        let once = once_per_update(nodes);
        let results: Vec<NodeId> = graph.states.iter().map(|state| state.next).chain([graph.output]).collect();
        let sent = reverse.as_ref().map(|reverse| sent_back(reverse, below, &inside, &mut bindings));
        let back = reverse.as_ref().zip(sent.as_ref()).map(|(reverse, sent)| {
            let factors = reverse.outers.iter().flat_map(|outer| [outer.rows, outer.columns]);
            let vectors = reverse.vectors.iter().map(|&(_, cotangent)| cotangent);
            let roots: Vec<NodeId> = sent.iter().map(|&(node, _)| node).chain(factors).chain(vectors).collect();
            (BackwardNeeds::new(nodes, graph.nodes.len(), &roots, &once, &results), roots)
        });

        // What is kept of the forward pass.
        let mut wanted: Vec<(NodeId, Reference)> =
            graph.states.iter().zip(&inside.states).map(|(state, place)| (state.next, *place)).collect();
        if inside.output_state.is_none() {
            wanted.push((graph.output, inside.output));
        }
        let kept = |index: usize| back.as_ref().is_some_and(|(back, _)| back.kept[index]);
        for node in (0..graph.nodes.len()).filter(|&index| kept(index)).map(NodeId) {
            if !results.contains(&node) {
                wanted.push((node, bindings.allocate(node, lifetimes.kept)));
            }
        }
        let forward_needed = reachable(nodes, results.iter().copied(), 0);
        let forward: Vec<bool> =
            (0..nodes.len()).map(|index| forward_needed[index] && !once[index] && !is_source(&nodes[index])).collect();

        // What is the same at every step, as far as anything else reads it.
        let backward_evaluates = |index: usize| back.as_ref().is_some_and(|(back, _)| back.evaluated[index]);
        let readers = (0..nodes.len()).filter(|&index| forward[index] || backward_evaluates(index));
        let read = readers.flat_map(|index| nodes[index].op.operands());
        let roots = back.iter().flat_map(|(_, roots)| roots.iter().copied());
        let mut steady: Vec<NodeId> = read.chain(results.iter().copied()).chain(roots).collect();
        steady.retain(|node| once[node.0] && !is_source(&nodes[node.0]));
        steady.sort_unstable();
        steady.dedup();
        let steady: Vec<(NodeId, Reference)> =
            steady.into_iter().map(|node| (node, bindings.allocate(node, 1))).collect();
        let evaluated = reachable(nodes, steady.iter().map(|(node, _)| *node), 0);
        let evaluated: Vec<bool> =
            evaluated.iter().zip(nodes).map(|(evaluated, node)| *evaluated && !is_source(node)).collect();
        let once_calls = schedule(&mut bindings, &evaluated, &steady);
        let forward_calls = schedule(&mut bindings, &forward, &wanted);

        let mut compiled = CompiledStage {
            vectors: vec![],
            random,
            clocks,
            once: once_calls,
            forward: forward_calls,
            backward: vec![],
            states: inside.states.clone(),
            longest_delay: graph.longest_delay(),
            output: inside.output,
            carried: inside.carried.clone(),
            fresh: vec![],
            output_cotangent: inside.output_cotangent,
            outers: vec![],
            sums: vec![],
            shares,
            penalty,
        };
        if let (Some(reverse), Some(mut wanted), Some((back, _))) = (&reverse, sent, &back) {
            let mut factors =
                GradientFactors { own: graph.nodes.len(), back, block: lifetimes.block, found: BTreeMap::new() };
            let uses = |parameter: ParameterId| {
                let matrices = reverse.outers.iter().map(|outer| outer.weight);
                let all = matrices.chain(reverse.vectors.iter().map(|&(parameter, _)| parameter));
                all.filter(|&used| used == parameter).count()
            };
            for outer in &reverse.outers {
                let (out, inputs) = (nodes[outer.rows.0].width, nodes[outer.columns.0].width);
                let rows = (factors.place(&mut bindings, outer.rows), out);
                let columns = (factors.place(&mut bindings, outer.columns), inputs);
                let parameter = stage.first_parameter + outer.weight.0;
                let narrow = matches!(sums.of[parameter].form, SumForm::Columns { .. });
                let ((left, left_width), (right, right_width)) = if narrow { (columns, rows) } else { (rows, columns) };
                let shared = uses(outer.weight) > 1;
                compiled.outers.push(WeightGradient { parameter, left, left_width, right, right_width, shared });
            }
            for &(parameter, cotangent) in &reverse.vectors {
                let shared = uses(parameter) > 1;
                let parameter = stage.first_parameter + parameter.0;
                let (width, cotangent) = (nodes[cotangent.0].width, factors.place(&mut bindings, cotangent));
                compiled.sums.push(VectorGradient { parameter, cotangent, width, shared });
            }
            wanted.extend(factors.found);
            compiled.backward = schedule(&mut bindings, &back.evaluated, &wanted);
            compiled.fresh = inside.fresh(reverse, lifetimes.recurrent);
        }
        let vectors = bindings.vectors.iter().enumerate();
        compiled.vectors = vectors
            .filter(|(_, places)| places.row.is_some() || places.full.is_some())
            .map(|(parameter, places)| ParameterVector { parameter, row: places.row, full: places.full })
            .collect();
        compiled
    }
}

/// The places of what crosses from step to step and from stage to stage.
struct Carried {
    states: Vec<Reference>,
    output: Reference,
    /// The state that the output is, if it is one.
    output_state: Option<usize>,
    carried: Vec<Reference>,
    output_cotangent: Reference,
}

impl Carried {
    fn new(
        graph: &Graph,
        bindings: &mut Bindings<'_>,
        input: Reference,
        lifetimes: Lifetimes,
        differentiate: bool,
    ) -> Self {
        let delay = graph.longest_delay();
        let mut vectors = |prefix: &str, slots: usize| -> Vec<Reference> {
            let place =
                |state: &State| bindings.places.rows(format!("{prefix}{}", state.name), state.width, slots, delay);
            graph.states.iter().map(place).collect()
        };
        let states = vectors("", lifetimes.kept + delay);
        let carried = if differentiate { vectors("∂", 1 + delay) } else { vec![] };
        let output_state = graph.states.iter().position(|state| state.next == graph.output);
        let (output, output_cotangent) = match output_state {
            Some(state) => (states[state], carried.get(state).copied().unwrap_or(states[state])),
            None => {
                let width = bindings.width(graph.output);
                (bindings.places.rows("y", width, lifetimes.kept, 0), bindings.places.rows("∂y", width, 1, 0))
            }
        };
        for (index, node) in graph.nodes.iter().enumerate() {
            match node.op {
                Op::Input => bindings.bind(NodeId(index), input),
                Op::Previous { state, delay } => bindings.bind(NodeId(index), states[state.0].delayed(delay)),
                _ => {}
            }
        }
        Self { states, output, output_state, carried, output_cotangent }
    }

    /// Cotangents that nobody writes before something is added to them.
    fn fresh(&self, reverse: &Reverse, recurrent: bool) -> Vec<Reference> {
        let sent_back = |state: usize| reverse.previous.iter().any(|(read, _, _)| read.0 == state);
        let unread = (0..self.carried.len()).filter(|&state| !sent_back(state)).map(|state| self.carried[state]);
        unread.chain((recurrent && self.output_state.is_none()).then_some(self.output_cotangent)).collect()
    }
}

fn bind_random(stage: &Stage, bindings: &mut Bindings<'_>, slots: usize) -> Vec<RandomVector<Reference>> {
    let vectors = stage.graph.random_vectors().enumerate();
    vectors
        .map(|(index, (node, law, renewal, evaluation))| {
            let place = bindings.allocate(node, if renewal == Renewal::Step { slots } else { 1 });
            bindings.bind(node, place);
            RandomVector {
                site: stage.first_site + index,
                law,
                renewal,
                evaluation,
                width: bindings.width(node),
                place,
            }
        })
        .collect()
}

fn bind_clocks(graph: &Graph, bindings: &mut Bindings<'_>) -> Vec<(Clock, Reference, usize)> {
    let clocks = graph.clocks().map(|(node, clock)| {
        let place = bindings.allocate(node, 1);
        bindings.bind(node, place);
        (clock.clone(), place, bindings.width(node))
    });
    clocks.collect()
}

fn bind_shares(reverse: &Reverse, bindings: &mut Bindings<'_>) -> Vec<(Reference, usize)> {
    let bind = |&share: &GivenId| {
        let place = bind_given(&reverse.nodes, share, bindings)?;
        let width = reverse.nodes.iter().find(|node| node.op == Op::Given(share))?.width;
        Some((place, width))
    };
    reverse.shares.iter().filter_map(bind).collect()
}

/// Says where a vector is that is handed in once.
fn bind_given(nodes: &[Node], given: GivenId, bindings: &mut Bindings<'_>) -> Option<Reference> {
    let node = NodeId(nodes.iter().position(|node| node.op == Op::Given(given))?);
    let place = bindings.allocate(node, 1);
    bindings.bind(node, place);
    Some(place)
}

/// The cotangents that a step sends back, and where; says where those that it is given are.
fn sent_back(
    reverse: &Reverse,
    below: Option<Below>,
    inside: &Carried,
    bindings: &mut Bindings<'_>,
) -> Vec<(NodeId, Reference)> {
    let mut given = BTreeMap::new();
    let mut sent = vec![];
    for (state, place) in reverse.states.iter().zip(&inside.carried) {
        given.insert(*state, *place);
    }
    given.extend(reverse.output.map(|output| (output, inside.output_cotangent)));
    let mut send = |leaving: Leaving, place: Reference, written: bool| {
        given.insert(leaving.before, place);
        sent.push((if written { leaving.sum } else { leaving.added }, place));
    };
    for &(state, delay, leaving) in &reverse.previous {
        // Of the steps that a value was read at, the last is the first to send something back.
        let delays = reverse.previous.iter().filter(|(other, _, _)| *other == state).map(|(_, delay, _)| *delay);
        let first = delays.max() == Some(delay);
        send(leaving, inside.carried[state.0].delayed(delay), !first);
    }
    if let (Some(leaving), Some(below)) = (reverse.input, below) {
        send(leaving, below.cotangent, below.written);
    }
    for (index, node) in reverse.nodes.iter().enumerate() {
        if let Op::Given(id) = node.op
            && let Some(place) = given.get(&id)
        {
            bindings.bind(NodeId(index), *place);
        }
    }
    sent
}

/// Where the factors of weight gradients lie until a block of steps is complete.
struct GradientFactors<'a> {
    own: usize,
    back: &'a BackwardNeeds,
    block: usize,
    found: BTreeMap<NodeId, Reference>,
}

impl GradientFactors<'_> {
    fn place(&mut self, bindings: &mut Bindings<'_>, node: NodeId) -> Reference {
        // Values of the step lie somewhere for good, unless they are computed again.
        if node.0 < self.own && !self.back.evaluated[node.0] {
            return bindings.read(node);
        }
        *self.found.entry(node).or_insert_with(|| bindings.allocate(node, self.block))
    }
}
