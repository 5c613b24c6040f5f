//! The operations of instructions.

use crate::graph::Relation;

/// A function of one, two or three numbers a, b, c, or of none. Each names its roundings; elementary functions have the bounds
/// of [`function`](crate::compute::kernel::function). Parameters are rounded to the element's precision once, when they are compiled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// tanh a.
    Tanh,
    /// 1 / (1 + e⁻ᵃ).
    Sigmoid,
    /// eᵃ.
    Exp,
    /// eᵃ − 1.
    ExpM1,
    /// The natural logarithm of a.
    Ln,
    /// ln(1 + a).
    Ln1P,
    /// √a, rounded once.
    Sqrt,
    /// a · a, rounded once.
    Square,
    /// a without its sign.
    Abs,
    /// sin a.
    Sin,
    /// cos a.
    Cos,
    /// a.
    Copy,
    /// The same number everywhere.
    Constant(f64),
    /// A number handed in at each run, everywhere.
    Scalar(usize),
    /// a · scalar + 0, rounded once, for a number handed in at each run.
    Scale {
        /// The index of the number among those handed in.
        scalar: usize,
    },
    /// a · scale + shift, rounded once.
    Affine {
        /// The factor.
        scale: f64,
        /// The number added.
        shift: f64,
    },
    /// (scale · a) · a + shift: the product in parentheses is rounded, then the rest once.
    SquareAffine {
        /// The factor.
        scale: f64,
        /// The number added.
        shift: f64,
    },
    /// a + b.
    Add,
    /// a − b.
    Subtract,
    /// a · b.
    Multiply,
    /// a / b.
    Divide,
    /// a · b + c, rounded once.
    MultiplyAdd,
    /// c − a · b, rounded once.
    NegativeMultiplyAdd,
    /// b where a stands in the relation to the threshold, else c; where a is NaN, c.
    Select {
        /// How a is compared: a on the left, the threshold on the right.
        relation: Relation,
        /// The number that a is compared with.
        threshold: f64,
    },
}

impl Operation {
    /// The number of arguments: of an instruction's `from` that it reads.
    pub fn arity(self) -> usize {
        match self {
            Self::Constant(_) | Self::Scalar(_) => 0,
            Self::Tanh
            | Self::Sigmoid
            | Self::Exp
            | Self::ExpM1
            | Self::Ln
            | Self::Ln1P
            | Self::Sqrt
            | Self::Square
            | Self::Abs
            | Self::Sin
            | Self::Cos
            | Self::Copy
            | Self::Scale { .. }
            | Self::Affine { .. }
            | Self::SquareAffine { .. } => 1,
            Self::Add | Self::Subtract | Self::Multiply | Self::Divide => 2,
            Self::MultiplyAdd | Self::NegativeMultiplyAdd | Self::Select { .. } => 3,
        }
    }

    /// The number handed in at each run that is the first parameter of its kernel, if one is.
    pub(crate) fn scalar(self) -> Option<usize> {
        match self {
            Self::Scalar(scalar) | Self::Scale { scalar } => Some(scalar),
            _ => None,
        }
    }

    /// The two parameters of a kernel.
    pub(crate) fn parameters(self) -> [f64; 2] {
        match self {
            Self::Constant(value) => [value, 0.0],
            Self::Affine { scale, shift } | Self::SquareAffine { scale, shift } => [scale, shift],
            Self::Select { threshold, .. } => [threshold, 0.0],
            _ => [0.0; 2],
        }
    }
}
