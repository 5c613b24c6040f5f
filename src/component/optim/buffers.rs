//! The flat buffers of a training.

use std::ops::Range;

use super::{At, Optimizer, Step};
use crate::{
    compute::{
        kernel::{self, Isa},
        program::Vectors,
    },
    graph::Expr,
};

/// Parameters, their gradient and the optimizer's state vectors, each a flat buffer from the start of a cache line on.
///
/// Clipping, regularization, the optimizer's step and what follows it are pointwise rules on them: they run with the same bits
/// on every instruction set.
#[derive(Clone, Debug)]
pub struct Buffers {
    /// Parameters, gradient, slots.
    vectors: Vectors<f32>,
    slots: usize,
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
        Self { vectors, slots: slots.len() }
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

    /// θ to read and g to be filled.
    pub fn parameters_and_gradient_mut(&mut self) -> (&[f32], &mut [f32]) {
        self.vectors.read_and_write(PARAMETERS, GRADIENT)
    }

    /// ‖g‖, finite for every finite gradient, NaN or ∞ if an entry is: the square of an f32 neither overflows nor underflows
    /// in f64.
    pub fn norm(&self) -> f64 {
        libm::sqrt(kernel::sum_of_squares(self.vectors.isa(), self.gradient()))
    }

    /// The same of the numbers in `range` alone.
    pub fn norm_in(&self, range: Range<usize>) -> f64 {
        libm::sqrt(kernel::sum_of_squares(self.vectors.isa(), &self.gradient()[range]))
    }

    /// Whether no parameter is infinite or NaN.
    pub fn parameters_are_finite(&self) -> bool {
        kernel::all_finite(self.parameters())
    }

    /// g ← `rule`(θ, g) in `ranges`.
    pub fn change_gradient(
        &mut self,
        ranges: &[Range<usize>],
        rule: impl for<'g> FnOnce(Expr<'g>, Expr<'g>) -> Expr<'g>,
    ) {
        self.vectors.apply(ranges, |v| vec![(GRADIENT, rule(v[PARAMETERS], v[GRADIENT]))]);
    }

    /// θ ← `rule`(θ) in `ranges`.
    pub fn change_parameters(&mut self, ranges: &[Range<usize>], rule: impl for<'g> FnOnce(Expr<'g>) -> Expr<'g>) {
        self.vectors.apply(ranges, |v| vec![(PARAMETERS, rule(v[PARAMETERS]))]);
    }

    /// One step of all parameters and state vectors by `optimizer`.
    ///
    /// # Panics
    ///
    /// If there are not as many state vectors as the optimizer keeps.
    pub fn step(&mut self, optimizer: &dyn Optimizer, at: At) {
        let whole = 0..self.vectors.length();
        self.step_in(&[whole], optimizer, at);
    }

    /// The same for the numbers in `ranges`.
    ///
    /// # Panics
    ///
    /// If there are not as many state vectors as the optimizer keeps.
    pub fn step_in(&mut self, ranges: &[Range<usize>], optimizer: &dyn Optimizer, at: At) {
        assert_eq!(self.slots, optimizer.slots().len(), "{optimizer:?} keeps other vectors");
        self.vectors.apply(ranges, |v| {
            let Step { parameters, slots } = optimizer.step(at, v[PARAMETERS], v[GRADIENT], &v[SLOTS..]);
            assert_eq!(slots.len(), v.len() - SLOTS, "{optimizer:?} forgets a vector");
            let slots = slots.into_iter().enumerate().map(|(slot, expr)| (SLOTS + slot, expr));
            slots.chain([(PARAMETERS, parameters)]).collect()
        });
    }
}
