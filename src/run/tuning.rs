//! The ledger of a tuning, from what is stored of it.

use std::collections::BTreeMap;

use super::{Stages, outcomes};
use crate::{
    plan::{Plan, Trial, TrialResult, ranking},
    results::tuning::{Candidate, Ledger, TunedArm},
    store::{Status, Store, StoreError},
    suite::Select,
    train::{Measure, MetricName, Split},
};

/// The ledger of what was tried to choose each arm's settings, without outcomes where nothing is stored; nothing of a suite without
/// `tune`.
///
/// # Errors
/// When the stored metrics cannot be read.
pub(super) fn ledger(stages: &Stages, store: Option<&Store>) -> Result<Option<Ledger>, StoreError> {
    let Some((plan, tune)) = stages.tuning.as_ref().and_then(|plan| Some((plan, plan.tune()?))) else {
        return Ok(None);
    };
    let mut outcomes_of: BTreeMap<usize, Vec<TrialResult>> = BTreeMap::new();
    if let Some(store) = store {
        for ((arm, _), outcome) in outcomes(plan, store, |_, _, _| true)? {
            outcomes_of.entry(arm).or_default().push(outcome);
        }
    }
    let budgets: Vec<Option<u64>> = (0..plan.arms()).step_by(plan.candidates()).map(|arm| budget(plan, arm)).collect();
    // Without a target the rule that asks for it comes down to the loss.
    let select = match tune.select {
        Select::UpdatesToTarget if budgets.iter().all(Option::is_none) => Select::Loss,
        select => select,
    };
    let statuses = store.map(|store| statuses(plan, store)).unwrap_or_default();
    let arms = stages.reported.named_arms().enumerate().map(|(arm, named)| {
        let numbers = arm * plan.candidates()..(arm + 1) * plan.candidates();
        let of = |number: usize| outcomes_of.get(&number).cloned().unwrap_or_default();
        let all: Vec<Vec<TrialResult>> = numbers.clone().map(of).collect();
        let complete = all.iter().all(|outcomes| outcomes.len() == tune.replicates as usize);
        let mut ranks = vec![None; all.len()];
        if complete {
            for (rank, number) in (1..).zip(ranking(select, &all)) {
                ranks[number] = Some(rank);
            }
        }
        let candidates = numbers.zip(&all).zip(ranks).map(|((number, outcomes), rank)| Candidate {
            settings: plan.tuned(number),
            statuses: statuses.get(&number).cloned().unwrap_or_default(),
            solved: budgets[arm].map(|_| outcomes.iter().filter(|one| one.solved_at.is_some()).count()),
            loss: mean(outcomes.iter().filter(|one| !one.is_bad()).map(|one| one.loss)),
            score: score(select, outcomes, budgets[arm]),
            rank,
        });
        TunedArm { label: named.label, candidates: candidates.collect(), chosen: stages.chosen[arm] }
    });
    let score = match select {
        Select::UpdatesToTarget => MetricName::UpdatesToTarget,
        Select::Loss => MetricName::Measured(Split::Validation, Measure::Loss),
        Select::Accuracy => MetricName::Measured(Split::Validation, Measure::Accuracy),
    };
    Ok(Some(Ledger { score, replicates: tune.replicates as usize, arms: arms.collect() }))
}

/// The most updates of an arm that has a target.
fn budget(plan: &Plan, arm: usize) -> Option<u64> {
    let sections = plan.sections(arm);
    sections.train.target.as_ref().map(|_| sections.train.budget(sections.task.finite()))
}

/// How the stored trials of each candidate ended.
fn statuses(plan: &Plan, store: &Store) -> BTreeMap<usize, BTreeMap<Status, usize>> {
    let mut statuses: BTreeMap<usize, BTreeMap<Status, usize>> = BTreeMap::new();
    let stored = |trial: Trial| Some((trial.arm, store.trials().get(&plan.trial_id(trial))?.status));
    for (arm, status) in plan.trials().filter_map(stored) {
        *statuses.entry(arm).or_default().entry(status).or_default() += 1;
    }
    statuses
}

/// The mean of what candidates are selected by: not finite where a replicate diverged, but a time to the target is the budget at most.
fn score(select: Select, outcomes: &[TrialResult], budget: Option<u64>) -> Option<f64> {
    match select {
        Select::UpdatesToTarget => {
            let budget = budget?;
            mean(outcomes.iter().map(|one| one.solved_at.unwrap_or(budget) as f64))
        }
        Select::Loss => mean(outcomes.iter().map(|one| if one.is_bad() { f64::INFINITY } else { one.loss })),
        Select::Accuracy => {
            mean(outcomes.iter().map(|one| if one.is_bad() { f64::NEG_INFINITY } else { one.accuracy }))
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
