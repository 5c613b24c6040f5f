use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier, ModifierSpec, reads_after_initial_state};
use crate::graph::{Graph, Law};

/// Zoneout: now and then a unit of a state keeps its previous value.
///
/// # Definition
///
/// For each state s \[width\] with the next value s̃_t that the cell gives it:
///
/// s_t = d ⊙ s_{t−1} + (1 − d) ⊙ s̃_t,
///
/// in training d_k is 1 with probability `rate`, else 0, drawn anew for each unit, step, sequence and update; at evaluation d is
/// its expectation, `rate`. What reads s̃_t within the step is unchanged: in an LSTM h̃_t = o ⊙ tanh(c̃_t). A layer's output
/// that is a state is s_t.
///
/// # Why it is here
///
/// A regularizer made for memory: where dropout forgets, this remembers, and along the units that were kept the gradient passes
/// unchanged.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm, modifiers: [{kind: zoneout, rate: 0.05, states: {c: 0.5}}]}
/// ```
///
/// # References
///
/// Krueger et al. 2017, Zoneout: regularizing RNNs by randomly preserving hidden activations (arXiv:1606.01305v4), §3.2, with
/// rates 0.5 for c and 0.05 for h in their character-level experiments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Zoneout {
    /// The probability with which a unit keeps its value.
    pub rate: Rate,
    /// The probabilities of single states, by name.
    pub states: BTreeMap<String, Rate>,
}

/// A probability below 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Rate(#[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))] pub f64);

impl Default for Zoneout {
    fn default() -> Self {
        Self { rate: Rate(0.1), states: BTreeMap::new() }
    }
}

impl Modifier for Zoneout {
    fn modify(&self, cell: &Graph, _: usize) -> Graph {
        cell.rewrite(
            |so_far, node| so_far.same(node),
            |so_far, state, next| {
                let Rate(rate) = *self.states.get(&state.name).unwrap_or(&self.rate);
                if rate == 0.0 {
                    return next;
                }
                let law = Law::Bernoulli { probability: rate, value: 1.0 };
                let kept = so_far.builder.random(law, rate, state.width);
                kept * so_far.previous(state, 1) + (1.0 - kept) * next
            },
        )
    }

    fn misfit(&self, cell: &Graph, _: usize, _: usize) -> Option<Misfit> {
        let known = |name: &String| cell.states.iter().any(|state| state.name == *name);
        let name = self.states.keys().find(|name| !known(name))?;
        let states: Vec<&str> = cell.states.iter().map(|state| state.name.as_str()).collect();
        Some(Misfit {
            setting: vec!["states".to_owned(), name.clone()],
            message: format!("the cell has no state `{name}`"),
            help: format!("its states: {}", states.join(", ")),
        })
    }

    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        reads_after_initial_state("zoneout", earlier)
    }
}
