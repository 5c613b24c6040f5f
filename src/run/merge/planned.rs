//! The trials that a suite may have.

use std::collections::HashMap;

use crate::{
    plan::{Plan, TUNING_REPLICATES, Trial},
    run::{backend::provenance, reuse::Reuse},
    store::{Part, TrialRow},
};

/// The trials of all stages of a plan, whichever candidates are chosen, by id.
pub(super) struct Planned {
    plan: Plan,
    tuning: Option<Plan>,
    /// Whether it is of the tuning, and which it is.
    trials: HashMap<String, (bool, Trial)>,
}

impl Planned {
    pub(super) fn new(plan: &Plan) -> Self {
        let of = |plan: &Plan, tuning: bool| -> Vec<(String, (bool, Trial))> {
            plan.trials().map(|trial| (plan.trial_id(trial), (tuning, trial))).collect()
        };
        let tuning = plan.tuning();
        let trials = tuning.iter().flat_map(|tuning| of(tuning, true)).chain(of(plan, false)).collect();
        Self { plan: plan.clone(), tuning, trials }
    }

    /// The trial of this id, with the plan that has it.
    fn of(&self, id: &str) -> Option<(&Plan, Trial)> {
        let (tuning, trial) = *self.trials.get(id)?;
        Some((if tuning { self.tuning.as_ref()? } else { &self.plan }, trial))
    }

    /// Whether a trial has this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.trials.contains_key(id)
    }

    /// The trial in words: its arm and replicate.
    pub(super) fn name(&self, id: &str) -> Option<String> {
        let (plan, trial) = self.of(id)?;
        Some(format!("{}, replicate {}", plan.arm(trial.arm).label, trial.replicate % TUNING_REPLICATES))
    }

    /// The first part in which a stored trial was computed otherwise than by `reuse`; of one that is no longer planned its definition
    /// cannot be told.
    pub(super) fn difference(&self, reuse: &Reuse, row: &TrialRow) -> Option<Part> {
        match self.of(&row.trial_id) {
            Some((plan, trial)) => reuse.difference(plan, trial.arm, row),
            None => reuse.provenance().difference(row),
        }
    }

    /// Whether a stored trial of the plan has a result by the engine and device of these names under today's numerics.
    pub(super) fn is_by(&self, names: (&'static str, &'static str), row: &TrialRow) -> bool {
        row.status.is_result() && self.has(&row.trial_id) && provenance(names).is_of(row)
    }
}
