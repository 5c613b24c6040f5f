//! Arms of a plan as tables and figures have them.

use std::collections::HashMap;

use crate::{
    component::task::{Goal, TaskSpec},
    plan::{self, Plan},
    results::table::{Arm, Lengths, Probed, Target},
    suite::{Section, Sections},
    train::{Measure, Metric},
};

/// The units of a network that tells what states there are.
const NARROW: usize = 8;

/// The arms of `plan`, in its order.
pub fn arms(plan: &Plan) -> Vec<Arm> {
    let mut states = HashMap::new();
    plan.named_arms().enumerate().map(|(index, arm)| table_arm(plan, index, arm, &mut states)).collect()
}

/// The names of the states of each layer, by the digest of the model.
type States = HashMap<[u8; 32], Vec<Vec<String>>>;

fn table_arm(plan: &Plan, index: usize, arm: plan::Arm, states: &mut States) -> Arm {
    let Sections { task, model, train, evaluate, probes, .. } = plan.sections(index);
    let states_of = |layer: usize| {
        // Of a narrow network: names do not depend on widths. Equations may be for one width.
        let fits = model.cell.misfit(NARROW, NARROW).is_none();
        let [inputs, hidden] = if fits { [NARROW; 2] } else { [task.dimensions().inputs, model.hidden] };
        let step = model.step(layer, inputs, hidden);
        step.states.into_iter().map(|state| state.name).collect()
    };
    let mut states = || {
        let known = states.entry(plan.section_digest(index, Section::Model));
        known.or_insert_with(|| (0..model.layers).map(states_of).collect()).clone()
    };
    let target = train.target.as_ref().and_then(|target| target.resolved(&task));
    // The fraction within a tolerance says little of a regression, unless the suite aims at it.
    let by_accuracy = !matches!(task.dimensions().goal, Goal::Numbers(_))
        || target.as_ref().is_some_and(|target| target.metric == Metric::Accuracy);
    let chance = |task: &TaskSpec| -> Vec<(Measure, f64)> {
        let chance = task.chance();
        let accuracy = by_accuracy.then_some((Measure::Accuracy, chance.accuracy));
        let exact_match = task.exact_match().map(|chance| (Measure::ExactMatch, chance));
        [(Measure::Loss, chance.loss)].into_iter().chain(accuracy).chain(exact_match).collect()
    };
    let lengths = task.lengths().filter(|_| !evaluate.lengths.is_empty()).map(|own| Lengths {
        own: (own.shortest as u32, own.longest as u32),
        others: evaluate.lengths.iter().filter_map(|&at| Some((at, chance(&task.with_length(at as usize)?)))).collect(),
    });
    Arm {
        label: arm.label,
        settings: arm.settings,
        swept: plan.swept(index),
        own_label: plan.own_label(index),
        chance: chance(&task),
        budget: train.budget(task.finite()),
        target: target.map(|target| Target {
            metric: target.metric.into(),
            below: target.below,
            // The last digit says whether the bound itself is reached; it is not for readers.
            above: target.above.map(|bound| (bound * 1e12).round() / 1e12),
        }),
        lengths,
        probes: probes.iter().map(|probe| Probed { kind: probe.kind().to_owned(), states: states() }).collect(),
    }
}

#[cfg(test)]
mod laws;
