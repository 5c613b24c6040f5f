//! The weights that raw parameters stand for.

use std::ops::Range;

use super::Parametrized;
use crate::compute::{
    kernel::Isa,
    matrix::{Dense, Evaluator, Formula, Side, Workspace},
};

/// The buffer of weights beside that of raw parameters, and the gradient on its way from the one to the other.
#[derive(Clone, Debug)]
pub struct Weights {
    isa: Isa,
    values: Vec<f32>,
    /// The gradient by the weights.
    gradient: Vec<f32>,
    pieces: Vec<Piece>,
}

/// Neighbours in both layouts.
#[derive(Clone, Debug)]
struct Piece {
    weights: Range<usize>,
    raw: Range<usize>,
    /// The formula that makes the weights; without one they are the raw parameters.
    made: Option<Box<Made>>,
}

#[derive(Clone, Debug)]
struct Made {
    /// The matrix's name.
    name: String,
    evaluator: Evaluator<f32>,
    base: Option<Base>,
}

/// A matrix that the made one is multiplied by.
#[derive(Clone, Debug)]
struct Base {
    workspace: Workspace<f32>,
    base: Dense,
    made: Dense,
    product: Dense,
    scratch: Vec<f32>,
}

impl Weights {
    /// The weights of `raw`; none if no parameter is parametrized. The instruction set has no influence on any bit.
    pub fn new(isa: Isa, parametrized: &Parametrized, raw: &[f32]) -> Option<Self> {
        if parametrized.is_trivial() {
            return None;
        }
        let mut matrices = parametrized.matrices.iter().peekable();
        let (mut pieces, mut next) = (vec![], 0);
        for (index, weight) in parametrized.weights().iter().enumerate() {
            let weights = weight.range();
            let start = next;
            let made = matrices.next_if(|made| made.weight == index).map(|made| {
                let tensors = &parametrized.raw()[made.tensors.clone()];
                next = tensors.last().map_or(start, |last| last.range().end);
                let formula = Formula::new();
                let evaluator = Evaluator::new(isa, &formula, made.parametrization.formula(made.size, &formula));
                Box::new(Made { name: weight.name.clone(), evaluator, base: None })
            });
            if made.is_none() {
                next = start + weights.len();
            }
            pieces.push(Piece { weights, raw: start..next, made });
        }
        let size = pieces.last().map_or(0, |last| last.weights.end);
        let mut weights = Self { isa, values: vec![0.0; size], gradient: vec![0.0; size], pieces };
        weights.update(raw);
        Some(weights)
    }

    /// The weights.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The weights to read, and the gradient by them to be filled.
    pub fn values_and_gradient_mut(&mut self) -> (&[f32], &mut [f32]) {
        (&self.values, &mut self.gradient)
    }

    /// Follows a change of the raw parameters.
    pub fn update(&mut self, raw: &[f32]) {
        for Piece { weights, raw: range, made } in &mut self.pieces {
            let (raw, weights) = (&raw[range.clone()], &mut self.values[weights.clone()]);
            let Some(made) = made else {
                weights.copy_from_slice(raw);
                continue;
            };
            made.evaluator.evaluate(raw);
            made.evaluator.value(weights);
            if let Some(base) = &mut made.base {
                base.multiply(weights);
            }
        }
    }

    /// Turns the gradient by the weights into that by the raw parameters.
    pub fn vjp(&mut self, by_raw: &mut [f32]) {
        for Piece { weights, raw, made } in &mut self.pieces {
            let (by_weights, by_raw) = (&mut self.gradient[weights.clone()], &mut by_raw[raw.clone()]);
            let Some(made) = made else {
                by_raw.copy_from_slice(by_weights);
                continue;
            };
            if let Some(base) = &mut made.base {
                base.vjp(by_weights);
            }
            made.evaluator.vjp(by_weights, by_raw);
        }
    }

    /// Adds to the gradient by the raw parameters that of a function of the weights, which is zero but where `fill` sets it; it is
    /// given the weights and the gradient by them.
    pub fn add_vjp(&mut self, by_raw: &mut [f32], fill: impl FnOnce(&[f32], &mut [f32])) {
        self.gradient.fill(0.0);
        fill(&self.values, &mut self.gradient);
        let mut added = vec![0.0; by_raw.len()];
        self.vjp(&mut added);
        by_raw.iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
    }

    /// Lets the matrices whose names are `meant` be the base that they are multiplied by from now on, and their raw parameters zero:
    /// the weights stay what they are but for rounding.
    pub fn rebase(&mut self, raw: &mut [f32], meant: impl Fn(&str) -> bool) {
        for Piece { weights, raw: range, made } in &mut self.pieces {
            let Some(made) = made.as_mut().filter(|made| meant(&made.name)) else { continue };
            let weights = &mut self.values[weights.clone()];
            let isa = self.isa;
            made.base.get_or_insert_with(|| Base::new(isa, weights.len())).set(weights);
            raw[range.clone()].fill(0.0);
        }
        self.update(raw);
    }

    /// The bases with the names of their matrices: part of what decides all that follows.
    pub fn bases(&self) -> Vec<(&str, Vec<f32>)> {
        let made = self.pieces.iter().filter_map(|piece| piece.made.as_ref());
        made.filter_map(|made| Some((made.name.as_str(), made.base.as_ref()?.numbers()))).collect()
    }

    /// Takes raw parameters and the numbers of the bases, which are those that there are, in the same order.
    pub fn restore<'b>(&mut self, raw: &[f32], bases: impl Iterator<Item = &'b [f32]>) {
        let places = self.pieces.iter_mut().filter_map(|piece| piece.made.as_mut()?.base.as_mut());
        places.zip(bases).for_each(|(base, numbers)| base.workspace.set(base.base, numbers));
        self.update(raw);
    }
}

impl Base {
    fn new(isa: Isa, entries: usize) -> Self {
        let size = entries.isqrt();
        let mut workspace = Workspace::new(isa);
        let [base, made, product] = [0; 3].map(|_| workspace.allocate(size, size));
        Self { workspace, base, made, product, scratch: vec![0.0; entries] }
    }

    fn numbers(&self) -> Vec<f32> {
        let mut numbers = self.scratch.clone();
        self.workspace.get(self.base, &mut numbers);
        numbers
    }

    /// Takes a rotation as the base, and the rounding off it.
    fn set(&mut self, weights: &[f32]) {
        self.workspace.set(self.made, weights);
        self.workspace.newton_schulz(self.base, self.made, self.product);
    }

    /// Multiplies by the base: W ← B·W.
    fn multiply(&mut self, weights: &mut [f32]) {
        self.workspace.set(self.made, weights);
        self.workspace.multiply(self.product, false, (self.base, Side::Plain), (self.made, Side::Plain));
        self.workspace.get(self.product, weights);
    }

    /// Pulls a gradient back through the base: G ← Bᵀ·G.
    fn vjp(&mut self, gradient: &mut [f32]) {
        self.workspace.set(self.made, gradient);
        self.workspace.multiply(self.product, false, (self.base, Side::Transposed), (self.made, Side::Plain));
        self.workspace.get(self.product, gradient);
    }
}
