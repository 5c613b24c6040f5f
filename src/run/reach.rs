//! The outcome of a suite's searches, from what is stored of them.

use std::collections::BTreeSet;

use super::{ArmSearch, Stages};
use crate::{
    plan::{Along, Plan},
    results::{
        reach::{Estimated, Found, FoundArm},
        table::{ArmResults, Results, Target, gradient_reach, significant},
    },
    seed::{self, Purpose},
    stats::{CONFIDENCE, CREDIBLE, Search, misfit},
    store::Store,
};

/// The probe that measures how far back gradients flow.
const GRADIENT_BY_LAG: &str = "gradient-by-lag";

/// Points of a fitted curve.
const POINTS: usize = 60;

/// The outcome of the searches so far; nothing of a suite without `reach`. `results` are of the trials that they asked for.
pub(super) fn found(stages: &Stages, store: Option<&Store>, results: &Results) -> Option<Found> {
    let (searches, plan) = (stages.searches.as_ref()?, stages.searched.as_ref()?);
    let along = plan.along()?;
    let search = along.search();
    let arms = searches.arms.iter().enumerate().map(|(number, arm)| {
        let named = plan.searched_arm_named(number);
        let of_arm = (0..along.values.len()).map(|value| plan.arm(plan.searched_arm(number, value)).label);
        let labels: Vec<String> = of_arm.collect();
        let tried = results.arms.iter().filter(|arm| labels.contains(&arm.arm.label));
        let gradient_reach = median_gradient_reach(tried);
        let Some(arm) = arm else {
            return FoundArm {
                label: named.label,
                settings: named.settings,
                at_values: labels,
                counts: vec![],
                failed: 0,
                estimate: None,
                ending: None,
                gradient_reach,
            };
        };
        let ended = |trial: &&crate::plan::Trial| {
            store.is_some_and(|store| {
                store.trials().get(&plan.trial_id(**trial)).is_some_and(|row| !row.status.is_result())
            })
        };
        FoundArm {
            label: named.label,
            settings: named.settings,
            at_values: labels,
            counts: arm.so_far.counts(&search),
            failed: arm.batch.iter().filter(ended).count(),
            estimate: (arm.so_far.trials() > 0).then(|| estimated(&search, along, arm, plan, number)),
            ending: arm.ending,
            gradient_reach,
        }
    });
    let path = along.path.spelled();
    let name = results.arms.iter().flat_map(|arm| &arm.arm.swept).find(|setting| setting.path == path);
    let name = name.map_or_else(|| crate::text::setting_name(&path).to_owned(), |setting| setting.name.clone());
    Some(Found {
        definition: definition(along, results, &name),
        name,
        path,
        from: along.spec.from,
        to: along.spec.to,
        trials: along.spec.trials,
        has_gradients: (0..plan.searched_arms()).all(|arm| {
            plan.sections(plan.searched_arm(arm, 0)).probes.iter().any(|probe| probe.kind() == GRADIENT_BY_LAG)
        }),
        arms: arms.collect(),
    })
}

fn estimated(search: &Search, along: &Along, arm: &ArmSearch, plan: &Plan, number: usize) -> Estimated {
    let posterior = search.posterior(&arm.so_far);
    let counts = arm.so_far.counts(search);
    let stream = seed::stream(plan.seed(), Purpose::Bootstrap, &[("reach", &number.to_string())]);
    let mut draws = stream.at(0);
    let (from, to) = (along.spec.from as f64, along.spec.to as f64);
    let value = |point: usize| from * libm::pow(to / from, point as f64 / (POINTS - 1) as f64);
    Estimated {
        reach: posterior.threshold(CREDIBLE),
        of_all: posterior.threshold_of_all(CREDIBLE),
        spread: posterior.spread(CONFIDENCE),
        lapse: posterior.lapse(CONFIDENCE),
        misfit: misfit(search.curve(), &counts, || draws.bits()),
        curve: (0..POINTS).map(|point| (value(point), posterior.success(value(point), CONFIDENCE))).collect(),
    }
}

/// The median over the trials that were measured over the most lags, and whether it may lie beyond them; none without the probe.
fn median_gradient_reach<'a>(arms: impl Iterator<Item = &'a ArmResults>) -> Option<(u32, bool)> {
    let trials = arms.flat_map(|arm| &arm.trials);
    let mut reaches: Vec<(u32, u32)> = trials.filter_map(|trial| gradient_reach(&trial.probes)).collect();
    let most = reaches.iter().map(|(_, measured)| *measured).max()?;
    reaches.retain(|(_, measured)| *measured == most);
    reaches.sort_unstable();
    let (reach, _) = *reaches.get(reaches.len() / 2)?;
    Some((reach, reach == most))
}

/// The meaning of a reach of this suite, and for what alone it holds.
fn definition(along: &Along, results: &Results, name: &str) -> String {
    let in_words = |target: &Target| {
        let bound = |word: &str, bound: Option<f64>| bound.map(|bound| format!(" {word} {}", significant(bound, 4)));
        let bounds = [bound("below", target.below), bound("above", target.above)];
        format!("{}{}", target.metric, bounds.into_iter().flatten().collect::<String>())
    };
    let targets: BTreeSet<String> =
        results.arms.iter().filter_map(|arm| arm.arm.target.as_ref()).map(in_words).collect();
    const SHOWN: usize = 3;
    let rest = if targets.len() > SHOWN { ", …" } else { "" };
    let (several, targets) =
        (targets.len() > 1, Vec::from_iter(targets).into_iter().take(SHOWN).collect::<Vec<_>>().join(", ") + rest);
    let target = match (several, targets.is_empty()) {
        (_, true) => String::new(),
        (true, _) => format!(" (as the task has it: {targets})"),
        (false, _) => format!(" ({targets})"),
    };
    let budget = match along.spec.updates {
        Some(updates) => format!(
            "a budget of {} updates per step of {name}, {} at least",
            significant(updates.per_step, 6),
            updates.least
        ),
        None => {
            let budgets: Vec<u64> = results.arms.iter().map(|arm| arm.arm.budget).collect();
            match (budgets.iter().min(), budgets.iter().max()) {
                (Some(least), Some(most)) if least == most => format!("a budget of {least} updates"),
                (Some(least), Some(most)) => format!("a budget of {least} to {most} updates"),
                _ => "its budget".to_owned(),
            }
        }
    };
    format!(
        "Reach: the {name} at which half of the seeds that learn at all reach the target{target} within {budget}; tried from {} to {}, each \
         trial on a seed of its own. In brackets the 95 % credible interval.",
        along.spec.from, along.spec.to
    )
}
