//! The notation of functions of matrices.

use std::{
    cell::RefCell,
    ops::{Add, Mul, Sub},
};

use super::workspace::Side;

/// A function of matrices and vectors, recorded as it is written down.
///
/// ```
/// use longlag::compute::{kernel::Isa, matrix::{Evaluator, Formula}};
///
/// // The Cayley transform of A − Aᵀ, for A [2, 2].
/// let formula = Formula::new();
/// let a = formula.matrix(0, 2, 2);
/// let cayley = 2.0 * (a - a.transposed()).plus_identity(1.0).inverse();
/// let mut evaluator: Evaluator<f64> = Evaluator::new(Isa::Portable, &formula, cayley.plus_identity(-1.0));
/// evaluator.evaluate(&[0.0, 1.0, 0.0, 0.0]);
/// let mut rotation = [0.0; 4];
/// evaluator.value(&mut rotation);
/// for (got, wanted) in rotation.into_iter().zip([0.0, -1.0, 1.0, 0.0]) {
///     assert!((got - wanted).abs() < 1e-15);
/// }
/// ```
#[derive(Debug, Default)]
pub struct Formula {
    nodes: RefCell<Vec<Node>>,
}

/// A matrix in a formula. `*` is the product of matrices.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'f> {
    formula: &'f Formula,
    pub(super) id: usize,
    /// Rows, at least 1.
    pub rows: usize,
    /// Columns, at least 1.
    pub columns: usize,
}

/// A number of a vector as an entry of a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// The index of the number in the vector.
    pub from: usize,
    /// The row of the matrix, from 0.
    pub row: usize,
    /// The column of the matrix, from 0.
    pub column: usize,
    /// The factor that the number is multiplied by.
    pub factor: f64,
}

/// A function of each number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Sine,
    Cosine,
    Sigmoid,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub operation: Operation,
    pub rows: usize,
    pub columns: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Operation {
    /// Given numbers, row by row, from this one on.
    Given(usize),
    /// A row of numbers that do not change.
    Constants(Vec<f64>),
    Sum {
        terms: Vec<(f64, usize)>,
        identity: f64,
    },
    Transpose(usize),
    Product {
        left: (usize, Side),
        right: (usize, Side),
    },
    /// Entries above the diagonal, on it and below it, times a number each.
    Triangles {
        from: usize,
        above: f64,
        on: f64,
        below: f64,
    },
    /// A vector's numbers as the entries from the `first`-th right of the diagonal on, row by row.
    Upper {
        from: usize,
        first: usize,
    },
    /// A vector's numbers as entries; the others are zero.
    Scatter {
        from: usize,
        entries: Vec<Entry>,
    },
    Each {
        from: usize,
        function: Function,
    },
    /// Number by number.
    Times(usize, usize),
    /// Each column times a number of a vector.
    ScaleColumns {
        from: usize,
        by: usize,
    },
    Inverse(usize),
    Exponential(usize),
    NewtonSchulz(usize),
}

impl Operation {
    pub fn operands(&self) -> Vec<usize> {
        match self {
            Self::Given(_) | Self::Constants(_) => vec![],
            Self::Sum { terms, .. } => terms.iter().map(|&(_, id)| id).collect(),
            Self::Product { left, right } => vec![left.0, right.0],
            Self::Transpose(from)
            | Self::Triangles { from, .. }
            | Self::Upper { from, .. }
            | Self::Scatter { from, .. }
            | Self::Each { from, .. }
            | Self::Inverse(from)
            | Self::Exponential(from)
            | Self::NewtonSchulz(from) => vec![*from],
            Self::Times(a, b) | Self::ScaleColumns { from: a, by: b } => vec![*a, *b],
        }
    }
}

impl Formula {
    /// An empty formula.
    pub fn new() -> Self {
        Self::default()
    }

    /// A matrix of given numbers, row-major from number `start` on.
    pub fn matrix(&self, start: usize, rows: usize, columns: usize) -> Matrix<'_> {
        self.node(Operation::Given(start), rows, columns)
    }

    /// A row of given numbers from number `start` on.
    pub fn vector(&self, start: usize, length: usize) -> Matrix<'_> {
        self.matrix(start, 1, length)
    }

    /// A row of numbers that do not change.
    pub fn constants(&self, numbers: Vec<f64>) -> Matrix<'_> {
        let length = numbers.len();
        self.node(Operation::Constants(numbers), 1, length)
    }

    fn node(&self, operation: Operation, rows: usize, columns: usize) -> Matrix<'_> {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { operation, rows, columns });
        Matrix { formula: self, id: nodes.len() - 1, rows, columns }
    }

    pub(super) fn nodes(&self) -> Vec<Node> {
        self.nodes.borrow().clone()
    }
}

impl<'f> Matrix<'f> {
    fn to(self, operation: Operation, rows: usize, columns: usize) -> Self {
        self.formula.node(operation, rows, columns)
    }

    fn like(self, operation: Operation) -> Self {
        self.to(operation, self.rows, self.columns)
    }

    /// This as the terms of a sum and a multiple of the identity.
    fn terms(self, factor: f64) -> (Vec<(f64, usize)>, f64) {
        match &self.formula.nodes.borrow()[self.id].operation {
            Operation::Sum { terms, identity } => {
                (terms.iter().map(|&(own, id)| (factor * own, id)).collect(), factor * identity)
            }
            _ => (vec![(factor, self.id)], 0.0),
        }
    }

