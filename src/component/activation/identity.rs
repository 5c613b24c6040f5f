use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::Expr;

/// The identity: no nonlinearity.
///
/// # Definition
///
/// f(x) = x, f′(x) = 1.
///
/// # Why it is here
///
/// It makes a linear recurrence, whose gradients are powers of the recurrent matrix alone: what the matrix does is seen without
/// what saturation does.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: identity}}
/// ```
///
/// # References
///
/// Saxe, McClelland, Ganguli 2014 (arXiv:1312.6120v3); Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §2.1, for the linear
/// case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Identity {}

impl Activation for Identity {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        x
    }
}
