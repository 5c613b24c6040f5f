//! From a stage's graph to the programs of its step.

use std::collections::BTreeMap;

use super::{
    action::Action,
    gradient::{Form, Sums},
    home::{Allocator, Home},
    homes::Homes,
    keep::{Backward, is_source, reachable},
    packs::Packs,
    plan::Mode,
    schedule::schedule,
};
use crate::{
    component::{
        bptt::{self, BackwardSpec},
        regularizer::OfSteps,
    },
    compute::kernel::{Isa, Number},
    graph::{
        Clock, GivenId, Graph, Law, Leaving, Node, NodeId, Op, Pass, Renewal, Reverse, StepPenalties, once_per_update,
    },
    model::Stage,
};

/// A compiled stage.
#[derive(Debug)]
pub(super) struct Compiled<E> {
    pub vectors: Vec<Vector>,
    pub random: Vec<Random>,
    pub clocks: Vec<(Clock, Home, usize)>,
    /// At the start of a tile.
    pub once: Vec<Action<E>>,
    /// At every step.
    pub forward: Vec<Action<E>>,
    /// At every step, from the last to the first.
    pub backward: Vec<Action<E>>,
    pub states: Vec<Home>,
    /// For so many steps before the first the states are zero.
    pub longest_delay: usize,
    pub output: Home,
    /// The cotangent of each state.
    pub carried: Vec<Home>,
    /// Cotangents that start from zero at every step.
    pub fresh: Vec<Home>,
    pub output_cotangent: Home,
    pub outers: Vec<Outer>,
    pub sums: Vec<VectorSum>,
    /// Where rules for what passes back read the sequences' shares, and the width.
    pub shares: Vec<(Home, usize)>,
    /// Where penalties read the weight of a step of a sequence.
    pub penalty: Option<Home>,
}

/// A parameter vector in the arena.
#[derive(Debug)]
pub(super) struct Vector {
    /// Index of the parameter among the graph's.
    pub parameter: usize,
    /// As one row, from which products start.
    pub row: Option<Home>,
    /// The same row for every sequence.
    pub full: Option<Home>,
}

/// A random vector.
#[derive(Debug)]
pub(super) struct Random {
    pub site: usize,
    pub law: Law,
    pub renewal: Renewal,
    pub evaluation: f64,
    pub width: usize,
    pub home: Home,
}

/// A weight gradient: Σ left ⊗ right.
#[derive(Debug)]
pub(super) struct Outer {
    /// Index of the parameter among the network's.
    pub parameter: usize,
    pub left: Home,
    pub left_width: usize,
    pub right: Home,
    pub right_width: usize,
}

/// The gradient of a parameter vector.
#[derive(Debug)]
pub(super) struct VectorSum {
    /// Index of the parameter among the network's.
    pub parameter: usize,
    pub cotangent: Home,
    pub width: usize,
}

/// Where a stage sends the cotangent of its input.
#[derive(Clone, Copy)]
pub(super) struct Below {
    pub cotangent: Home,
    /// Whether something is there already, to which it is added.
    pub written: bool,
}

/// How many steps values are held.
#[derive(Clone, Copy)]
pub(super) struct Slots {
    /// What is kept for the backward pass.
    pub kept: usize,
    /// What weight gradients are made of.
    pub block: usize,
    /// Random vectors.
    pub random: usize,
    /// Whether the stage runs at every step.
    pub recurrent: bool,
}

pub(super) struct Compiler<'a> {
    pub isa: Isa,
    pub rows: usize,
    pub mode: Mode,
    pub sums: &'a Sums,
    pub rules: &'a [BackwardSpec],
    pub penalties: OfSteps<'a>,
    pub packs: &'a mut Packs,
    pub allocator: &'a mut Allocator,
}

