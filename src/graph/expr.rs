//! The notation in which cells and activations are written: `sigmoid(x.linear("w_xr") + h.linear("w_hr") + b)`.

use std::ops::{Add, Div, Mul, Neg, Range, Sub};

use super::{Binary, Builder, Expr, Fixed, Law, NodeId, Op, ParameterId, Relation, Scalar, ScalarId, Unary};

impl<'g> Mul<Expr<'g>> for Scalar<'g> {
    type Output = Expr<'g>;
    fn mul(self, right: Expr<'g>) -> Expr<'g> {
        right * self
    }
}

impl<'g> Mul<Scalar<'g>> for Expr<'g> {
    type Output = Self;
    fn mul(self, right: Scalar<'g>) -> Self {
        self.scaled(right.id)
    }
}

/// `then` where `value relation threshold` holds, else `otherwise`. A comparison with NaN is false.
///
/// # Panics
///
/// When the vectors differ in width.
pub fn select<'g>(
    value: Expr<'g>,
    relation: Relation,
    threshold: f64,
    then: Expr<'g>,
    otherwise: Expr<'g>,
) -> Expr<'g> {
    assert_eq!(then.width(), value.width(), "select needs vectors of one width");
    assert_eq!(otherwise.width(), value.width(), "select needs vectors of one width");
    // As for binary functions: engines never see one tensor twice in an operation.
    if then.id == otherwise.id {
        return then;
    }
    value.push(
        Op::Select { value: value.id, relation, threshold, then: then.id, otherwise: otherwise.id },
        value.width(),
    )
}

/// The units of all `parts`, side by side.
///
/// # Panics
/// If there are no parts.
pub fn concat<'g>(parts: &[Expr<'g>]) -> Expr<'g> {
    match parts {
        [] => panic!("there is nothing to put side by side"),
        [only] => *only,
        [first, ..] => {
            let width = parts.iter().map(|part| part.width()).sum();
            first.push(Op::Concat(parts.iter().map(|part| part.id).collect()), width)
        }
    }
}

