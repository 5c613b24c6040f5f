//! The syntax tree.

use std::ops::Range;

use crate::graph::Relation;

/// A line of equations.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    /// `z = …` or `h' = …`.
    Assigned { name: String, primed: bool, name_span: Range<usize>, value: Tree },
    /// `state h, c[32]`: states in the order in which they are counted, with widths that are not `hidden`.
    States(Vec<(String, Range<usize>, Option<Tree>)>),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    pub span: Range<usize>,
    pub form: Form,
}

/// The parts of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    Number(f64),
    Name {
        name: String,
        primed: bool,
    },
    /// `h[-3]`.
    Index {
        of: Box<Tree>,
        at: Box<Tree>,
    },
    /// `v[0:16]`.
    Slice {
        of: Box<Tree>,
        from: Option<Box<Tree>>,
        to: Option<Box<Tree>>,
    },
    /// `W x`, `W[32] x`, `W^T x`.
    Matrix {
        name: String,
        rows: Option<Box<Tree>>,
        transposed: bool,
        of: Box<Tree>,
    },
    Call {
        name: String,
        arguments: Vec<Argument>,
    },
    /// `[a, b]`.
    Concat(Vec<Tree>),
    Negative(Box<Tree>),
    /// `v^2`.
    Square(Box<Tree>),
    /// Terms with whether each is subtracted, the first is not.
    Sum(Vec<(bool, Tree)>),
    /// Factors with whether each divides, the first does not.
    Product(Vec<(bool, Tree)>),
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument {
    /// The name in `name = value`.
    pub name: Option<String>,
    pub value: Tree,
    /// The other side in `value < other`.
    pub compared: Option<(Relation, Tree)>,
}

/// Whether a name is that of a matrix.
pub(super) fn is_matrix(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}