impl Compiler<'_> {
    /// Compiles `stage`, whose input lies at `input`.
    pub fn stage<E: Number>(&mut self, stage: &Stage, input: Home, below: Option<Below>, slots: Slots) -> Compiled<E> {
        let graph = &stage.graph;
        let reverse = (self.mode == Mode::Differentiate).then(|| {
            let rule: Pass<'_> = &|cotangent, share| bptt::pass(self.rules, cotangent, share);
            let penalties: &dyn StepPenalties = &self.penalties;
            Reverse::new(graph, (!self.rules.is_empty()).then_some(rule), slots.recurrent.then_some(penalties))
        });
        let nodes = reverse.as_ref().map_or(&graph.nodes, |reverse| &reverse.nodes);
        let (isa, sums) = (self.isa, self.sums);
        let mut homes = Homes::new(nodes, self.rows, self.allocator, self.packs, stage.first_parameter);
        let inside = Inside::new(graph, &mut homes, input, slots, reverse.is_some());
        let random = settle_random(stage, &mut homes, slots.random);
        let clocks = settle_clocks(graph, &mut homes);
        let shares = reverse.as_ref().map_or(vec![], |reverse| settle_shares(reverse, &mut homes));
        let penalty = reverse.as_ref().and_then(|reverse| settle_given(&reverse.nodes, reverse.penalty?, &mut homes));

        // What flows where, backward.
        let once = once_per_update(nodes);
        let results: Vec<NodeId> = graph.states.iter().map(|state| state.next).chain([graph.output]).collect();
        let sent = reverse.as_ref().map(|reverse| sent_back(reverse, below, &inside, &mut homes));
        let back = reverse.as_ref().zip(sent.as_ref()).map(|(reverse, sent)| {
            let factors = reverse.outers.iter().flat_map(|outer| [outer.rows, outer.columns]);
            let vectors = reverse.vectors.iter().map(|&(_, cotangent)| cotangent);
            let roots: Vec<NodeId> = sent.iter().map(|&(node, _)| node).chain(factors).chain(vectors).collect();
            (Backward::new(nodes, graph.nodes.len(), &roots, &once, &results), roots)
        });

        // What is kept of the forward pass.
        let mut wanted: Vec<(NodeId, Home)> =
            graph.states.iter().zip(&inside.states).map(|(state, home)| (state.next, *home)).collect();
        if inside.output_state.is_none() {
            wanted.push((graph.output, inside.output));
        }
        let kept = |index: usize| back.as_ref().is_some_and(|(back, _)| back.kept[index]);
        for node in (0..graph.nodes.len()).filter(|&index| kept(index)).map(NodeId) {
            if !results.contains(&node) {
                wanted.push((node, homes.allocate(node, slots.kept)));
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
        let steady: Vec<(NodeId, Home)> = steady.into_iter().map(|node| (node, homes.allocate(node, 1))).collect();
        let evaluated = reachable(nodes, steady.iter().map(|(node, _)| *node), 0);
        let evaluated: Vec<bool> =
            evaluated.iter().zip(nodes).map(|(evaluated, node)| *evaluated && !is_source(node)).collect();
        let once_actions = schedule(isa, &mut homes, &evaluated, &steady);
        let forward_actions = schedule(isa, &mut homes, &forward, &wanted);

        let mut compiled = Compiled {
            vectors: vec![],
            random,
            clocks,
            once: once_actions,
            forward: forward_actions,
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
            let mut factors = Factors { own: graph.nodes.len(), back, block: slots.block, found: BTreeMap::new() };
            for outer in &reverse.outers {
                let (out, inputs) = (nodes[outer.rows.0].width, nodes[outer.columns.0].width);
                let rows = (factors.home(&mut homes, outer.rows), out);
                let columns = (factors.home(&mut homes, outer.columns), inputs);
                let parameter = stage.first_parameter + outer.weight.0;
                let narrow = matches!(sums.of[parameter].form, Form::Columns { .. });
                let ((left, left_width), (right, right_width)) = if narrow { (columns, rows) } else { (rows, columns) };
                compiled.outers.push(Outer { parameter, left, left_width, right, right_width });
            }
            for &(parameter, cotangent) in &reverse.vectors {
                let parameter = stage.first_parameter + parameter.0;
                let (width, cotangent) = (nodes[cotangent.0].width, factors.home(&mut homes, cotangent));
                compiled.sums.push(VectorSum { parameter, cotangent, width });
            }
            wanted.extend(factors.found);
            compiled.backward = schedule(isa, &mut homes, &back.evaluated, &wanted);
            compiled.fresh = inside.fresh(reverse, slots.recurrent);
        }
        let vectors = homes.vectors.iter().enumerate();
        compiled.vectors = vectors
            .filter(|(_, homes)| homes.row.is_some() || homes.full.is_some())
            .map(|(parameter, homes)| Vector { parameter, row: homes.row, full: homes.full })
            .collect();
        compiled
    }
}

/// The homes of what crosses from step to step and from stage to stage.
struct Inside {
    states: Vec<Home>,
    output: Home,
    /// The state that the output is, if it is one.
    output_state: Option<usize>,
    carried: Vec<Home>,
    output_cotangent: Home,
}

impl Inside {
    fn new(graph: &Graph, homes: &mut Homes<'_>, input: Home, slots: Slots, differentiate: bool) -> Self {
        let (rows, delay) = (homes.rows, graph.longest_delay());
        let mut vectors = |slots: usize| -> Vec<Home> {
            graph.states.iter().map(|state| homes.allocator.home(rows, state.width, slots, delay)).collect()
        };
        let states = vectors(slots.kept + delay);
        let carried = if differentiate { vectors(1 + delay) } else { vec![] };
        let output_state = graph.states.iter().position(|state| state.next == graph.output);
        let (output, output_cotangent) = match output_state {
            Some(state) => (states[state], carried.get(state).copied().unwrap_or(states[state])),
            None => (homes.allocate(graph.output, slots.kept), homes.allocate(graph.output, 1)),
        };
        for (index, node) in graph.nodes.iter().enumerate() {
            match node.op {
                Op::Input => homes.settle(NodeId(index), input),
                Op::Previous { state, delay } => homes.settle(NodeId(index), states[state.0].delayed(delay)),
                _ => {}
            }
        }
        Self { states, output, output_state, carried, output_cotangent }
    }

    /// Cotangents that nobody writes before something is added to them.
    fn fresh(&self, reverse: &Reverse, recurrent: bool) -> Vec<Home> {
        let sent_back = |state: usize| reverse.previous.iter().any(|(read, _, _)| read.0 == state);
        let unread = (0..self.carried.len()).filter(|&state| !sent_back(state)).map(|state| self.carried[state]);
        unread.chain((recurrent && self.output_state.is_none()).then_some(self.output_cotangent)).collect()
    }
}

fn settle_random(stage: &Stage, homes: &mut Homes<'_>, slots: usize) -> Vec<Random> {
    let vectors = stage.graph.random_vectors().enumerate();
    vectors
        .map(|(index, (node, law, renewal, evaluation))| {
            let home = homes.allocate(node, if renewal == Renewal::Step { slots } else { 1 });
            homes.settle(node, home);
            Random { site: stage.first_site + index, law, renewal, evaluation, width: homes.width(node), home }
        })
        .collect()
}

fn settle_clocks(graph: &Graph, homes: &mut Homes<'_>) -> Vec<(Clock, Home, usize)> {
    let clocks = graph.clocks().map(|(node, clock)| {
        let home = homes.allocate(node, 1);
        homes.settle(node, home);
        (clock.clone(), home, homes.width(node))
    });
    clocks.collect()
}

fn settle_shares(reverse: &Reverse, homes: &mut Homes<'_>) -> Vec<(Home, usize)> {
    let settle = |&share: &GivenId| {
        let home = settle_given(&reverse.nodes, share, homes)?;
        let width = reverse.nodes.iter().find(|node| node.op == Op::Given(share))?.width;
        Some((home, width))
    };
    reverse.shares.iter().filter_map(settle).collect()
}

/// Settles where a vector lies that is handed in once.
fn settle_given(nodes: &[Node], given: GivenId, homes: &mut Homes<'_>) -> Option<Home> {
    let node = NodeId(nodes.iter().position(|node| node.op == Op::Given(given))?);
    let home = homes.allocate(node, 1);
    homes.settle(node, home);
    Some(home)
}

/// The cotangents that a step sends back, and where; settles where those that it is given lie.
fn sent_back(reverse: &Reverse, below: Option<Below>, inside: &Inside, homes: &mut Homes<'_>) -> Vec<(NodeId, Home)> {
    let mut given = BTreeMap::new();
    let mut sent = vec![];
    for (state, home) in reverse.states.iter().zip(&inside.carried) {
        given.insert(*state, *home);
    }
    given.extend(reverse.output.map(|output| (output, inside.output_cotangent)));
    let mut send = |leaving: Leaving, home: Home, written: bool| {
        given.insert(leaving.before, home);
        sent.push((if written { leaving.sum } else { leaving.added }, home));
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
            && let Some(home) = given.get(&id)
        {
            homes.settle(NodeId(index), *home);
        }
    }
    sent
}

/// Where the factors of weight gradients lie until a block of steps is complete.
struct Factors<'a> {
    own: usize,
    back: &'a Backward,
    block: usize,
    found: BTreeMap<NodeId, Home>,
}

impl Factors<'_> {
    fn home(&mut self, homes: &mut Homes<'_>, node: NodeId) -> Home {
        // Values of the step lie somewhere for good, unless they are computed again.
        if node.0 < self.own && !self.back.evaluated[node.0] {
            return homes.read(node);
        }
        *self.found.entry(node).or_insert_with(|| homes.allocate(node, self.block))
    }
}
