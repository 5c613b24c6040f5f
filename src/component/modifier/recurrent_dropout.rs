use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier};
use crate::graph::{Builder, Expr, Graph, Kind, Law, Op, ParameterId};

/// Dropout of what recurrent matrices read, with new masks at every step or for every sequence.
///
/// # Definition
///
/// Wherever the cell multiplies a vector v that depends on its state by a matrix, W·v becomes W·(m ⊙ v) with
///
/// m_k = 0 with probability `rate`, else 1/(1 − `rate`),
///
/// at evaluation m = 1. `per: step` draws m anew for each unit, step, sequence and update; `per: sequence` for each unit, sequence and
/// update, so that a unit that is dropped is so at all steps. All matrices that read the same vector see the same mask: the gates of
/// an LSTM one of h_{t−1}. What is carried on unit by unit, such as an LSTM's c, is not dropped.
///
/// # Why it is here
///
/// The direct way to regularize the recurrent connections; memory that passes through the matrices decays with it, as that of
/// gated cells does not. With one mask for the whole sequence, the units that are left keep their memory.
///
/// # Example
///
/// ```yaml
/// model: {cell: gru, modifiers: [{kind: recurrent-dropout, rate: 0.1, per: sequence}]}
/// ```
///
/// # References
///
/// Gal, Ghahramani 2016 (arXiv:1512.05287v5), eq. 7, for `per: sequence`, tied between the gates as there.
/// Semeniuta, Severyn, Barth 2016 (arXiv:1603.05118v2) drop the update of the cell instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RecurrentDropout {
    /// The fraction of units dropped.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub rate: f64,
    /// The time that a mask lasts.
    pub per: Per,
}

/// How long a mask lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// A mask for each step.
    #[default]
    Step,
    /// A mask for each sequence.
    Sequence,
}

impl Default for RecurrentDropout {
    fn default() -> Self {
        Self { rate: 0.1, per: Per::default() }
    }
}

impl RecurrentDropout {
    fn dropped<'g>(&self, value: Expr<'g>, builder: &'g Builder) -> Expr<'g> {
        match self.per {
            Per::Step => value.dropout(self.rate),
            Per::Sequence if self.rate == 0.0 => value,
            Per::Sequence => {
                let law = Law::Bernoulli { probability: 1.0 - self.rate, value: 1.0 / (1.0 - self.rate) };
                value * builder.random_once(law, 1.0, value.width())
            }
        }
    }
}

impl Modifier for RecurrentDropout {
    fn modify(&self, cell: &Graph, _: usize) -> Graph {
        cell.rewrite(
            |so_far, node| match cell.nodes[node.0].op {
                Op::Linear { value, weight, .. } if reads_state(cell, weight) => {
                    let dropped = so_far.variant(value, |value| self.dropped(value, so_far.builder));
                    so_far.same_of(node, |_| dropped)
                }
                _ => so_far.same(node),
            },
            |_, _, next| next,
        )
    }

    fn misfit(&self, cell: &Graph, _: usize, _: usize) -> Option<Misfit> {
        let drops =
            cell.nodes.iter().any(|node| matches!(node.op, Op::Linear { weight, .. } if reads_state(cell, weight)));
        (!drops && self.rate > 0.0).then(|| Misfit {
            setting: vec!["rate".to_owned()],
            message: "no matrix of the cell reads its state, so there is nothing to drop".to_owned(),
            help: "leave `recurrent-dropout` out for this cell".to_owned(),
        })
    }
}

fn reads_state(cell: &Graph, weight: ParameterId) -> bool {
    cell.parameters[weight.0].kind == Kind::Recurrent
}
