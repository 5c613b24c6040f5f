//! Named tensors in one flat buffer.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::init::{InitializerSpec, Shape};

/// The role of a parameter in its network, by which a suite's `init` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A matrix on the input of a recurrent layer.
    Input,
    /// A matrix on the state, or a vector that a state is multiplied by unit by unit.
    Recurrent,
    /// A vector that is added, or any other that no state is multiplied by.
    Bias,
    /// A matrix of the readout.
    Readout,
}

/// A trained tensor of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name, unique in the network, such as `layer0.w_hh` or `readout0.w`.
    pub name: String,
    /// The shape, `[out, in]` or `[width]`.
    pub shape: Vec<usize>,
    /// The use of it, which decides on its initial values, and on its factor of the learning rate.
    pub role: Role,
    /// Of a parameter of a dense layer in the readout, the layer's inputs.
    pub dense_inputs: Option<usize>,
    /// Index of its first number in the flat buffer.
    pub offset: usize,
    /// The cell's own law for its initial values, where the suite names none for it.
    pub start: Option<InitializerSpec>,
}

impl Parameter {
    /// The range of its numbers in the flat buffer, row-major.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.shape.iter().product::<usize>()
    }

    /// The name without the layer, such as `w_hh`.
    pub fn local_name(&self) -> &str {
        self.name.split_once('.').map_or(&self.name, |(_, local)| local)
    }

    /// The layer's name, such as `layer0`.
    pub fn layer(&self) -> &str {
        self.name.split_once('.').map_or("", |(layer, _)| layer)
    }

    /// Whether a suite means this parameter by `name`, with the layer or without. A matrix's name is also that of the raw tensors it is made of.
    pub fn is_called(&self, name: &str) -> bool {
        let of = |own: &str| own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        of(self.local_name()) || (name.contains('.') && of(&self.name))
    }

    /// Whether `name` is this parameter's own, with the layer or without.
    pub fn is_exactly(&self, name: &str) -> bool {
        self.name == name || self.local_name() == name
    }

    /// Whether the parameter is a matrix with as many rows as columns.
    pub fn is_square(&self) -> bool {
        matches!(self.shape[..], [rows, columns] if rows == columns)
    }

    /// The shape and fans of the parameter, as an initializer sees them.
    pub fn init_shape(&self) -> Shape {
        let dense = self.dense_inputs.is_some();
        match self.shape[..] {
            [rows, columns] => Shape { rows, columns, fan_in: columns, fan_out: rows, dense },
            _ => {
                let rows = self.shape.iter().product();
                let fan_in = self.dense_inputs.unwrap_or(rows);
                Shape { rows, columns: 1, fan_in, fan_out: rows, dense }
            }
        }
    }
}

/// Ranges of the flat buffer that hold the `wanted` parameters: neighbours together.
pub fn ranges(parameters: &[Parameter], wanted: impl Fn(&Parameter) -> bool) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = vec![];
    for range in parameters.iter().filter(|parameter| wanted(parameter)).map(Parameter::range) {
        match ranges.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => ranges.push(range),
        }
    }
    ranges
}
