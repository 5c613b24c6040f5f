//! Two layouts of flat buffers: of the raw parameters, which are trained, and of the weights.

use std::ops::Range;

use super::{ParametrizationSpec, ParametrizeSpec, Tensor};
use crate::{
    component::{
        init::{InitSpec, Shape},
        parameter::Parameter,
    },
    seed,
};

/// Which weights are made of raw parameters, and where both lie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parametrized {
    /// The network's parameters, which an engine computes with.
    weights: Vec<Parameter>,
    /// The trained parameters, in the order of the weights.
    raw: Vec<Parameter>,
    /// The matrices that are made of raw parameters, in the order of the weights.
    pub(super) matrices: Vec<MadeMatrix>,
}

/// A weight matrix that is made of raw tensors.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MadeMatrix {
    pub parametrization: ParametrizationSpec,
    /// The number of rows, and of columns.
    pub size: usize,
    /// The index of the matrix among the weights.
    pub weight: usize,
    /// The indices of the matrix's tensors among the raw parameters.
    pub tensors: Range<usize>,
}

impl Parametrized {
    /// The layouts for a network with `weights`.
    ///
    /// # Panics
    ///
    /// If a parameter that is parametrized is no square matrix.
    pub fn new(spec: &ParametrizeSpec, weights: &[Parameter]) -> Self {
        let mut found = Self { weights: weights.to_vec(), raw: vec![], matrices: vec![] };
        let mut offset = 0;
        let mut push = |raw: &mut Vec<Parameter>, parameter: Parameter| {
            let parameter = Parameter { offset, ..parameter };
            offset = parameter.range().end;
            raw.push(parameter);
        };
        for (weight, parameter) in weights.iter().enumerate() {
            let Some(parametrization) = spec.of(parameter) else {
                push(&mut found.raw, parameter.clone());
                continue;
            };
            assert!(parameter.is_square(), "`{}` is no square matrix", parameter.name);
            let size = parameter.shape[0];
            let first = found.raw.len();
            for tensor in parametrization.tensors(size) {
                let name = raw_name(parameter, &tensor);
                push(&mut found.raw, Parameter { name, shape: tensor.shape(), ..parameter.clone() });
            }
            let tensors = first..found.raw.len();
            found.matrices.push(MadeMatrix { parametrization: parametrization.clone(), size, weight, tensors });
        }
        found
    }

    /// The trained parameters: the raw layout.
    pub fn raw(&self) -> &[Parameter] {
        &self.raw
    }

    /// The network's parameters: the layout of the weights.
    pub fn weights(&self) -> &[Parameter] {
        &self.weights
    }

    /// Whether the two layouts are one.
    pub fn is_trivial(&self) -> bool {
        self.matrices.is_empty()
    }

    /// The number of numbers that are trained.
    pub fn size(&self) -> usize {
        self.raw.last().map_or(0, |last| last.range().end)
    }

    /// The parametrization that makes the weight matrix `name`, if one does.
    pub fn of(&self, name: &str) -> Option<&ParametrizationSpec> {
        let made = self.matrices.iter().find(|made| self.weights[made.weight].name == name);
        made.map(|made| &made.parametrization)
    }

    /// Whether the network has a parameter `name` that is trained itself.
    pub fn has_as_it_is(&self, name: &str) -> bool {
        self.weights.iter().any(|weight| weight.name == name) && self.of(name).is_none()
    }

    /// Initial values of the raw layout, given those of the weights, as `init` draws them. A tensor with the name of its matrix
    /// takes the entries it keeps of it; others are drawn by their own names, so that they share their values with other models
    /// that have them.
    pub fn initialize(&self, init: &InitSpec, weights: Vec<f32>, seed: u64, replicate: u32) -> Vec<f32> {
        if self.is_trivial() {
            return weights;
        }
        let mut made = self.matrices.iter().peekable();
        let mut values = Vec::with_capacity(self.size());
        for (index, weight) in self.weights.iter().enumerate() {
            let drawn = &weights[weight.range()];
            let Some(made) = made.next_if(|made| made.weight == index) else {
                values.extend_from_slice(drawn);
                continue;
            };
            for (tensor, raw) in made.parametrization.tensors(made.size).iter().zip(&self.raw[made.tensors.clone()]) {
                if tensor.name.is_empty() && tensor.law.is_none() {
                    tensor.kept().for_each(|kept| values.extend_from_slice(&drawn[kept]));
                    continue;
                }
                let named = init.parameters.get(&raw.name).or_else(|| init.parameters.get(raw.local_name()));
                let own = tensor.law.as_ref();
                let law = named.or(own).unwrap_or_else(|| init.initializer(weight));
                let axes = [("replicate", &replicate.to_string()[..]), ("parameter", &raw.name)];
                let mut draws = seed::stream(seed, seed::Purpose::Init, &axes).at(0);
                let &Tensor { rows, columns, .. } = tensor;
                let mut drawn = vec![0.0; rows * columns];
                law.fill(Shape { rows, columns, fan_in: columns, fan_out: rows, dense: false }, &mut draws, &mut drawn);
                tensor.kept().for_each(|kept| values.extend(drawn[kept].iter().map(|&value| value as f32)));
            }
        }
        values
    }
}

/// The name of a tensor of a matrix.
fn raw_name(matrix: &Parameter, tensor: &Tensor) -> String {
    match tensor.name {
        "" => matrix.name.clone(),
        own => format!("{}.{own}", matrix.name),
    }
}
