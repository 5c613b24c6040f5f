//! Forward mode: Jacobian-vector products.

use super::slope;
use crate::graph::{Binary, Builder, Expr, NodeId, Op, concat, select};

/// Appends the nodes that push `tangents`, pairs of a node and its tangent, forward to every node up to `last`, which is
/// included. None where a node does not depend on them. Weight matrices are held constant.
pub fn jvp<'g>(builder: &'g Builder, tangents: &[(Expr<'g>, Expr<'g>)], last: NodeId) -> Vec<Option<Expr<'g>>> {
    let mut found: Vec<Option<Expr<'g>>> = vec![None; last.0 + 1];
    for index in 0..=last.0 {
        let expr = |id: NodeId| Expr::new(builder, id);
        let y = expr(NodeId(index));
        let of = |id: NodeId| found[id.0];
        let tangent = match builder.node(NodeId(index)).op {
            Op::Input
            | Op::Previous { .. }
            | Op::Given(_)
            | Op::Random { .. }
            | Op::Parameter(_)
            | Op::Constant(_)
            | Op::Scalar(_)
            | Op::Clock(_) => None,
            Op::Linear { value, weight, transposed } => of(value).map(|v| v.product(weight, transposed, y.width())),
            Op::Fixed { value, matrix, transposed } => of(value).map(|v| v.times_fixed(&matrix, transposed)),
            Op::Concat(values) => values.iter().any(|&value| of(value).is_some()).then(|| {
                let parts = values.iter().map(|&value| of(value).unwrap_or_else(|| expr(value).constant(0.0)));
                concat(&parts.collect::<Vec<_>>())
            }),
            Op::Affine { value, scale, .. } => of(value).map(|v| if scale == 1.0 { v } else { v * scale }),
            Op::Scale { value, scalar } => of(value).map(|v| v.scaled(scalar)),
            Op::Unary { function, value } => of(value).map(|v| v * slope(function, expr(value), y)),
            Op::Binary { function, left, right } => {
                let (a, b) = (expr(left), expr(right));
                let (from_left, from_right) = (of(left), of(right));
                match function {
                    Binary::Add => sum(from_left, from_right),
                    Binary::Subtract => sum(from_left, from_right.map(|v| -v)),
                    Binary::Multiply => sum(from_left.map(|v| v * b), from_right.map(|v| v * a)),
                    Binary::Divide => sum(from_left.map(|v| v / b), from_right.map(|v| -(v * y / b))),
                }
            }
            Op::Select { value, relation, threshold, then, otherwise } => {
                let (then, otherwise) = (of(then), of(otherwise));
                (then.is_some() || otherwise.is_some()).then(|| {
                    let zero = y.constant(0.0);
                    select(expr(value), relation, threshold, then.unwrap_or(zero), otherwise.unwrap_or(zero))
                })
            }
        };
        let seed = tangents.iter().filter(|(node, _)| node.id().0 == index).map(|&(_, seed)| seed);
        found[index] = seed.fold(tangent, |tangent, seed| sum(tangent, Some(seed)));
    }
    found
}

fn sum<'g>(a: Option<Expr<'g>>, b: Option<Expr<'g>>) -> Option<Expr<'g>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (only, None) | (None, only) => only,
    }
}
