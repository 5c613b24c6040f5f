use std::{cell::RefCell, collections::BTreeMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier, ModifierSpec};
use crate::graph::{Expr, Graph, Law, NodeId, Op, Rewriting, State};

/// The states before the first step.
///
/// # Definition
///
/// Each state v of the cell has, at all steps before the first, the value
///
/// - `start: zeros`: 0, as without this modifier;
/// - `start: learned`: a trained vector, the parameter `h_0` for the state `h`, the same for all sequences; `init.bias` says where
///   it starts;
/// - `start: noise`: in training, independent normal numbers of deviation `deviation`, drawn once for each sequence of each update;
///   at evaluation their expectation, 0.
///
/// It is for the reads of states that are there: put it last in the list, behind modifiers that add some.
///
/// # Why it is here
///
/// A unit of 0 has no phase and a saturated start none to lose: where a network is at first decides what it can learn at all.
/// Noise makes it forget where it started.
///
/// # Example
///
/// ```yaml
/// model: {cell: urnn, modifiers: [{kind: initial-state, start: learned}]}
/// ```
///
/// # References
///
/// Trained in Arjovsky, Shah, Bengio 2016 (arXiv:1511.06464v4), section 4; noise in Zimmermann, Tietz, Grothmann 2012, Forecasting
/// with recurrent neural networks: 12 tricks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct InitialState {
    /// The source of the initial states.
    pub start: Start,
    /// The standard deviation of noise.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub deviation: f64,
}

/// The source of initial states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Zeros.
    #[default]
    Zeros,
    /// A trained vector.
    Learned,
    /// Random numbers, new for each sequence.
    Noise,
}

impl Default for InitialState {
    fn default() -> Self {
        Self { start: Start::default(), deviation: 0.1 }
    }
}

impl InitialState {
    /// The value of `state` before the first step.
    fn value<'g>(&self, so_far: &Rewriting<'g, '_>, state: &State) -> Option<Expr<'g>> {
        match self.start {
            Start::Learned => Some(so_far.builder.vector_of(&format!("{}_0", state.name), state.width)),
            Start::Noise if self.deviation > 0.0 => {
                Some(so_far.builder.random_once(Law::Normal, 0.0, state.width) * self.deviation)
            }
            Start::Zeros | Start::Noise => None,
        }
    }
}

impl Modifier for InitialState {
    fn modify(&self, cell: &Graph, _: usize) -> Graph {
        // All reads of a state see one start.
        let starts: RefCell<BTreeMap<usize, NodeId>> = RefCell::default();
        cell.rewrite(
            |so_far, node| {
                let Op::Previous { state, delay } = cell.nodes[node.0].op else { return so_far.same(node) };
                let known = starts.borrow().get(&state.0).map(|&start| so_far.builder.expr(start));
                let Some(start) = known.or_else(|| self.value(so_far, &cell.states[state.0])) else {
                    return so_far.same(node);
                };
                starts.borrow_mut().insert(state.0, start.id());
                so_far.same(node) + so_far.builder.first(delay, start.width()) * start
            },
            |_, _, next| next,
        )
    }

    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        earlier.iter().any(|modifier| modifier.kind() == "initial-state").then(|| Misfit {
            setting: vec![],
            message: "`initial-state` comes twice: the starts would be added up".to_owned(),
            help: "keep one".to_owned(),
        })
    }
}
