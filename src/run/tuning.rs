//! Tables of a tuning: the candidates of each arm, what they reached, and which of them is chosen.

use super::{Stages, outcomes};
use crate::{
    plan::{Trial, TrialResult},
    results::table::{Cell, Column, Setting, Table, join, significant},
    store::{Store, StoreError},
};

/// One row for each trial of the tuning: what its candidate sets, how it ended, and whether the candidate is chosen.
pub(super) fn trials(stages: &Stages, store: &Store) -> Result<Option<Table>, StoreError> {
    let Some(plan) = &stages.tuning else { return Ok(None) };
    let outcomes = outcomes(plan, store, |_, _, _| true)?;
    let labels: Vec<String> = stages.reported.named_arms().map(|arm| arm.label).collect();
    let tuned: Vec<Vec<Setting>> = (0..plan.arms()).map(|arm| plan.tuned(arm)).collect();
    let mut table = Table { columns: vec![Column::text("arm")], ..Table::default() };
    table.columns.extend(tuned.iter().take(1).flatten().map(|setting| Column::text(setting.path.clone())));
    table.columns.extend([
        Column::number("replicate"),
        Column::text("trial_id"),
        Column::text("status"),
        Column::number("updates to target"),
        Column::number("validation loss"),
        Column::text("chosen"),
    ]);
    let mut trials: Vec<Trial> = plan.trials().collect();
    trials.sort_by_key(|trial| (trial.arm, trial.replicate));
    for trial in trials {
        let (arm, candidate) = (trial.arm / plan.candidates(), trial.arm % plan.candidates());
        let id = plan.trial_id(trial);
        let stored = store.trials().get(&id);
        let outcome = outcomes.get(&(trial.arm, trial.replicate));
        let solved_at = outcome.and_then(|outcome| outcome.solved_at);
        let row =
            [Cell::Text(labels[arm].clone())].into_iter().chain(tuned[trial.arm].iter().map(Setting::cell)).chain([
                Cell::Integer(trial.replicate.into()),
                Cell::Text(id),
                stored.map_or(Cell::Null, |trial| Cell::Text(trial.status.name().to_owned())),
                solved_at.map_or(Cell::Null, |update| Cell::Integer(update.into())),
                outcome.map_or(Cell::Null, |outcome| Cell::Number(outcome.loss)),
                stages.chosen[arm].map_or(Cell::Null, |chosen| Cell::Boolean(chosen == candidate)),
            ]);
        table.rows.push(row.collect());
    }
    Ok(Some(table))
}

/// One row for each arm: what its candidates reached, and which of them is chosen.
pub(super) fn candidates(stages: &Stages, store: &Store) -> Result<Option<Table>, StoreError> {
    let Some(plan) = &stages.tuning else { return Ok(None) };
    let outcomes = outcomes(plan, store, |_, _, _| true)?;
    let named = |arm: usize| join(&plan.tuned(arm));
    let mut table = Table { columns: vec![Column::text("arm")], ..Table::default() };
    table.columns.extend((0..plan.candidates().min(plan.arms())).map(|candidate| Column::number(named(candidate))));
    table.columns.push(Column::text("chosen"));
    for (arm, named_arm) in stages.reported.named_arms().enumerate() {
        let first = arm * plan.candidates();
        let reached = (first..first + plan.candidates()).map(|candidate| {
            let of_candidate = outcomes.range((candidate, 0)..(candidate + 1, 0)).map(|(_, outcome)| outcome);
            let texts: Vec<String> = of_candidate.map(in_words).collect();
            if texts.is_empty() { Cell::Null } else { Cell::Text(texts.join(", ")) }
        });
        let chosen = stages.chosen[arm].map_or(Cell::Null, |chosen| Cell::Text(named(first + chosen)));
        table.rows.push([Cell::Text(named_arm.label)].into_iter().chain(reached).chain([chosen]).collect());
    }
    table.notes.push("The update at which the target was reached, else the last validation loss.".to_owned());
    Ok(Some(table))
}

fn in_words(outcome: &TrialResult) -> String {
    match outcome {
        TrialResult { solved_at: Some(update), .. } => format!("at {update}"),
        TrialResult { diverged: true, .. } => "diverged".to_owned(),
        TrialResult { loss, .. } => format!("loss {}", significant(*loss, 3)),
    }
}
