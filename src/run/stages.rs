//! From the stored trials of a tuning to the candidates that are reported.

use std::collections::BTreeMap;

use crate::{
    plan::{Outcome, Plan, Trial, best},
    store::{self, Metric, Status, Store, StoreError},
};

/// A suite's plan in the two stages of a suite with `tune`; without it there is one.
#[derive(Clone, Debug)]
pub struct Stages {
    /// The trials by which candidates are judged.
    pub tuning: Option<Plan>,
    /// For each arm the chosen candidate, once all of its candidates' trials are stored.
    pub chosen: Vec<Option<usize>>,
    /// The trials that are reported.
    pub reported: Plan,
}

impl Stages {
    /// The stages of `plan`, where the stored trials that `counts` accepts choose. Nothing else has an influence: neither the
    /// order in which they ended nor who ran them.
    ///
    /// # Errors
    ///
    /// When the stored metrics cannot be read.
    pub fn new(plan: &Plan, store: Option<&Store>, counts: impl Fn(&store::Trial) -> bool) -> Result<Self, StoreError> {
        let Some(tuning) = plan.tuning() else {
            return Ok(Self { tuning: None, chosen: vec![], reported: plan.clone() });
        };
        let chosen = match store {
            Some(store) => choose(&tuning, &outcomes(&tuning, store, counts)?),
            None => vec![None; tuning.arms() / tuning.candidates()],
        };
        Ok(Self { reported: plan.chosen(&chosen), tuning: Some(tuning), chosen })
    }
}

/// What the stored trials of a tuning reached, by trial.
pub fn outcomes(
    tuning: &Plan,
    store: &Store,
    counts: impl Fn(&store::Trial) -> bool,
) -> Result<BTreeMap<(usize, u32), Outcome>, StoreError> {
    let stored = |trial: Trial| {
        let found = store.trials().get(&tuning.trial_id(trial))?;
        (found.status.is_result() && counts(found)).then_some((trial, found))
    };
    let found: Vec<(Trial, &store::Trial)> = tuning.trials().filter_map(stored).collect();
    let mut last: BTreeMap<&str, [(u64, f64); 2]> =
        found.iter().map(|(_, trial)| (trial.trial_id.as_str(), [(0, f64::NAN); 2])).collect();
    for row in store.rows::<Metric>(|id| last.contains_key(id))?.iter().filter(|row| row.split == "validation") {
        let place = ["loss", "accuracy"].iter().position(|name| *name == row.metric);
        let known = last.get_mut(row.trial_id.as_str()).zip(place).map(|(known, place)| &mut known[place]);
        if let Some(known) = known.filter(|(update, _)| row.update >= *update) {
            *known = (row.update, row.value);
        }
    }
    let outcome = |(trial, found): (Trial, &store::Trial)| {
        let [loss, accuracy] = last[found.trial_id.as_str()].map(|(_, value)| value);
        let solved_at = found.updates_to_target.filter(|_| found.solved == Some(true));
        let outcome = Outcome { solved_at, diverged: found.status == Status::Diverged, loss, accuracy };
        ((trial.arm, trial.replicate), outcome)
    };
    Ok(found.into_iter().map(outcome).collect())
}

/// The best candidate of each arm all of whose trials are known.
fn choose(tuning: &Plan, outcomes: &BTreeMap<(usize, u32), Outcome>) -> Vec<Option<usize>> {
    let Some(tune) = tuning.tune() else { return vec![] };
    let mut candidates: Vec<Vec<Outcome>> = vec![vec![]; tuning.arms()];
    for (&(arm, _), &outcome) in outcomes {
        candidates[arm].push(outcome);
    }
    let complete = |arm: &&[Vec<Outcome>]| arm.iter().all(|outcomes| outcomes.len() == tune.replicates as usize);
    candidates.chunks(tuning.candidates()).map(|arm| best(tune.select, Some(arm).filter(complete)?)).collect()
}
