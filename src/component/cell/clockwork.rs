use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, Misfit};
use crate::{
    component::{activation::ActivationSpec, modifier::groups},
    graph::{Clock, Relation, concat, select},
};

/// Clockwork network: groups of units that change only every so many steps, the fast ones driven by the slow ones.
///
/// # Definition
///
/// The units are divided, in order, into as many groups as there are `periods`, of sizes that differ by one at most. Where t ≡ 0
/// modulo the period of group g, counting t from 0,
///
/// h_t\[g\] = f(W_xh·x_t\[g\] + Σ_{g′ ≥ g} W_{g,g′}·h_{t−1}\[g′\] + b_h\[g\]); else h_t\[g\] = h_{t−1}\[g\].
///
/// Periods increase, so that a group sees itself and the slower ones: the recurrent matrix is block upper triangular. Row g of
/// it is the parameter `w_h1`, `w_h2`, … \[units of g, units from g on\]; `w_xh` \[hidden, inputs\], `b_h` \[hidden\]; h_0 = 0; the output is
/// h_t.
///
/// # Why it is here
///
/// A path through a group with period p has a link every p steps, so that its gradient vanishes, or explodes, p times more
/// slowly per step.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: clockwork, periods: [1, 2, 4, 8, 16, 32]}}
/// ```
///
/// # References
///
/// Koutník, Greff, Gomez, Schmidhuber 2014, A clockwork RNN (arXiv:1402.3511v1), section 3, with periods 1, 2, 4, … as there. The
/// number of groups is the task's; three are our default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Clockwork {
    /// f, the activation.
    pub activation: ActivationSpec,
    /// The period of each group of units, in steps.
    #[schemars(length(min = 1, max = 64), inner(range(min = 1, max = 1_000_000)))]
    pub periods: Vec<usize>,
}

impl Default for Clockwork {
    fn default() -> Self {
        Self { activation: ActivationSpec::default(), periods: vec![1, 2, 4] }
    }
}

impl Cell for Clockwork {
    fn step(&self, graph: &CellBuilder) {
        let (n, x, h) = (graph.hidden(), graph.input(), graph.state("h"));
        let rows = groups(n, self.periods.len()).enumerate().map(|(index, units)| {
            let seen = h.slice(units.start..n);
            seen.linear_to(&format!("w_h{}", index + 1), units.len())
        });
        let z = x.linear("w_xh") + concat(&rows.collect::<Vec<_>>()) + graph.vector("b_h");
        let ticks = graph.clock(&Clock::grouped(n, &self.periods));
        let fresh = self.activation.apply(z);
        graph.output(graph.next("h", select(ticks, Relation::Greater, 0.5, fresh, h)));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }

    fn misfit(&self, _: usize, hidden: usize) -> Option<Misfit> {
        let wrong = |message: String, help: &str| {
            Some(Misfit { setting: vec!["periods".to_owned()], message, help: help.to_owned() })
        };
        if self.periods.len() > hidden {
            let message = format!("{hidden} units do not make {} groups", self.periods.len());
            return wrong(message, "give fewer periods, or raise `hidden`");
        }
        if self.periods.windows(2).any(|pair| pair[0] >= pair[1]) {
            return wrong(format!("the periods {:?} do not increase", self.periods), "begin with the shortest");
        }
        None
    }
}
