//! The stored trials of a run beside its plan.

use std::collections::{BTreeMap, HashSet};

use super::{Stages, definition::Definitions, mixture::Computed};
use crate::{
    engine::NUMERICS,
    plan::{Plan, Trial},
    store::{Part, Store},
};

/// How the stored trials of a run stand to its plan: each is looked up once.
#[derive(Debug, Default)]
pub struct Standing {
    /// The reported trials whose numbers are shown where they are stored, by arm, then replicate: index of the arm, and id.
    pub(super) shown: Vec<(usize, String)>,
    /// The number of stored trials of the plan that are left out for the way in which they were computed.
    pub left_out: usize,
    /// The number of stored trials that are not in the plan any more: of neither stage, of a suite with `tune`.
    pub unplanned: usize,
    /// The numbers of stored results of the plan that would be computed otherwise now, whatever the engine, by the first part in which.
    pub redefined: BTreeMap<Part, usize>,
}

impl Standing {
    /// That of the trials in `store` to the plan of `stages`, of which those computed as `shown` says are shown; all of them where
    /// nothing is said. `definitions` are those by which trials would be computed now.
    pub(super) fn of(stages: &Stages, store: &Store, shown: Option<&Computed>, definitions: &Definitions) -> Self {
        let stored = store.trials();
        let mut standing = Self::default();
        let mut planned: HashSet<&str> = HashSet::with_capacity(stored.len());
        let tuning = stages.tuning.iter().map(|plan| (plan, false));
        for (plan, is_reported) in tuning.chain([(&stages.reported, true)]) {
            for (trial, id) in in_order(plan) {
                let found = stored.get_key_value(&id);
                let left_out = found.zip(shown).is_some_and(|((_, row), shown)| !shown.is_of(row));
                standing.left_out += usize::from(left_out);
                if let Some((id, row)) = found {
                    planned.insert(id);
                    if row.status.is_result() {
                        let numerics = (row.numerics != NUMERICS).then_some(Part::Numerics);
                        let part = numerics.or_else(|| definitions.of(plan, trial.arm).difference(row));
                        part.into_iter().for_each(|part| *standing.redefined.entry(part).or_default() += 1);
                    }
                }
                if is_reported && !left_out {
                    standing.shown.push((trial.arm, id));
                }
            }
        }
        standing.unplanned = stored.len() - planned.len();
        standing
    }
}

/// The trials of `plan` with their ids, by arm, then replicate.
pub(super) fn in_order(plan: &Plan) -> impl Iterator<Item = (Trial, String)> {
    let mut trials: Vec<_> = plan.trials().collect();
    trials.sort_by_key(|trial| (trial.arm, trial.replicate));
    trials.into_iter().map(|trial| (trial, plan.trial_id(trial)))
}
