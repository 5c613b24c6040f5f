//! Complex vectors as two real ones, for cells whose state is complex.

use crate::{
    component::activation::{Activation as _, Relu},
    graph::{Binary, Expr, Relation, Unary, concat, select},
};

/// re + i·im, unit by unit.
#[derive(Clone, Copy)]
pub(super) struct Complex<'g> {
    pub re: Expr<'g>,
    pub im: Expr<'g>,
}

impl<'g> Complex<'g> {
    /// A complex vector of the first half of `value` as real parts and the second half as imaginary ones.
    pub fn halves(value: Expr<'g>) -> Self {
        let (half, width) = (value.width() / 2, value.width());
        Self { re: value.slice(0..half), im: value.slice(half..width) }
    }

    /// One real vector: the real parts, then the imaginary ones.
    pub fn joined(self) -> Expr<'g> {
        concat(&[self.re, self.im])
    }

    /// The unit vector e^(i·angle).
    pub fn phase(angle: Expr<'g>) -> Self {
        Self { re: angle.unary(Unary::Cos), im: angle.unary(Unary::Sin) }
    }

    pub fn plus(self, right: Self) -> Self {
        Self { re: self.re + right.re, im: self.im + right.im }
    }

    pub fn times(self, right: Self) -> Self {
        Self { re: self.re * right.re - self.im * right.im, im: self.re * right.im + self.im * right.re }
    }

    /// The product of each unit with a real number.
    pub fn scaled(self, by: Expr<'g>) -> Self {
        Self { re: self.re * by, im: self.im * by }
    }

    /// Both parts under the same real linear map.
    pub fn each(self, map: impl Fn(Expr<'g>) -> Expr<'g>) -> Self {
        Self { re: map(self.re), im: map(self.im) }
    }

    /// modReLU: relu(|z| + b)·z/|z|, which keeps the phase.
    pub fn mod_relu(self, bias: Expr<'g>) -> Self {
        // A little is added, so that a state of 0 has a derivative.
        let square = self.re.unary(Unary::Square) + self.im.unary(Unary::Square) + 1e-10;
        let modulus = square.unary(Unary::Sqrt);
        self.scaled((Relu {}).apply(modulus + bias).binary(Binary::Divide, modulus))
    }
}

/// modReLU of real numbers: relu(|z| + b)·sign(z), 0 at 0.
pub(super) fn real_mod_relu<'g>(z: Expr<'g>, bias: Expr<'g>) -> Expr<'g> {
    let modulus = (Relu {}).apply(z.unary(Unary::Abs) + bias);
    let negative = select(z, Relation::Less, 0.0, -modulus, z);
    select(z, Relation::Greater, 0.0, modulus, negative)
}
