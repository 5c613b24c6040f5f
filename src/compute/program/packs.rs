//! The matrices that plans multiply by, in the form that products read.

use super::action::Pack;
use crate::{
    compute::kernel::{Number, Packed},
    graph::Fixed,
};

/// A right factor of a product.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Factor {
    /// A parameter by its index, as W or Wᵀ.
    Weight { parameter: usize, transposed: bool },
    /// A constant matrix, or its transpose.
    Fixed { matrix: Fixed, transposed: bool },
}

/// The factors that some plans use, each once.
#[derive(Debug, Default)]
pub(crate) struct Packs(Vec<Factor>);

impl Packs {
    /// The number of `factor`, which is added if it is new.
    pub fn number(&mut self, factor: Factor) -> Pack {
        Pack(self.0.iter().position(|known| *known == factor).unwrap_or_else(|| {
            self.0.push(factor);
            self.0.len() - 1
        }))
    }

    /// Packs the weights as they are now; `weight` gives a parameter's values, row-major, and its shape. Constant matrices are
    /// packed when they are new.
    pub fn pack<'w, E: Number>(&self, packed: &mut Vec<Packed<E>>, weight: impl Fn(usize) -> (&'w [E], [usize; 2])) {
        for (index, factor) in self.0.iter().enumerate() {
            let new = packed.len() == index;
            match factor {
                Factor::Weight { parameter, transposed } => {
                    let (values, [out, inputs]) = weight(*parameter);
                    if new {
                        packed.push(empty(out, inputs, *transposed));
                    }
                    fill(&mut packed[index], values, *transposed);
                }
                Factor::Fixed { matrix, transposed } if new => {
                    let values: Vec<E> = matrix.dense().into_iter().map(E::narrow).collect();
                    packed.push(empty(matrix.rows(), matrix.columns(), *transposed));
                    fill(&mut packed[index], &values, *transposed);
                }
                Factor::Fixed { .. } => {}
            }
        }
    }
}

fn empty<E: Number>(out: usize, inputs: usize, transposed: bool) -> Packed<E> {
    if transposed { Packed::new(out, inputs) } else { Packed::new(inputs, out) }
}

fn fill<E: Number>(packed: &mut Packed<E>, values: &[E], transposed: bool) {
    if transposed {
        packed.pack_transposed(values);
    } else {
        packed.pack(values);
    }
}
