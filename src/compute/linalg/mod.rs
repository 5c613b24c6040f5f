//! Linear algebra in f64: plain loops in a fixed order, the same bits on every machine.

mod eigenvalues;
mod householder;

pub use self::{
    eigenvalues::{Eigenvalue, eigenvalues, spectral_radius},
    householder::fill_orthogonal,
};
