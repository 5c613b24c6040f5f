//! The ledger of a tuning, from what is stored of it.

use std::collections::BTreeMap;

use super::{Stages, mixture::Computed, outcomes};
use crate::{
    plan::{Plan, Trial, TrialResult, ranking},
    results::tuning::{Candidate, Ledger, TunedArm},
    store::{Status, Store, StoreError, TrialRow},
    suite::Select,
    train::{Measure, MetricName, Split},
};

/// The outcome of a candidate's trial, and the most updates that it had where it aimed at a target.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    result: TrialResult,
    budget: Option<u64>,
}

/// The ledger of what was tried to choose each arm's settings, without outcomes where nothing is stored; nothing of a suite without
/// `tune`.
///
/// # Errors
/// When the stored metrics cannot be read.
pub(super) fn ledger(
    stages: &Stages,
    store: Option<&Store>,
    shown: Option<&Computed>,
) -> Result<Option<Ledger>, StoreError> {
    let Some((plan, tune)) = stages.tuning.as_ref().and_then(|plan| Some((plan, plan.tune()?))) else {
        return Ok(None);
    };
    let counts = |trial: &TrialRow| shown.is_none_or(|shown| shown.is_of(trial));
    let mut outcomes_of: BTreeMap<usize, Vec<Outcome>> = BTreeMap::new();
    if let Some(store) = store {
        for ((arm, _), result) in outcomes(plan, store.into(), |_, _, trial| counts(trial))? {
            outcomes_of.entry(arm).or_default().push(Outcome { result, budget: budget(plan, arm) });
        }
    }
    let budgets: Vec<Option<u64>> = (0..plan.arms()).map(|arm| budget(plan, arm)).collect();
    // Without a target the rule that asks for it comes down to the loss.
    let select = match tune.select {
        Select::UpdatesToTarget if budgets.iter().all(Option::is_none) => Select::Loss,
        select => select,
    };
    let statuses = store.map(|store| statuses(plan, store, &counts)).unwrap_or_default();
    // Each candidate is tried on its replicates, of a search at each value at which it tunes.
    let replicates = tune.replicates as usize * plan.tried(0, 0).count();
    let arms = stages.labels().into_iter().enumerate().map(|(arm, label)| {
        let tried: Vec<Vec<usize>> = (0..plan.candidates()).map(|one| plan.tried(arm, one).collect()).collect();
        let of = |numbers: &Vec<usize>| -> Vec<Outcome> {
            numbers.iter().filter_map(|number| outcomes_of.get(number)).flatten().copied().collect()
        };
        let all: Vec<Vec<Outcome>> = tried.iter().map(of).collect();
        let complete = all.iter().all(|outcomes| outcomes.len() == replicates);
        let mut ranks = vec![None; all.len()];
        if complete {
            let results: Vec<Vec<TrialResult>> =
                all.iter().map(|outcomes| outcomes.iter().map(|one| one.result).collect()).collect();
            for (rank, number) in (1..).zip(ranking(select, &results)) {
                ranks[number] = Some(rank);
            }
        }
        let candidates = tried.iter().zip(&all).zip(ranks).map(|((numbers, outcomes), rank)| {
            let mut ended: BTreeMap<Status, usize> = BTreeMap::new();
            for (status, count) in numbers.iter().filter_map(|number| statuses.get(number)).flatten() {
                *ended.entry(*status).or_default() += count;
            }
            let aims = numbers.iter().any(|&number| budgets[number].is_some());
            Candidate {
                settings: numbers.first().map(|&number| plan.tuned(number)).unwrap_or_default(),
                statuses: ended,
                solved: aims.then(|| outcomes.iter().filter(|one| one.result.solved_at.is_some()).count()),
                loss: mean(outcomes.iter().filter(|one| !one.result.is_bad()).map(|one| one.result.loss)),
                score: score(select, outcomes),
                rank,
            }
        });
        TunedArm { label, candidates: candidates.collect(), chosen: stages.chosen[arm] }
    });
    let score = match select {
        Select::UpdatesToTarget => MetricName::UpdatesToTarget,
        Select::Loss => MetricName::Measured(Split::Validation, Measure::Loss),
        Select::Accuracy => MetricName::Measured(Split::Validation, Measure::Accuracy),
    };
    Ok(Some(Ledger { score, replicates, arms: arms.collect() }))
}

/// The most updates of an arm that has a target.
fn budget(plan: &Plan, arm: usize) -> Option<u64> {
    let sections = plan.sections(arm);
    sections.train.target.as_ref().map(|_| sections.train.budget(sections.task.finite()))
}

/// How the stored trials of each candidate ended.
fn statuses(
    plan: &Plan,
    store: &Store,
    counts: &dyn Fn(&TrialRow) -> bool,
) -> BTreeMap<usize, BTreeMap<Status, usize>> {
    let mut statuses: BTreeMap<usize, BTreeMap<Status, usize>> = BTreeMap::new();
    let stored = |trial: Trial| {
        let stored = store.trials().get(&plan.trial_id(trial)).filter(|stored| counts(stored))?;
        Some((trial.arm, stored.status))
    };
    for (arm, status) in plan.trials().filter_map(stored) {
        *statuses.entry(arm).or_default().entry(status).or_default() += 1;
    }
    statuses
}

/// The mean of what candidates are selected by: not finite where a replicate diverged, but a time to the target is the budget at most.
fn score(select: Select, outcomes: &[Outcome]) -> Option<f64> {
    let unless_bad = |one: &Outcome, value: f64, bad: f64| if one.result.is_bad() { bad } else { value };
    match select {
        Select::UpdatesToTarget => {
            let updates = |one: &Outcome| one.budget.map(|budget| one.result.solved_at.unwrap_or(budget) as f64);
            let updates: Option<Vec<f64>> = outcomes.iter().map(updates).collect();
            mean(updates?.into_iter())
        }
        Select::Loss => mean(outcomes.iter().map(|one| unless_bad(one, one.result.loss, f64::INFINITY))),
        Select::Accuracy => mean(outcomes.iter().map(|one| unless_bad(one, one.result.accuracy, f64::NEG_INFINITY))),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