    fn sum(self, other: Self, factor: f64) -> Self {
        assert_eq!((self.rows, self.columns), (other.rows, other.columns), "shapes of a sum");
        let ((mut terms, identity), (others, more)) = (self.terms(1.0), other.terms(factor));
        terms.extend(others);
        self.like(Operation::Sum { terms, identity: identity + more })
    }

    /// The transpose.
    #[must_use]
    pub fn transposed(self) -> Self {
        self.to(Operation::Transpose(self.id), self.columns, self.rows)
    }

    /// This and `factor` times the identity.
    #[must_use]
    pub fn plus_identity(self, factor: f64) -> Self {
        let (terms, identity) = self.terms(1.0);
        self.like(Operation::Sum { terms, identity: identity + factor })
    }

    /// Entries above the diagonal, on it and below it, times a number each.
    #[must_use]
    pub fn triangles(self, above: f64, on: f64, below: f64) -> Self {
        self.like(Operation::Triangles { from: self.id, above, on, below })
    }

    /// This vector's numbers, row by row, as the entries of a matrix that lie `first` or more to the right of the diagonal.
    ///
    /// # Panics
    ///
    /// If there are not as many.
    #[must_use]
    pub fn upper(self, rows: usize, columns: usize, first: usize) -> Self {
        let count: usize = (0..rows).map(|row| columns.saturating_sub(row + first)).sum();
        assert_eq!((self.rows, self.columns), (1, count), "as many numbers as entries");
        self.to(Operation::Upper { from: self.id, first }, rows, columns)
    }

    /// This vector's numbers as entries of a matrix of zeros. A number may be several entries; an entry is one number.
    ///
    /// # Panics
    ///
    /// When this has more than one row.
    #[must_use]
    pub fn scattered(self, rows: usize, columns: usize, entries: Vec<Entry>) -> Self {
        assert_eq!(self.rows, 1, "a vector is scattered");
        self.to(Operation::Scatter { from: self.id, entries }, rows, columns)
    }

    /// The sine of each number.
    #[must_use]
    pub fn sine(self) -> Self {
        self.like(Operation::Each { from: self.id, function: Function::Sine })
    }

    /// The cosine of each number.
    #[must_use]
    pub fn cosine(self) -> Self {
        self.like(Operation::Each { from: self.id, function: Function::Cosine })
    }

    /// 1/(1 + e⁻ˣ) of each number.
    #[must_use]
    pub fn sigmoid(self) -> Self {
        self.like(Operation::Each { from: self.id, function: Function::Sigmoid })
    }

    /// The product number by number.
    ///
    /// # Panics
    ///
    /// When the shapes differ.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        assert_eq!((self.rows, self.columns), (other.rows, other.columns), "shapes of a product");
        self.like(Operation::Times(self.id, other.id))
    }

    /// Each column times a number of a vector.
    ///
    /// # Panics
    ///
    /// When the vector has not a number for each column.
    #[must_use]
    pub fn columns_scaled(self, by: Self) -> Self {
        assert_eq!((by.rows, by.columns), (1, self.columns), "a number for each column");
        self.like(Operation::ScaleColumns { from: self.id, by: by.id })
    }

    /// The inverse, for a triangular matrix or one whose symmetric part is positive definite: rows are not exchanged.
    ///
    /// # Panics
    ///
    /// When it is not square.
    #[must_use]
    pub fn inverse(self) -> Self {
        assert_eq!(self.rows, self.columns, "a square matrix");
        self.like(Operation::Inverse(self.id))
    }

    /// The exponential of an antisymmetric matrix.
    ///
    /// # Panics
    ///
    /// When it is not square.
    #[must_use]
    pub fn exponential(self) -> Self {
        assert_eq!(self.rows, self.columns, "a square matrix");
        self.like(Operation::Exponential(self.id))
    }

    /// This matrix, orthogonal but for rounding, brought nearer to orthogonal by a step of Newton and Schulz. Cotangents pass as they
    /// are.
    #[must_use]
    pub fn reorthogonalized(self) -> Self {
        self.like(Operation::NewtonSchulz(self.id))
    }
}

impl Add for Matrix<'_> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.sum(other, 1.0)
    }
}

impl Sub for Matrix<'_> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.sum(other, -1.0)
    }
}

impl<'f> Mul<Matrix<'f>> for f64 {
    type Output = Matrix<'f>;

    fn mul(self, matrix: Matrix<'f>) -> Matrix<'f> {
        let (terms, identity) = matrix.terms(self);
        matrix.like(Operation::Sum { terms, identity })
    }
}

impl Mul for Matrix<'_> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        assert_eq!(self.columns, other.rows, "shapes of a product");
        // The kernels transpose a factor while they pack it.
        let factor = |matrix: Self| match matrix.formula.nodes.borrow()[matrix.id].operation {
            Operation::Transpose(from) => (from, Side::Transposed),
            _ => (matrix.id, Side::Plain),
        };
        let (left, right) = (factor(self), factor(other));
        self.to(Operation::Product { left, right }, self.rows, other.columns)
    }
}
