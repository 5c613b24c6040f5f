//! From the stored trials of a tuning to the candidates that are reported.

use std::collections::BTreeMap;

use super::searches::Searches;
use crate::{
    plan::{Plan, Trial, TrialResult, best},
    results::table::TrialResults,
    store::{self, MetricRow, Status, Store, StoreError},
    train::{Measure, MetricName, Split},
};

/// A suite's plan in the two stages of a suite with `tune`; without it there is one.
#[derive(Clone, Debug)]
pub struct Stages {
    /// The trials by which candidates are judged.
    pub tuning: Option<Plan>,
    /// For each arm the chosen candidate, once all of its candidates' trials are stored.
    pub chosen: Vec<Option<usize>>,
    /// Where the searches are, of a suite with `reach`.
    pub searches: Option<Searches>,
    /// The plan of the chosen candidates at every value that a search may try.
    pub searched: Option<Plan>,
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
    pub fn new(
        plan: &Plan,
        store: Option<&Store>,
        counts: impl Fn(&Plan, Trial, &store::TrialRow) -> bool,
    ) -> Result<Self, StoreError> {
        let tuning = plan.tuning();
        let chosen = match (&tuning, store) {
            (Some(tuning), Some(store)) => choose(tuning, plan.searched_arms(), &outcomes(tuning, store, &counts)?),
            (Some(_), None) => vec![None; plan.searched_arms()],
            (None, _) => vec![],
        };
        let reported = plan.chosen(&chosen);
        let Some(along) = plan.along() else {
            return Ok(Self { tuning, chosen, searches: None, searched: None, reported });
        };
        let searches = Searches::new(&reported, along, store, counts);
        let asked = reported.listed(&searches.trials());
        Ok(Self { tuning, chosen, searches: Some(searches), searched: Some(reported), reported: asked })
    }

    /// The labels of the arms for each of which a candidate is chosen.
    pub fn labels(&self) -> Vec<String> {
        match &self.searched {
            Some(plan) => (0..plan.searched_arms()).map(|arm| plan.searched_arm_named(arm).label).collect(),
            None => self.reported.named_arms().map(|arm| arm.label).collect(),
        }
    }
}

/// The outcomes of the stored trials of a tuning, by arm and replicate.
///
/// # Errors
///
/// When a table cannot be read.
pub fn outcomes(
    tuning: &Plan,
    store: &Store,
    counts: impl Fn(&Plan, Trial, &store::TrialRow) -> bool,
) -> Result<BTreeMap<(usize, u32), TrialResult>, StoreError> {
    let stored = |trial: Trial| {
        let found = store.trials().get(&tuning.trial_id(trial))?;
        (found.status.is_result() && counts(tuning, trial, found)).then_some((trial, found))
    };
    let found: BTreeMap<&str, (Trial, &store::TrialRow)> =
        tuning.trials().filter_map(stored).map(|(trial, found)| (found.trial_id.as_str(), (trial, found))).collect();
    let mut metrics: BTreeMap<String, Vec<MetricRow>> = BTreeMap::new();
    for row in store.rows::<MetricRow>(|id| found.contains_key(id))? {
        metrics.entry(row.trial_id.clone()).or_default().push(row);
    }
    let outcome = |(trial, found): &(Trial, &store::TrialRow)| {
        let rows = metrics.get(&found.trial_id).map_or(&[][..], Vec::as_slice);
        let results = TrialResults::new((*found).clone(), rows, vec![])
            .map_err(|unknown| store.unknown_value::<MetricRow>("metric", unknown.name))?;
        let validation = |measure: Measure| results.value(MetricName::Measured(Split::Validation, measure));
        let outcome = TrialResult {
            solved_at: found.updates_to_target.filter(|_| found.solved == Some(true)),
            diverged: found.status == Status::Diverged,
            loss: validation(Measure::Loss).unwrap_or(f64::NAN),
            accuracy: validation(Measure::Accuracy).unwrap_or(f64::NAN),
        };
        Ok(((trial.arm, trial.replicate), outcome))
    };
    found.values().map(outcome).collect()
}

/// The best candidate of each arm all of whose trials are known.
fn choose(tuning: &Plan, arms: usize, outcomes: &BTreeMap<(usize, u32), TrialResult>) -> Vec<Option<usize>> {
    let Some(tune) = tuning.tune() else { return vec![] };
    let mut candidates: Vec<Vec<TrialResult>> = vec![vec![]; tuning.arms()];
    for (&(arm, _), &outcome) in outcomes {
        candidates[arm].push(outcome);
    }
    // A search tries its candidates at several values, and all of them judge.
    let arm = |arm: usize| -> Vec<Vec<usize>> {
        (0..tuning.candidates()).map(|candidate| tuning.tried(arm, candidate).collect()).collect()
    };
    let judged = |tried: Vec<Vec<usize>>| -> Option<Vec<Vec<TrialResult>>> {
        let complete = |number: &&usize| candidates[**number].len() == tune.replicates as usize;
        let of = |numbers: &Vec<usize>| {
            let known = numbers.iter().filter(complete).count() == numbers.len();
            known.then(|| numbers.iter().flat_map(|&number| candidates[number].iter().copied()).collect())
        };
        tried.iter().map(of).collect()
    };
    (0..arms).map(|number| best(tune.select, &judged(arm(number))?)).collect()
}
