//! The graph as data: nodes in order of evaluation, parameters, states.

use std::sync::Arc;

use super::Fixed;

/// Index of a node in [`Graph::nodes`]; operands always come before their users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// Index of a vector handed in from outside, in an order that the maker of the graph states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GivenId(pub usize);

/// Index of a number handed in at each run, in an order that the maker of the graph states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScalarId(pub usize);

/// Index of a parameter in [`Graph::parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub usize);

/// Index of a state in [`Graph::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub usize);

/// A pointwise function of one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// tanh x.
    Tanh,
    /// σ(x) = 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// eˣ.
    Exp,
    /// eˣ − 1, exact near 0.
    ExpM1,
    /// The natural logarithm: NaN below 0, −∞ at 0.
    Ln,
    /// ln(1 + x), exact near 0.
    Ln1P,
    /// The square root: NaN below 0.
    Sqrt,
    /// x².
    Square,
    /// |x|; its derivative at 0 is 0.
    Abs,
    /// sin x, x in radians.
    Sin,
    /// cos x, x in radians.
    Cos,
}

impl Unary {
    /// All unary functions, for the laws.
    pub const ALL: [Self; 11] = [
        Self::Tanh,
        Self::Sigmoid,
        Self::Exp,
        Self::ExpM1,
        Self::Ln,
        Self::Ln1P,
        Self::Sqrt,
        Self::Square,
        Self::Abs,
        Self::Sin,
        Self::Cos,
    ];
}

/// A pointwise function of two vectors of one width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// left + right.
    Add,
    /// left − right.
    Subtract,
    /// left ⊙ right, unit by unit.
    Multiply,
    /// left ⊘ right, unit by unit.
    Divide,
}

impl Binary {
    /// All binary functions, for the laws.
    pub const ALL: [Self; 4] = [Self::Add, Self::Subtract, Self::Multiply, Self::Divide];
}

/// How two numbers are compared. A comparison with NaN is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// left < right.
    Less,
    /// left ≤ right.
    LessOrEqual,
    /// left > right.
    Greater,
    /// left ≥ right.
    GreaterOrEqual,
}

/// A distribution of single numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// `value` with this probability, else 0.
    Bernoulli {
        /// Of `value`, from 0 to 1.
        probability: f64,
        /// The number that is not 0, as 1/(1 − rate) in inverted dropout.
        value: f64,
    },
    /// Uniform on [0, 1).
    Uniform,
    /// The standard normal distribution.
    Normal,
}

/// When random numbers are drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// At every step of every sequence of every update.
    Step,
    /// For every sequence of every update: the same at all its steps.
    Sequence,
}

/// A vector that only the step's number decides. Steps count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Unit k is 1 at the steps that are multiples of its period, else 0.
    Periods(Arc<[usize]>),
    /// 1 at so many first steps, then 0.
    First(usize),
}

impl Clock {
    /// The period of each of `units` units that fall into as many groups, of nearly one size, as there are `periods`.
    pub fn grouped(units: usize, periods: &[usize]) -> Vec<usize> {
        let count = periods.len();
        let of_group = |group: usize| (group + 1) * units / count - group * units / count;
        periods.iter().enumerate().flat_map(|(group, &period)| std::iter::repeat_n(period, of_group(group))).collect()
    }

    /// Unit `unit` at step `t`.
    pub fn at(&self, t: usize, unit: usize) -> f64 {
        let on = match self {
            Self::Periods(periods) => t.is_multiple_of(periods[unit]),
            Self::First(steps) => t < *steps,
        };
        f64::from(u8::from(on))
    }

    /// Whether step `t` sees another vector than the step before, or it is the first.
    pub fn changes(&self, t: usize) -> bool {
        match self {
            Self::Periods(_) => true,
            Self::First(steps) => t == 0 || t == *steps,
        }
    }
}

