//! The flat buffers of a training.

use std::ops::Range;

use super::{NextState, OptimizerSpec, StepContext};
use crate::{
    compute::{
        kernel::{self, Isa},
        lower::{Inputs, Transform, Vectors},
    },
    graph::Expr,
};

/// Parameters, their gradient and the optimizer's state vectors, each a flat buffer from the start of a cache line on.
///
/// Clipping, regularization, the optimizer's step and what follows it are pointwise transforms of them, compiled once per training:
/// they run with the same bits on every instruction set.
#[derive(Clone, Debug)]
pub struct Buffers {
    /// Parameters, gradient, slots.
    vectors: Vectors<f32>,
}

const PARAMETERS: usize = 0;
const GRADIENT: usize = 1;
const SLOTS: usize = 2;

impl Buffers {
    /// Buffers for `parameters`, with a gradient of zeros and a state vector of each of the numbers in `slots`.
    pub fn new(isa: Isa, parameters: &[f32], slots: &[f32]) -> Self {
        let mut vectors = Vectors::new(isa, SLOTS + slots.len(), parameters.len());
        vectors.get_mut(PARAMETERS).copy_from_slice(parameters);
        slots.iter().enumerate().for_each(|(slot, initial)| vectors.get_mut(SLOTS + slot).fill(*initial));
        Self { vectors }
    }

    /// θ.
    pub fn parameters(&self) -> &[f32] {
        self.vectors.get(PARAMETERS)
    }

    /// g.
    pub fn gradient(&self) -> &[f32] {
        self.vectors.get(GRADIENT)
    }

    /// g, to be filled.
    pub fn gradient_mut(&mut self) -> &mut [f32] {
        self.vectors.get_mut(GRADIENT)
    }

    /// θ, to be changed.
    pub fn parameters_mut(&mut self) -> &mut [f32] {
        self.vectors.get_mut(PARAMETERS)
    }

    /// The optimizer's state vectors, in order.
    pub fn slots(&self) -> impl Iterator<Item = &[f32]> {
        (SLOTS..self.vectors.count()).map(|index| self.vectors.get(index))
    }

    /// The optimizer's state vector number `index`, to be changed.
    pub fn slot_mut(&mut self, index: usize) -> &mut [f32] {
        self.vectors.get_mut(SLOTS + index)
    }

    /// θ to read and g to be filled.
    pub fn parameters_and_gradient_mut(&mut self) -> (&[f32], &mut [f32]) {
        self.vectors.read_and_write(PARAMETERS, GRADIENT)
    }

    /// ‖g‖, finite for every finite gradient, NaN or ∞ if an entry is: the square of an f32 neither overflows nor underflows
    /// in f64.
    pub fn norm(&self) -> f64 {
        libm::sqrt(kernel::sum_of_squares(self.vectors.isa(), self.gradient()))
    }

    /// The norm of the gradient's numbers in `range` alone; see [`norm`](Self::norm).
    pub fn norm_in(&self, range: Range<usize>) -> f64 {
        libm::sqrt(kernel::sum_of_squares(self.vectors.isa(), &self.gradient()[range]))
    }

    /// Whether no parameter is infinite or NaN.
    pub fn parameters_are_finite(&self) -> bool {
        kernel::all_finite(self.parameters())
    }

    /// Whether no number of the optimizer's state vectors in `ranges` is infinite or NaN.
    pub fn slots_are_finite(&self, ranges: &[Range<usize>]) -> bool {
        self.slots().all(|slot| ranges.iter().all(|range| kernel::all_finite(&slot[range.clone()])))
    }

    /// Changes the numbers in `ranges` by `transform`.
    pub fn apply<I: Copy>(&mut self, transform: &mut Transform<f32, I>, ranges: &[Range<usize>], inputs: I) {
        self.vectors.apply(transform, ranges, inputs);
    }

    /// Changes all numbers by `transform`.
    pub fn apply_to_all<I: Copy>(&mut self, transform: &mut Transform<f32, I>, inputs: I) {
        let whole = 0..self.vectors.length();
        self.apply(transform, &[whole], inputs);
    }
}

/// g ← `rule`(inputs, θ, g).
pub fn gradient_transform<I: Copy>(
    rule: impl for<'g> Fn(&Inputs<'g, I>, Expr<'g>, Expr<'g>) -> Expr<'g> + Send + Sync + 'static,
) -> Transform<f32, I> {
    Transform::new(move |inputs, v| vec![(GRADIENT, rule(inputs, v[PARAMETERS], v[GRADIENT]))])
}

/// θ ← `rule`(θ).
pub fn parameter_transform(rule: impl for<'g> Fn(Expr<'g>) -> Expr<'g> + Send + Sync + 'static) -> Transform<f32, ()> {
    Transform::new(move |_, v| vec![(PARAMETERS, rule(v[PARAMETERS]))])
}

/// One step of parameters and state vectors by `optimizer`.
///
/// The buffers that it is applied to must have as many state vectors as the optimizer keeps.
///
/// # Panics
///
/// When they have others.
pub fn optimizer_step(optimizer: OptimizerSpec) -> Transform<f32, StepContext> {
    Transform::new(move |at, v| {
        let kept = optimizer.slots().len();
        assert_eq!(v.len() - SLOTS, kept, "{optimizer:?} keeps other vectors");
        let NextState { parameters, slots } = optimizer.step(at, v[PARAMETERS], v[GRADIENT], &v[SLOTS..]);
        assert_eq!(slots.len(), kept, "{optimizer:?} forgets a vector");
        let slots = slots.into_iter().enumerate().map(|(slot, expr)| (SLOTS + slot, expr));
        slots.chain([(PARAMETERS, parameters)]).collect()
    })
}
