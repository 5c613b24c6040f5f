//! Reverse mode: vector-Jacobian products.

use super::slope;
use crate::graph::{Binary, Builder, Expr, NodeId, Op, ParameterId, select};

/// ∂L/∂W of one use of a weight matrix: the outer product of the node it was applied to and a cotangent, summed over
/// sequences and steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outer {
    /// W.
    pub weight: ParameterId,
    /// The index of W's rows: the cotangent of W·v, or the operand of Wᵀ·v.
    pub rows: NodeId,
    /// The index of W's columns.
    pub columns: NodeId,
}

/// The results of reverse mode.
pub struct Vjp<'g> {
    /// The cotangent of each node of the graph it started from; none where the results do not depend on it.
    pub cotangents: Vec<Option<Expr<'g>>>,
    /// Of every use of a weight matrix, in reverse order.
    pub outers: Vec<Outer>,
}

/// Appends the nodes that pull `results`, pairs of a node and its cotangent, back to everything they depend on.
pub fn vjp<'g>(builder: &'g Builder, results: &[(Expr<'g>, Expr<'g>)]) -> Vjp<'g> {
    vjp_from(builder, results, 0)
}

/// As [`vjp`], but nodes before number `first` are held constant, whatever they depend on: they get their cotangents, and
/// pass none on.
pub(super) fn vjp_from<'g>(builder: &'g Builder, results: &[(Expr<'g>, Expr<'g>)], first: usize) -> Vjp<'g> {
    let last = results.iter().map(|(result, _)| result.id().0).max();
    let count = last.map_or(0, |last| last + 1);
    let mut cotangents: Vec<Option<Expr<'g>>> = vec![None; count];
    let mut outers = vec![];
    for &(result, cotangent) in results {
        accumulate(&mut cotangents, result.id(), cotangent);
    }
    for index in (first..count).rev() {
        let Some(g) = cotangents[index] else { continue };
        let expr = |id: NodeId| Expr::new(builder, id);
        let y = expr(NodeId(index));
        match builder.node(NodeId(index)).op {
            Op::Input
            | Op::Previous { .. }
            | Op::Given(_)
            | Op::Random { .. }
            | Op::Parameter(_)
            | Op::Constant(_)
            | Op::Scalar(_)
            | Op::Clock(_) => {}
            Op::Linear { value, weight, transposed } => {
                let (rows, columns) = if transposed { (value, g.id()) } else { (g.id(), value) };
                outers.push(Outer { weight, rows, columns });
                let back = g.product(weight, !transposed, expr(value).width());
                accumulate(&mut cotangents, value, back);
            }
            Op::Fixed { value, matrix, transposed } => {
                accumulate(&mut cotangents, value, g.times_fixed(&matrix, !transposed));
            }
            Op::Concat(values) => {
                let mut start = 0;
                for value in values {
                    let end = start + expr(value).width();
                    accumulate(&mut cotangents, value, g.slice(start..end));
                    start = end;
                }
            }
            Op::Affine { value, scale, .. } => {
                accumulate(&mut cotangents, value, if scale == 1.0 { g } else { g * scale });
            }
            Op::Scale { value, scalar } => accumulate(&mut cotangents, value, g.scaled(scalar)),
            Op::Unary { function, value } => {
                let slope = slope(function, expr(value), y);
                accumulate(&mut cotangents, value, g * slope);
            }
            Op::Binary { function, left, right } => {
                let (a, b) = (expr(left), expr(right));
                let (to_left, to_right) = match function {
                    Binary::Add => (g, g),
                    Binary::Subtract => (g, -g),
                    Binary::Multiply => (g * b, g * a),
                    Binary::Divide => (g / b, -(g * y / b)),
                };
                accumulate(&mut cotangents, left, to_left);
                accumulate(&mut cotangents, right, to_right);
            }
            Op::Select { value, relation, threshold, then, otherwise } => {
                let (value, zero) = (expr(value), g.constant(0.0));
                accumulate(&mut cotangents, then, select(value, relation, threshold, g, zero));
                accumulate(&mut cotangents, otherwise, select(value, relation, threshold, zero, g));
            }
        }
    }
    Vjp { cotangents, outers }
}

fn accumulate<'g>(cotangents: &mut [Option<Expr<'g>>], of: NodeId, cotangent: Expr<'g>) {
    let sum = &mut cotangents[of.0];
    *sum = Some(sum.map_or(cotangent, |sum| sum + cotangent));
}