impl<'g> Expr<'g> {
    /// The graph that it is part of.
    pub(crate) fn builder(self) -> &'g Builder {
        self.builder
    }

    /// Its place in the graph.
    pub fn id(self) -> NodeId {
        self.id
    }

    fn push(self, op: Op, width: usize) -> Self {
        Self { builder: self.builder, id: self.builder.push(op, width) }
    }

    /// The number of units.
    pub fn width(self) -> usize {
        self.builder.width(self.id)
    }

    /// W·v with the weight matrix `name` [hidden, width]; `name` may be used again for a shared matrix.
    pub fn linear(self, name: &str) -> Self {
        self.linear_to(name, self.builder.hidden())
    }

    /// W·v with the weight matrix `name` [`units`, width].
    pub fn linear_to(self, name: &str, units: usize) -> Self {
        let weight = self.builder.weight(name, units, self.id);
        self.push(Op::Linear { value: self.id, weight, transposed: false }, units)
    }

    /// Wᵀ·v with the weight matrix `name` [width, …] that is there already.
    ///
    /// # Panics
    /// If there is no such matrix, or it has not as many rows as there are units.
    pub fn linear_transposed(self, name: &str) -> Self {
        let (weight, [rows, columns]) = self.builder.known_weight(name);
        assert_eq!(rows, self.width(), "`{name}` has {rows} rows");
        self.product(weight, true, columns)
    }

    /// M·v for a constant matrix M.
    ///
    /// # Panics
    /// If it has not as many columns as there are units.
    pub fn fixed(self, matrix: &Fixed) -> Self {
        self.times_fixed(matrix, false)
    }

    /// M·v, or Mᵀ·v.
    pub(super) fn times_fixed(self, matrix: &Fixed, transposed: bool) -> Self {
        let (out, inputs) =
            if transposed { (matrix.columns(), matrix.rows()) } else { (matrix.rows(), matrix.columns()) };
        assert_eq!(inputs, self.width(), "the matrix is for {inputs} units");
        self.push(Op::Fixed { value: self.id, matrix: matrix.clone(), transposed }, out)
    }

    /// The units with these numbers, in this order; some may come several times.
    pub fn gather(self, units: &[usize]) -> Self {
        self.fixed(&Fixed::gather(units, self.width()))
    }

    /// The units in `range`.
    pub fn slice(self, range: Range<usize>) -> Self {
        if range == (0..self.width()) { self } else { self.gather(&range.collect::<Vec<_>>()) }
    }

    /// The vector `times` times, side by side.
    pub fn repeat(self, times: usize) -> Self {
        concat(&vec![self; times])
    }

    /// The sum of all units, a vector of one unit.
    pub fn sum(self) -> Self {
        self.fixed(&Fixed::new(1, self.width(), |_, _| 1.0))
    }

    /// The only unit, `width` times.
    ///
    /// # Panics
    /// If there are more.
    pub fn spread(self, width: usize) -> Self {
        assert_eq!(self.width(), 1, "only a single unit can be spread");
        self.fixed(&Fixed::new(width, 1, |_, _| 1.0))
    }

    /// The units with their mean subtracted and divided by √(variance + `epsilon`): layer normalization without gain and
    /// bias. The variance is the mean square, without Bessel's correction.
    pub fn normalized(self, epsilon: f64) -> Self {
        let (width, count) = (self.width(), self.width() as f64);
        let centered = self - (self.sum() / count).spread(width);
        let variance = centered.unary(Unary::Square).sum() / count;
        centered / (variance + epsilon).unary(Unary::Sqrt).spread(width)
    }

    /// W·v, or Wᵀ·v, for a weight matrix that the graph has already; `width` is the product's.
    pub(super) fn product(self, weight: ParameterId, transposed: bool, width: usize) -> Self {
        self.push(Op::Linear { value: self.id, weight, transposed }, width)
    }

    /// The same number in every unit of a vector like this one.
    pub fn constant(self, value: f64) -> Self {
        self.push(Op::Constant(value), self.width())
    }

    /// A number handed in at each run, in every unit of a vector like this one.
    ///
    /// # Panics
    ///
    /// When the number is another graph's.
    pub fn scalar(self, scalar: Scalar<'g>) -> Self {
        assert!(std::ptr::eq(self.builder, scalar.builder), "the scalar is another graph's");
        self.push(Op::Scalar(scalar.id), self.width())
    }

    /// The product with a number handed in at each run.
    pub(super) fn scaled(self, scalar: ScalarId) -> Self {
        self.push(Op::Scale { value: self.id, scalar }, self.width())
    }

    /// Inverted dropout: each unit 0 with probability `rate`, else divided by 1 − `rate`; as it is when evaluated.
    pub fn dropout(self, rate: f64) -> Self {
        if rate == 0.0 {
            return self;
        }
        let law = Law::Bernoulli { probability: 1.0 - rate, value: 1.0 / (1.0 - rate) };
        self * self.builder.random(law, 1.0, self.width())
    }

    /// tanh of each unit.
    pub fn tanh(self) -> Self {
        self.unary(Unary::Tanh)
    }

    /// σ(x) = 1 / (1 + e⁻ˣ) of each unit.
    pub fn sigmoid(self) -> Self {
        self.unary(Unary::Sigmoid)
    }

    /// eˣ of each unit.
    pub fn exp(self) -> Self {
        self.unary(Unary::Exp)
    }

    /// eˣ − 1, exact near 0.
    pub fn exp_m1(self) -> Self {
        self.unary(Unary::ExpM1)
    }

    /// ln(1 + x), exact near 0.
    pub fn ln_1p(self) -> Self {
        self.unary(Unary::Ln1P)
    }

    /// Each unit moved to the nearest number from −`bound` to `bound`; NaN stays NaN.
    pub fn bounded(self, bound: f64) -> Self {
        let below = select(self, Relation::Less, -bound, self.constant(-bound), self);
        select(self, Relation::Greater, bound, self.constant(bound), below)
    }

    /// Any pointwise function.
    pub fn unary(self, function: Unary) -> Self {
        self.push(Op::Unary { function, value: self.id }, self.width())
    }

    /// Any pointwise function of two vectors.
    ///
    /// # Panics
    /// If the widths differ.
    pub fn binary(self, function: Binary, right: Self) -> Self {
        assert_eq!(self.width(), right.width(), "{function:?} needs vectors of one width");
        // x·x and x + x are written with one operand, so that engines never see one tensor twice in an operation.
        if self.id == right.id {
            return match function {
                Binary::Add => self * 2.0,
                Binary::Subtract => self * 0.0,
                Binary::Multiply => self.unary(Unary::Square),
                Binary::Divide => self.binary(function, self * 1.0),
            };
        }
        self.push(Op::Binary { function, left: self.id, right: right.id }, self.width())
    }

    /// scale·v + shift.
    pub fn affine(self, scale: f64, shift: f64) -> Self {
        self.push(Op::Affine { value: self.id, scale, shift }, self.width())
    }
}

macro_rules! arithmetic {
    ($($operator:ident $method:ident $function:ident, |$scalar:ident| $right:expr;)*) => {$(
        impl $operator for Expr<'_> {
            type Output = Self;
            fn $method(self, right: Self) -> Self {
                self.binary(Binary::$function, right)
            }
        }

        impl $operator<f64> for Expr<'_> {
            type Output = Self;
            fn $method(self, $scalar: f64) -> Self {
                let (scale, shift) = $right;
                self.affine(scale, shift)
            }
        }
    )*};
}

arithmetic! {
    Add add Add, |scalar| (1.0, scalar);
    Sub sub Subtract, |scalar| (1.0, -scalar);
    Mul mul Multiply, |scalar| (scalar, 0.0);
    Div div Divide, |scalar| (1.0 / scalar, 0.0);
}

impl<'g> Sub<Expr<'g>> for f64 {
    type Output = Expr<'g>;
    fn sub(self, right: Expr<'g>) -> Expr<'g> {
        right.affine(-1.0, self)
    }
}

impl<'g> Mul<Expr<'g>> for f64 {
    type Output = Expr<'g>;
    fn mul(self, right: Expr<'g>) -> Expr<'g> {
        right * self
    }
}

impl<'g> Add<Expr<'g>> for f64 {
    type Output = Expr<'g>;
    fn add(self, right: Expr<'g>) -> Expr<'g> {
        right + self
    }
}

impl Neg for Expr<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1.0
    }
}
