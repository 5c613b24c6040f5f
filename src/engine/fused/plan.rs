//! A network compiled for tiles of some number of rows: what runs at each step, and where everything lies.

use super::{
    action::Action,
    compile::{Below, Compiled, Compiler, Slots},
    gradient::Sums,
    home::{Allocator, Home},
    packs::Packs,
};
use crate::{
    component::{bptt::BackwardSpec, regularizer::OfSteps},
    compute::kernel::{Instruction, Isa, Number, Operation, PANEL, Program, Slot},
    graph::{Graph, NodeId, Op},
    model::Network,
};

/// Steps of a block: weight gradients are summed over so many steps at a time. A constant under `NUMERICS`.
pub(super) const BLOCK: usize = 16;

/// Whether a plan differentiates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Evaluate,
    Differentiate,
}

/// A compiled network.
#[derive(Debug)]
pub(super) struct Plan<E> {
    pub rows: usize,
    /// Numbers of the arena.
    pub size: usize,
    pub zeros: Home,
    /// x_t.
    pub input: Home,
    pub layers: Vec<Compiled<E>>,
    pub readout: Vec<Compiled<E>>,
    /// The network's outputs, and the loss's cotangent of them.
    pub output: Home,
    pub loss: Home,
    /// Hands the loss's cotangent to the last layer, where there is no readout.
    pub hand_over: Vec<Action<E>>,
}

impl<E: Number> Plan<E> {
    /// Compiles `network` for tiles of `rows` sequences.
    pub fn new(
        isa: Isa,
        (network, sums, rules, penalties): (&Network, &Sums, &[BackwardSpec], OfSteps<'_>),
        rows: usize,
        mode: Mode,
        packs: &mut Packs,
    ) -> Self {
        let steps = network.dimensions.steps;
        let mut allocator = Allocator::default();
        let zeros = allocator.zeros();
        let inputs = network.dimensions.inputs;
        let narrow = inputs < PANEL && network.layers.iter().take(1).all(|stage| multiplies_input_only(&stage.graph));
        let input = if narrow { allocator.narrow(rows, inputs, steps) } else { allocator.home(rows, inputs, steps, 0) };
        let mut compiler = Compiler { isa, rows, mode, sums, rules, penalties, packs, allocator: &mut allocator };
        let kept = if mode == Mode::Differentiate { steps } else { 1 };
        let (mut output, mut below) = (input, None);
        let mut layers: Vec<Compiled<E>> = vec![];
        for stage in &network.layers {
            let slots = Slots { kept, block: BLOCK.min(steps), random: steps, recurrent: true };
            let layer = compiler.stage(stage, output, below, slots);
            output = layer.output;
            // What its own later steps send back is there before the layer above adds to it, or else zeros.
            below = Some(Below { cotangent: layer.output_cotangent, written: true });
            layers.push(layer);
        }
        let mut readout: Vec<Compiled<E>> = vec![];
        for stage in &network.readout {
            // Read by read: nothing outlives the step but the numbers of random vectors, which are drawn beforehand.
            let slots = Slots { kept: 1, block: 1, random: steps, recurrent: false };
            let layer = compiler.stage(stage, output, below, slots);
            output = layer.output;
            below = Some(Below { cotangent: layer.output_cotangent, written: false });
            readout.push(layer);
        }
        let width = network.dimensions.goal.width();
        let (mut loss, mut hand_over) = (output, vec![]);
        // Cotangents that nobody asked for may take the place of outputs, unless the next step reads these.
        if mode == Mode::Evaluate && network.readout.is_empty() {
            loss = allocator.home(rows, width, 1, 0);
        }
        if mode == Mode::Differentiate {
            let last = below.expect("a network has a layer");
            loss = last.cotangent;
            if last.written {
                loss = allocator.home(rows, width, 1, 0);
                let add = Instruction {
                    operation: Operation::Add,
                    to: Slot::Operand(0),
                    from: [Slot::Operand(0), Slot::Operand(1), Slot::Operand(1)],
                };
                hand_over.push(Action::Pointwise {
                    program: Program::new(isa, vec![add]),
                    operands: vec![last.cotangent, loss],
                    count: rows * width.next_multiple_of(PANEL),
                });
            }
        }
        Self { rows, size: allocator.size, zeros, input, layers, readout, output, loss, hand_over }
    }
}

/// Whether the input is read by matrix products only, so that its rows may lie side by side.
fn multiplies_input_only(graph: &Graph) -> bool {
    let input = |node: NodeId| graph.nodes[node.0].op == Op::Input;
    let others = graph.nodes.iter().filter(|node| !matches!(node.op, Op::Linear { .. }));
    let carried = graph.states.iter().map(|state| state.next).chain([graph.output]);
    !others.flat_map(|node| node.op.operands()).chain(carried).any(input)
}
