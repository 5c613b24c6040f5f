//! Named tensors in one flat buffer.

use std::ops::Range;

use crate::init::Shape;

/// Which entry of the suite's `init` a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Input,
    Recurrent,
    Bias,
    Readout,
}

/// A trained tensor of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Unique in the network, such as `layer0.w_hh` or `readout0.w`.
    pub name: String,
    /// `[out, in]` or `[width]`.
    pub shape: Vec<usize>,
    pub role: Role,
    /// Index of its first number in the flat buffer.
    pub offset: usize,
}

impl Parameter {
    /// Where its numbers lie in the flat buffer, row-major.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.shape.iter().product::<usize>()
    }

    /// The name without the layer, such as `w_hh`.
    pub fn local_name(&self) -> &str {
        self.name.split_once('.').map_or(&self.name, |(_, local)| local)
    }

    /// What an initializer may know of it.
    pub fn init_shape(&self) -> Shape {
        match self.shape[..] {
            [rows, columns] => Shape { rows, columns, fan_in: columns, fan_out: rows },
            _ => {
                let rows = self.shape.iter().product();
                Shape { rows, columns: 1, fan_in: rows, fan_out: rows }
            }
        }
    }
}
