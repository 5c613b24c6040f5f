//! From the stored trials of a tuning to the candidates that are reported.

use std::collections::BTreeMap;

use super::{searches::Searches, stores::Stores};
use crate::{
    plan::{Plan, Trial, TrialResult, best},
    results::table::TrialResults,
    store::{self, MetricRow, Status, StoreError},
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
        stores: Option<Stores<'_>>,
        counts: impl Fn(&Plan, Trial, &store::TrialRow) -> bool,
    ) -> Result<Self, StoreError> {
        let tuning = plan.tuning();
        let chosen = match (&tuning, stores) {
            (Some(tuning), Some(stores)) => choose(tuning, plan.searched_arms(), &outcomes(tuning, stores, &counts)?),
            (Some(_), None) => vec![None; plan.searched_arms()],
            (None, _) => vec![],
        };
        let reported = plan.chosen(&chosen);
        let Some(along) = plan.along() else {
            return Ok(Self { tuning, chosen, searches: None, searched: None, reported });
        };
        let searches = Searches::new(&reported, along, stores, counts);
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
    stores: Stores<'_>,
    counts: impl Fn(&Plan, Trial, &store::TrialRow) -> bool,
) -> Result<BTreeMap<(usize, u32), TrialResult>, StoreError> {
    let stored = |trial: Trial| {
        let accepts = |row: &store::TrialRow| row.status.is_result() && counts(tuning, trial, row);
        stores.find(&tuning.trial_id(trial), accepts).map(|(place, row)| (trial, place, row))
    };
    let mut found: Vec<BTreeMap<&str, (Trial, &store::TrialRow)>> = stores.iter().map(|_| BTreeMap::new()).collect();
    for (trial, place, row) in tuning.trials().filter_map(stored) {
        found[place].insert(row.trial_id.as_str(), (trial, row));
    }
    let mut outcomes = BTreeMap::new();
    // The metrics of a trial are those that lie beside its row.
    for (store, found) in stores.iter().zip(found).filter(|(_, found)| !found.is_empty()) {
        let mut metrics: BTreeMap<String, Vec<MetricRow>> = BTreeMap::new();
        for row in store.rows::<MetricRow>(|id| found.contains_key(id))? {
            metrics.entry(row.trial_id.clone()).or_default().push(row);
        }
        for (trial, row) in found.values() {
            // Without its metrics the outcome of a trial that finished is not known.
            if row.status != Status::Diverged && !metrics.contains_key(&row.trial_id) {
                continue;
            }
            let rows = metrics.get(&row.trial_id).map_or(&[][..], Vec::as_slice);
            let results = TrialResults::new((*row).clone(), rows, vec![])
                .map_err(|unknown| store.unknown_value::<MetricRow>("metric", unknown.name))?;
            let validation = |measure: Measure| results.value(MetricName::Measured(Split::Validation, measure));
            let outcome = TrialResult {
                solved_at: row.updates_to_target.filter(|_| row.solved == Some(true)),
                diverged: row.status == Status::Diverged,
                loss: validation(Measure::Loss).unwrap_or(f64::NAN),
                accuracy: validation(Measure::Accuracy).unwrap_or(f64::NAN),
            };
            outcomes.insert((trial.arm, trial.replicate), outcome);
        }
    }
    Ok(outcomes)
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
