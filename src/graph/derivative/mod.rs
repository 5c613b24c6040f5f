//! Derivatives of graphs as graphs: each rule is written in the notation of cells, and gives nodes like any other, so that
//! derivatives run on the same engines and can be differentiated again.

mod jvp;
mod reverse;
mod vjp;

pub use self::{
    jvp::jvp,
    reverse::{Backflow, CotangentRule, Crossing, Leaving, Reverse, StepPenalties},
    vjp::{Outer, Vjp, vjp},
};

use super::{Expr, Relation, Unary, select};

/// The derivative, number by number, of a pointwise function `of` something `by` which it is written.
pub fn derivative<'g>(of: Expr<'g>, by: Expr<'g>) -> Expr<'g> {
    let found = vjp(of.builder(), &[(of, of.constant(1.0))]);
    found.cotangents[by.id().0].unwrap_or_else(|| by.constant(0.0))
}

/// f′(x) of a pointwise function, with y = f(x) at hand. At its kink the derivative of |x| is 0.
fn slope<'g>(function: Unary, x: Expr<'g>, y: Expr<'g>) -> Expr<'g> {
    match function {
        Unary::Tanh => 1.0 - y * y,
        Unary::Sigmoid => y - y * y,
        Unary::Exp => y,
        // Not y + 1, in which a small eˣ would be lost.
        Unary::ExpM1 => x.exp(),
        Unary::Ln => x.constant(1.0) / x,
        Unary::Ln1P => x.constant(1.0) / (x + 1.0),
        Unary::Sqrt => x.constant(0.5) / y,
        Unary::Square => x * 2.0,
        Unary::Abs => {
            let sign = select(x, Relation::Greater, 0.0, x.constant(1.0), x.constant(0.0));
            select(x, Relation::Less, 0.0, x.constant(-1.0), sign)
        }
        Unary::Sin => x.unary(Unary::Cos),
        Unary::Cos => -x.unary(Unary::Sin),
    }
}
