//! The weights that a flat buffer of raw parameters stands for.

use std::ops::Range;

use super::{ParametrizationSpec, ParametrizeSpec};
use crate::model::Parameter;

/// A copy of a flat buffer in which parametrized matrices are made of raw ones.
#[derive(Clone, Debug)]
pub struct Weights {
    values: Vec<f32>,
    matrices: Vec<Matrix>,
}

#[derive(Clone, Debug)]
struct Matrix {
    range: Range<usize>,
    size: usize,
    parametrization: ParametrizationSpec,
}

impl Weights {
    /// The weights of `raw`; none if no parameter of `layout` is parametrized.
    ///
    /// # Panics
    ///
    /// If one that is parametrized is no square matrix.
    pub fn new(spec: &ParametrizeSpec, layout: &[Parameter], raw: &[f32]) -> Option<Self> {
        let matrices = layout.iter().filter_map(|parameter| {
            let parametrization = spec.of(parameter)?.clone();
            assert!(parameter.is_square(), "`{}` is no square matrix", parameter.name);
            Some(Matrix { range: parameter.range(), size: parameter.shape[0], parametrization })
        });
        let mut weights = Self { values: vec![], matrices: matrices.collect() };
        weights.update(raw);
        (!weights.matrices.is_empty()).then_some(weights)
    }

    /// The flat buffer.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Follows a change of the raw parameters.
    pub fn update(&mut self, raw: &[f32]) {
        self.values.clear();
        self.values.extend_from_slice(raw);
        for Matrix { range, size, parametrization } in &self.matrices {
            let weights = parametrization.weights(&widened(&raw[range.clone()]), *size);
            narrow(&weights, &mut self.values[range.clone()]);
        }
    }

    /// Turns the gradient by the weights into that by `raw`.
    pub fn pull_back(&self, raw: &[f32], gradient: &mut [f32]) {
        for Matrix { range, size, parametrization } in &self.matrices {
            let by_weights = widened(&gradient[range.clone()]);
            let by_raw = parametrization.pull_back(&widened(&raw[range.clone()]), *size, &by_weights);
            narrow(&by_raw, &mut gradient[range.clone()]);
        }
    }
}

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn narrow(values: &[f64], to: &mut [f32]) {
    to.iter_mut().zip(values).for_each(|(to, &value)| *to = value as f32);
}
