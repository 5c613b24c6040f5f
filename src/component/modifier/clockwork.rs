use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier, ModifierSpec, reads_after_initial_state};
use crate::graph::{Clock, Graph, Relation, select};

/// Clockwork: groups of units that change only every so many steps.
///
/// # Definition
///
/// The units of each state are divided, in order, into as many groups as there are `periods`, of sizes that differ by one at most.
/// At step t = 0, 1, … a unit of a group with period p takes the next value that the cell gives it if t ≡ 0 (mod p); else it
/// keeps its value. A layer's output that is a state is the state so kept. All matrices stay as they are.
///
/// # Why it is here
///
/// Along a unit with period p, a path over n steps has n/p links. Unlike the cell `clockwork` it takes no connection away, so that
/// any cell can have it.
///
/// # Example
///
/// ```yaml
/// model: {cell: gru, modifiers: [{kind: clockwork, periods: [1, 2, 4, 8]}]}
/// ```
///
/// # References
///
/// After Koutník, Greff, Gomez, Schmidhuber 2014, A clockwork RNN (arXiv:1402.3511v1), section 3, whose recurrent matrix is block
/// triangular besides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Clockwork {
    /// The period of each group of units, in steps.
    #[schemars(length(min = 1, max = 64), inner(range(min = 1, max = 1_000_000)))]
    pub periods: Vec<usize>,
}

impl Default for Clockwork {
    fn default() -> Self {
        Self { periods: vec![1, 2, 4] }
    }
}

impl Modifier for Clockwork {
    fn modify(&self, cell: &Graph, _: usize) -> Graph {
        cell.rewrite(
            |so_far, node| so_far.same(node),
            |so_far, state, next| {
                let ticks = so_far.builder.clock(&Clock::grouped(state.width, &self.periods));
                select(ticks, Relation::Greater, 0.5, next, so_far.previous(state, 1))
            },
        )
    }

    fn misfit(&self, cell: &Graph, _: usize, _: usize) -> Option<Misfit> {
        let state = cell.states.iter().find(|state| state.width < self.periods.len())?;
        Some(Misfit {
            setting: vec!["periods".to_owned()],
            message: format!("the {} units of `{}` do not make {} groups", state.width, state.name, self.periods.len()),
            help: "give fewer periods, or raise `hidden`".to_owned(),
        })
    }

    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        if earlier.iter().any(|modifier| modifier.kind() == "clockwork") {
            return Some(Misfit {
                setting: vec![],
                message: "`clockwork` comes twice: a unit would change only when both clocks say so".to_owned(),
                help: "keep one, with the periods that you mean".to_owned(),
            });
        }
        reads_after_initial_state("clockwork", earlier)
    }
}

/// The units of each of `count` groups.
pub(crate) fn groups(units: usize, count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).map(move |group| group * units / count..(group + 1) * units / count).filter(|group| !group.is_empty())
}
