//! Where the gradients of parameters are summed, tile by tile.

use crate::{
    compute::kernel::{self, Number, PANEL},
    model::Network,
};

/// How the sum for one parameter lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SumForm {
    Vector {
        width: usize,
    },
    /// W[out, in] in panels over the columns: [ceil(in / 16)][out][16].
    Rows {
        out: usize,
        inputs: usize,
    },
    /// W[out, in] in panels over the rows, [ceil(out / 16)][in][16]: for few columns.
    Columns {
        out: usize,
        inputs: usize,
    },
}

/// The sum for one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GradientSum {
    pub form: SumForm,
    start: usize,
}

impl GradientSum {
    fn size(self) -> usize {
        match self.form {
            SumForm::Vector { width } => width,
            SumForm::Rows { out, inputs } => inputs.next_multiple_of(PANEL) * out,
            SumForm::Columns { out, inputs } => out.next_multiple_of(PANEL) * inputs,
        }
    }

    /// Its part of a buffer of sums.
    pub fn of<E>(self, sums: &mut [E]) -> &mut [E] {
        &mut sums[self.start..self.start + self.size()]
    }
}

/// The sums for all parameters of a network.
#[derive(Debug)]
pub(super) struct GradientSums {
    /// In the order of the network's parameters.
    pub of: Vec<GradientSum>,
    /// Numbers of a buffer of sums.
    pub size: usize,
}

impl GradientSums {
    pub fn new(network: &Network) -> Self {
        let mut size = 0;
        let mut of = vec![];
        for parameter in &network.parameters {
            let form = match parameter.shape[..] {
                [out, inputs] if inputs < PANEL => SumForm::Columns { out, inputs },
                [out, inputs] => SumForm::Rows { out, inputs },
                _ => SumForm::Vector { width: parameter.range().len() },
            };
            let sum = GradientSum { form, start: size };
            size += sum.size().next_multiple_of(PANEL);
            of.push(sum);
        }
        Self { of, size }
    }

    /// Writes a buffer of sums as a flat gradient.
    pub fn flatten<E: Number>(&self, network: &Network, sums: &mut [E], gradient: &mut [E]) {
        for (parameter, sum) in network.parameters.iter().zip(&self.of) {
            let (from, to) = (sum.of(sums), &mut gradient[parameter.range()]);
            match sum.form {
                SumForm::Vector { .. } => to.copy_from_slice(from),
                SumForm::Rows { out, inputs } => kernel::unpack_transposed(from, out, inputs, to),
                SumForm::Columns { out, inputs } => kernel::unpack(from, inputs, out, to),
            }
        }
    }
}