/// The operation of a node, for each row of the batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// x_t, the layer's input.
    Input,
    /// A state as it was carried out of step t − `delay`; zero before the first step.
    Previous {
        /// The state that is read.
        state: StateId,
        /// At least 1.
        delay: usize,
    },
    /// A vector handed in from outside the step: a tangent or a cotangent, in the graphs of derivatives.
    Given(GivenId),
    /// Random numbers.
    Random {
        /// The distribution of each unit, independent of the others.
        law: Law,
        /// When they are drawn anew.
        renewal: Renewal,
        /// The number in their place when the network is evaluated.
        evaluation: f64,
    },
    /// A parameter vector, the same for every row.
    Parameter(ParameterId),
    /// The same number in every unit.
    Constant(f64),
    /// A number handed in at each run, the same in every unit.
    Scalar(ScalarId),
    /// A vector that only the step's number decides.
    Clock(Clock),
    /// W·v for a weight matrix W [out, in], or Wᵀ·v.
    Linear {
        /// v, of the width that W, or its transpose, takes.
        value: NodeId,
        /// W.
        weight: ParameterId,
        /// Whether Wᵀ stands in place of W.
        transposed: bool,
    },
    /// M·v for a constant matrix M, or Mᵀ·v.
    Fixed {
        /// v, of the width that M, or its transpose, takes.
        value: NodeId,
        /// M, which is not trained.
        matrix: Fixed,
        /// Whether Mᵀ stands in place of M.
        transposed: bool,
    },
    /// Vectors side by side.
    Concat(Vec<NodeId>),
    /// scale·v + shift.
    Affine {
        /// v.
        value: NodeId,
        /// The factor of each unit.
        scale: f64,
        /// The number added to each unit.
        shift: f64,
    },
    /// scalar·v for a number handed in at each run; the product is rounded, also where something is added to it.
    Scale {
        /// v.
        value: NodeId,
        /// The number.
        scalar: ScalarId,
    },
    /// A function of each unit.
    Unary {
        /// The function.
        function: Unary,
        /// Its argument.
        value: NodeId,
    },
    /// A function of the units of two vectors of one width, unit by unit.
    Binary {
        /// The function.
        function: Binary,
        /// Its first argument.
        left: NodeId,
        /// Its second argument, as wide as the first.
        right: NodeId,
    },
    /// `then` where `value relation threshold` holds, else `otherwise`; the derivative follows the branch taken.
    Select {
        /// The vector that is compared, unit by unit.
        value: NodeId,
        /// How it is compared: value on the left, threshold on the right.
        relation: Relation,
        /// The number that it is compared with.
        threshold: f64,
        /// The branch where the comparison holds.
        then: NodeId,
        /// The branch where it does not hold, or compares NaN.
        otherwise: NodeId,
    },
}

impl Op {
    /// The nodes this one reads.
    pub fn operands(&self) -> Vec<NodeId> {
        match *self {
            Self::Input
            | Self::Previous { .. }
            | Self::Given(_)
            | Self::Random { .. }
            | Self::Parameter(_)
            | Self::Clock(_)
            | Self::Scalar(_)
            | Self::Constant(_) => vec![],
            Self::Linear { value, .. }
            | Self::Fixed { value, .. }
            | Self::Affine { value, .. }
            | Self::Scale { value, .. }
            | Self::Unary { value, .. } => vec![value],
            Self::Concat(ref values) => values.clone(),
            Self::Binary { left, right, .. } => vec![left, right],
            Self::Select { value, then, otherwise, .. } => vec![value, then, otherwise],
        }
    }

    /// This operation on the nodes that `replace` puts in place of its operands.
    #[must_use]
    pub fn with_operands(mut self, mut replace: impl FnMut(NodeId) -> NodeId) -> Self {
        let operands: &mut [&mut NodeId] = match &mut self {
            Self::Input
            | Self::Previous { .. }
            | Self::Given(_)
            | Self::Random { .. }
            | Self::Parameter(_)
            | Self::Clock(_)
            | Self::Scalar(_)
            | Self::Constant(_) => &mut [],
            Self::Linear { value, .. }
            | Self::Fixed { value, .. }
            | Self::Affine { value, .. }
            | Self::Scale { value, .. }
            | Self::Unary { value, .. } => &mut [value],
            Self::Concat(values) => {
                values.iter_mut().for_each(|value| *value = replace(*value));
                &mut []
            }
            Self::Binary { left, right, .. } => &mut [left, right],
            Self::Select { value, then, otherwise, .. } => &mut [value, then, otherwise],
        };
        operands.iter_mut().for_each(|operand| **operand = replace(**operand));
        self
    }
}

/// A row vector of `width` numbers for each sequence of the batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The operation that gives the vector.
    pub op: Op,
    /// Units of the vector, at least 1.
    pub width: usize,
}

/// The use of a parameter, which decides which initializer of the suite applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A matrix applied to something that depends on x_t alone.
    Input,
    /// A matrix applied to something that depends on the state, or a vector that a state is multiplied by unit by unit.
    Recurrent,
    /// A vector that is added, or that scales what is no state.
    Bias,
}

/// A trained tensor of the cell.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphParameter {
    /// Unique in the cell, such as `w_hh`.
    pub name: String,
    /// `[out, in]` for a matrix, `[width]` for a vector.
    pub shape: Vec<usize>,
    /// The use that decides on its initial values.
    pub kind: Kind,
}

/// A vector carried from step to step.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Unique in the cell, such as `h` or `c`.
    pub name: String,
    /// Units of the vector, at least 1.
    pub width: usize,
    /// The node whose value is carried out of the step.
    pub next: NodeId,
}

/// One step of a recurrent cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// In order of evaluation.
    pub nodes: Vec<Node>,
    /// Trained tensors in the order of [`ParameterId`], which is that of the flat buffer.
    pub parameters: Vec<GraphParameter>,
    /// Vectors carried from step to step, in the order of [`StateId`].
    pub states: Vec<State>,
    /// The vector that the next layer or the readout reads.
    pub output: NodeId,
}
