//! Raw tensors.

use crate::{
    component::init::InitializerSpec,
    compute::matrix::{Formula, Matrix},
};

/// A raw tensor that a weight matrix is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The part of the name after the matrix's and a dot; empty for the tensor that takes its name, and its initial values.
    pub name: &'static str,
    /// Rows of the tensor as it is drawn.
    pub rows: usize,
    /// Columns of the tensor as it is drawn.
    pub columns: usize,
    /// The numbers of those drawn that are kept and trained.
    pub entries: Entries,
    /// The law of the initial values, unless `init` names the tensor; the matrix's own if there is none.
    pub law: Option<InitializerSpec>,
}

/// Some entries of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// Every entry, row by row.
    All,
    /// The numbers at least this far right of the diagonal, row by row.
    Upper(usize),
}

impl Tensor {
    /// The entries above the diagonal of a square matrix that is drawn as the weight matrix is.
    pub fn above_diagonal(name: &'static str, size: usize) -> Self {
        Self { name, rows: size, columns: size, entries: Entries::Upper(1), law: None }
    }

    /// A vector with its own law.
    pub fn vector(name: &'static str, length: usize, law: InitializerSpec) -> Self {
        Self { name, rows: 1, columns: length, entries: Entries::All, law: Some(law) }
    }

    /// The number of numbers that are trained.
    pub fn count(&self) -> usize {
        self.kept().map(|range| range.len()).sum()
    }

    /// The shape in which the tensor is stored: a matrix, or a vector of the numbers that are kept.
    pub fn shape(&self) -> Vec<usize> {
        match self.entries {
            Entries::All if self.rows > 1 => vec![self.rows, self.columns],
            _ => vec![self.count()],
        }
    }

    /// The ranges of the numbers that are kept among those that are drawn, row-major.
    pub fn kept(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let &Self { rows, columns, entries, .. } = self;
        (0..rows).map(move |row| {
            let left = match entries {
                Entries::All => 0,
                Entries::Upper(first) => (row + first).min(columns),
            };
            row * columns + left..(row + 1) * columns
        })
    }
}

/// A raw tensor in a formula.
#[derive(Clone, Debug)]
pub struct Raw<'f> {
    formula: &'f Formula,
    start: usize,
    tensor: Tensor,
}

impl<'f> Raw<'f> {
    pub(super) fn new(formula: &'f Formula, start: usize, tensor: Tensor) -> Self {
        Self { formula, start, tensor }
    }

    pub(super) fn count(&self) -> usize {
        self.tensor.count()
    }

    /// The tensor as it is drawn, with zeros where numbers are not kept.
    pub fn matrix(&self) -> Matrix<'f> {
        let Tensor { rows, columns, entries, .. } = self.tensor;
        match entries {
            Entries::All => self.formula.matrix(self.start, rows, columns),
            Entries::Upper(first) => self.numbers().upper(rows, columns, first),
        }
    }

    /// The numbers that are kept, as a row.
    pub fn numbers(&self) -> Matrix<'f> {
        self.formula.vector(self.start, self.count())
    }

    /// The antisymmetric matrix A − Aᵀ.
    pub fn skew(&self) -> Matrix<'f> {
        let matrix = self.matrix();
        matrix - matrix.transposed()
    }

    /// A row of numbers that are not trained.
    pub fn constants(&self, numbers: Vec<f64>) -> Matrix<'f> {
        self.formula.constants(numbers)
    }
}
