//! A compiled stage: what runs when, and where it finds what.

use crate::{
    compute::{
        ir::{Call, Reference},
        kernel::{Isa, Number},
        lower::{KernelCall, Layout, Storage, compile},
    },
    graph::{Clock, Law, Renewal},
};

/// A stage as lists of calls `C` over places `P`: of the instruction list, or of the CPU.
#[derive(Clone, Debug)]
pub(super) struct CompiledStage<P, C> {
    pub vectors: Vec<ParameterVector<P>>,
    pub random: Vec<RandomVector<P>>,
    pub clocks: Vec<(Clock, P, usize)>,
    /// At the start of a tile.
    pub once: Vec<C>,
    /// At every step.
    pub forward: Vec<C>,
    /// At every step, from the last to the first.
    pub backward: Vec<C>,
    pub states: Vec<P>,
    /// For so many steps before the first the states are zero.
    pub longest_delay: usize,
    pub output: P,
    /// The cotangent of each state.
    pub carried: Vec<P>,
    /// Cotangents that start from zero at every step.
    pub fresh: Vec<P>,
    pub output_cotangent: P,
    pub outers: Vec<WeightGradient<P>>,
    pub sums: Vec<VectorGradient<P>>,
    /// Where rules for what passes back read the sequences' shares, and the width.
    pub shares: Vec<(P, usize)>,
    /// Where penalties read the weight of a step of a sequence.
    pub penalty: Option<P>,
}

/// A parameter vector in the arena.
#[derive(Clone, Debug)]
pub(super) struct ParameterVector<P> {
    /// Index of the parameter among the graph's.
    pub parameter: usize,
    /// As one row, from which products start.
    pub row: Option<P>,
    /// The same row for every sequence.
    pub full: Option<P>,
}

/// A random vector.
#[derive(Clone, Debug)]
pub(super) struct RandomVector<P> {
    pub site: usize,
    pub law: Law,
    pub renewal: Renewal,
    pub evaluation: f64,
    pub width: usize,
    pub place: P,
}

/// A weight gradient: Σ left ⊗ right.
#[derive(Clone, Debug)]
pub(super) struct WeightGradient<P> {
    /// Index of the parameter among the network's.
    pub parameter: usize,
    pub left: P,
    pub left_width: usize,
    pub right: P,
    pub right_width: usize,
    /// Whether the stage uses the parameter elsewhere too.
    pub shared: bool,
}

/// The gradient of a parameter vector.
#[derive(Clone, Debug)]
pub(super) struct VectorGradient<P> {
    /// Index of the parameter among the network's.
    pub parameter: usize,
    pub cotangent: P,
    pub width: usize,
    /// Whether the stage uses the parameter elsewhere too.
    pub shared: bool,
}

impl CompiledStage<Reference, Call> {
    /// The stage for the CPU.
    pub fn lower<E: Number>(&self, isa: Isa, layout: &Layout) -> CompiledStage<Storage, KernelCall<E>> {
        let at = |reference: Reference| layout.storage(reference);
        let all = |references: &[Reference]| references.iter().copied().map(at).collect();
        let calls = |calls: &[Call]| compile(isa, layout, calls);
        let vectors = self.vectors.iter().map(|&ParameterVector { parameter, row, full }| ParameterVector {
            parameter,
            row: row.map(at),
            full: full.map(at),
        });
        let random = self.random.iter().map(|&RandomVector { site, law, renewal, evaluation, width, place }| {
            RandomVector { site, law, renewal, evaluation, width, place: at(place) }
        });
        let outers = self.outers.iter().map(|outer| WeightGradient {
            parameter: outer.parameter,
            left: at(outer.left),
            left_width: outer.left_width,
            right: at(outer.right),
            right_width: outer.right_width,
            shared: outer.shared,
        });
        let sums = self.sums.iter().map(|&VectorGradient { parameter, cotangent, width, shared }| VectorGradient {
            parameter,
            cotangent: at(cotangent),
            width,
            shared,
        });
        CompiledStage {
            vectors: vectors.collect(),
            random: random.collect(),
            clocks: self.clocks.iter().map(|(clock, place, width)| (clock.clone(), at(*place), *width)).collect(),
            once: calls(&self.once),
            forward: calls(&self.forward),
            backward: calls(&self.backward),
            states: all(&self.states),
            longest_delay: self.longest_delay,
            output: at(self.output),
            carried: all(&self.carried),
            fresh: all(&self.fresh),
            output_cotangent: at(self.output_cotangent),
            outers: outers.collect(),
            sums: sums.collect(),
            shares: self.shares.iter().map(|&(place, width)| (at(place), width)).collect(),
            penalty: self.penalty.map(at),
        }
    }
}
