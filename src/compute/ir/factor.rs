//! The matrices that calls multiply by.

use crate::graph::Fixed;

/// Index of a matrix in [`Factors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FactorId(pub usize);

/// A matrix that a value is multiplied by.
#[derive(Clone, Debug, PartialEq)]
pub enum Factor {
    /// A parameter, as W or Wᵀ.
    Weight {
        /// Its index among all parameters of the network.
        parameter: usize,
        /// Its name in its graph, for listings.
        name: String,
        transposed: bool,
    },
    /// A constant matrix, or its transpose.
    Fixed { matrix: Fixed, transposed: bool },
}

/// The factors of some lists of calls, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Factors(Vec<Factor>);

impl Factors {
    /// All of them, in the order of their numbers.
    pub fn all(&self) -> &[Factor] {
        &self.0
    }

    /// The number of `factor`, which is added if it is new.
    pub fn number(&mut self, factor: Factor) -> FactorId {
        FactorId(self.0.iter().position(|known| *known == factor).unwrap_or_else(|| {
            self.0.push(factor);
            self.0.len() - 1
        }))
    }
}
