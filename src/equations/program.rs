//! A step in which every name is resolved and every width is known.

use super::width::WidthId;
use crate::graph::{Binary, Kind, Law, Relation, Renewal, Unary};

/// The number of a node in its program; operands come before their users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(pub usize);

/// One step, or one function of a vector, for given sizes. It is free of mistakes.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) nodes: Vec<Node>,
    /// The width of each node.
    pub(super) widths: Vec<usize>,
    pub(super) states: Vec<State>,
    pub(super) output: Place,
}

/// A vector.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub form: Form,
    pub width: WidthId,
    /// Whether it is a single number, which is spread where it meets a vector.
    pub single: bool,
}

/// A state of the step.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub name: String,
    pub width: usize,
    pub next: Place,
}

/// How a vector is made.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Input,
    Previous {
        state: usize,
        delay: usize,
    },
    Vector {
        name: String,
        kind: Kind,
    },
    Constant(f64),
    Random {
        law: Law,
        renewal: Renewal,
        evaluation: f64,
    },
    /// A clock with these periods for groups of units.
    Clock(Vec<usize>),
    First(usize),
    Linear {
        value: Place,
        name: String,
        transposed: bool,
    },
    Slice {
        value: Place,
        from: usize,
    },
    Gather {
        value: Place,
        units: Vec<usize>,
    },
    Sum(Place),
    Mean(Place),
    Spread(Place),
    Normalized {
        value: Place,
        epsilon: f64,
    },
    Dropout {
        value: Place,
        rate: f64,
    },
    Fourier {
        value: Place,
        inverse: bool,
    },
    Shuffled(Place),
    Swapped {
        value: Place,
        first: usize,
    },
    Paired {
        value: Place,
        signs: [f64; 2],
        first: usize,
    },
    Fixed {
        value: Place,
        entries: Vec<(usize, usize, f64)>,
    },
    Concat(Vec<Place>),
    Affine {
        value: Place,
        scale: f64,
        shift: f64,
    },
    Unary {
        function: Unary,
        value: Place,
    },
    Binary {
        function: Binary,
        left: Place,
        right: Place,
    },
    Select {
        value: Place,
        relation: Relation,
        threshold: f64,
        then: Place,
        otherwise: Place,
    },
    Function {
        name: String,
        settings: Vec<(String, f64)>,
        value: Place,
    },
}

impl Form {
    /// The nodes that it reads.
    pub fn operands(&self) -> Vec<Place> {
        match *self {
            Self::Input
            | Self::Previous { .. }
            | Self::Vector { .. }
            | Self::Constant(_)
            | Self::Random { .. }
            | Self::Clock(_)
            | Self::First(_) => vec![],
            Self::Linear { value, .. }
            | Self::Slice { value, .. }
            | Self::Gather { value, .. }
            | Self::Sum(value)
            | Self::Mean(value)
            | Self::Spread(value)
            | Self::Normalized { value, .. }
            | Self::Dropout { value, .. }
            | Self::Fourier { value, .. }
            | Self::Shuffled(value)
            | Self::Swapped { value, .. }
            | Self::Paired { value, .. }
            | Self::Fixed { value, .. }
            | Self::Affine { value, .. }
            | Self::Unary { value, .. }
            | Self::Function { value, .. } => vec![value],
            Self::Concat(ref parts) => parts.clone(),
            Self::Binary { left, right, .. } => vec![left, right],
            Self::Select { value, then, otherwise, .. } => vec![value, then, otherwise],
        }
    }
}
