use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::Expr;

/// Logistic sigmoid.
///
/// # Definition
///
/// f(x) = 1 / (1 + e⁻ˣ), f′(x) = f·(1 − f) ≤ ¼.
///
/// # Why it is here
///
/// The gate of every gated cell, and as the activation of a plain network the textbook case of vanishing: each step
/// multiplies the gradient by at most ¼ of W.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: sigmoid}}
/// ```
///
/// # References
///
/// Hochreiter 1991 (diploma thesis); Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §2.1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Sigmoid {}

impl Activation for Sigmoid {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        x.sigmoid()
    }
}
