//! A compiled network: what runs at each step, and where everything is.

use super::{
    compile::{Below, Compiler, Lifetimes},
    gradient::GradientSums,
    mode::Mode,
    stage::CompiledStage,
};
use crate::{
    component::{bptt::BpttSpec, regularizer::OfSteps},
    compute::{
        ir::{Call, Factors, Instruction, Operation, Places, Reference, Slot},
        kernel::{Isa, Number, PANEL},
        lower::{KernelCall, Layout, Storage, compile},
    },
    graph::{Graph, NodeId, Op},
    model::Network,
};

/// Steps of a block: weight gradients are summed over so many steps at a time, which are in the cache then. Without influence on
/// any bit.
pub const BLOCK: usize = 16;

/// A compiled network as lists of calls `C` over places `P`: of the instruction list, or of the CPU.
#[derive(Clone, Debug)]
pub(super) struct CompiledNetwork<P, C> {
    /// Steps of a block.
    pub block: usize,
    pub zeros: P,
    /// x_t.
    pub input: P,
    pub layers: Vec<CompiledStage<P, C>>,
    pub readout: Vec<CompiledStage<P, C>>,
    /// The network's outputs, and the loss's cotangent of them.
    pub output: P,
    pub loss: P,
    /// Hands the loss's cotangent to the last layer, where there is no readout.
    pub hand_over: Vec<C>,
}

/// A compiled network for the CPU, for tiles of some number of rows.
#[derive(Debug)]
pub(super) struct LoweredNetwork<E> {
    pub rows: usize,
    /// Numbers of the arena.
    pub size: usize,
    pub network: CompiledNetwork<Storage, KernelCall<E>>,
}

impl CompiledNetwork<Reference, Call> {
    /// Compiles `network`. The places that it uses are added to `places`, its matrices to `factors`.
    pub fn new(
        (network, sums, rules, penalties): (&Network, &GradientSums, &[BpttSpec], OfSteps<'_>),
        mode: Mode,
        block: usize,
        places: &mut Places,
        factors: &mut Factors,
    ) -> Self {
        let steps = network.dimensions.steps;
        let zeros = places.zeros();
        let inputs = network.dimensions.inputs;
        let narrow = inputs < PANEL && network.layers.iter().take(1).all(|stage| multiplies_input_only(&stage.graph));
        let input = if narrow { places.factor("x", inputs, steps) } else { places.rows("x", inputs, steps, 0) };
        let mut compiler = Compiler { mode, sums, rules, penalties, factors, places };
        let kept = if mode == Mode::Differentiate { steps } else { 1 };
        let (mut output, mut below) = (input, None);
        let mut layers = vec![];
        for stage in &network.layers {
            let lifetimes = Lifetimes { kept, block: block.min(steps), random: steps, recurrent: true };
            let layer = compiler.stage(stage, output, below, lifetimes);
            output = layer.output;
            // What its own later steps send back is there before the layer above adds to it, or else zeros.
            below = Some(Below { cotangent: layer.output_cotangent, written: true });
            layers.push(layer);
        }
        let mut readout = vec![];
        for stage in &network.readout {
            // Read by read: nothing outlives the step but the numbers of random vectors, which are drawn beforehand.
            let lifetimes = Lifetimes { kept: 1, block: 1, random: steps, recurrent: false };
            let layer = compiler.stage(stage, output, below, lifetimes);
            output = layer.output;
            below = Some(Below { cotangent: layer.output_cotangent, written: false });
            readout.push(layer);
        }
        let width = network.dimensions.goal.width();
        let (mut loss, mut hand_over) = (output, vec![]);
        // Cotangents that nobody asked for may take the place of outputs, unless the next step reads these.
        if mode == Mode::Evaluate && network.readout.is_empty() {
            loss = places.rows("∂L", width, 1, 0);
        }
        if mode == Mode::Differentiate {
            let last = below.expect("a network has a layer");
            loss = last.cotangent;
            if last.written {
                loss = places.rows("∂L", width, 1, 0);
                let slots = [Slot::Operand(0), Slot::Operand(1)];
                let add = Instruction::new(Operation::Add, Slot::Operand(0), &slots);
                let operands = vec![last.cotangent, loss];
                hand_over.push(Call::Pointwise { instructions: vec![add], operands, width });
            }
        }
        Self { block, zeros, input, layers, readout, output, loss, hand_over }
    }

    /// The network for the CPU, where `places` are those that it was compiled with, for tiles of `rows` sequences.
    pub fn lower<E: Number>(&self, isa: Isa, places: &Places, rows: usize) -> LoweredNetwork<E> {
        let layout = Layout::new(places, rows);
        let at = |reference: Reference| layout.storage(reference);
        let stages =
            |stages: &[CompiledStage<Reference, Call>]| stages.iter().map(|stage| stage.lower(isa, &layout)).collect();
        let network = CompiledNetwork {
            block: self.block,
            zeros: at(self.zeros),
            input: at(self.input),
            layers: stages(&self.layers),
            readout: stages(&self.readout),
            output: at(self.output),
            loss: at(self.loss),
            hand_over: compile(isa, &layout, &self.hand_over),
        };
        LoweredNetwork { rows, size: layout.size(), network }
    }
}

/// Whether the input is read by matrix products only, so that its rows may lie side by side.
fn multiplies_input_only(graph: &Graph) -> bool {
    let input = |node: NodeId| graph.nodes[node.0].op == Op::Input;
    let others = graph.nodes.iter().filter(|node| !matches!(node.op, Op::Linear { .. }));
    let carried = graph.states.iter().map(|state| state.next).chain([graph.output]);
    !others.flat_map(|node| node.op.operands()).chain(carried).any(input)
}
