//! Which stored trials stand for trials of a plan.

use std::collections::BTreeMap;

use super::{backend::provenance, definition::Definitions};
use crate::{
    plan::{Plan, Trial},
    store::{Definition, Part, Provenance, Store, TrialRow, layout},
};

/// The rule by which a stored trial stands for a planned one: it has a result, and was computed as it would be computed now.
#[derive(Debug)]
pub(super) struct Reuse {
    provenance: Provenance,
    definitions: Definitions,
}

/// The stored part of a planned trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// A result that stands for it.
    Result,
    /// Nothing, or no result.
    Nothing,
    /// A result that was computed otherwise, in this part first.
    Otherwise(Part),
    /// A result, without the parameters that are to be kept.
    WithoutModel,
}

impl Reuse {
    /// The rule for what the engine and device of these names compute in this version.
    pub fn new(names: (&'static str, &'static str)) -> Self {
        Self { provenance: provenance(names), definitions: Definitions::default() }
    }

    /// The engine, device and numerics version.
    pub fn provenance(&self) -> Provenance {
        self.provenance
    }

    /// The definitions of all arms.
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The definition of arm `arm` of `plan`.
    pub fn definition(&self, plan: &Plan, arm: usize) -> Definition {
        self.definitions.of(plan, arm)
    }

    /// The first part in which `stored`, a trial of arm `arm`, was computed otherwise than it would be now.
    pub fn difference(&self, plan: &Plan, arm: usize, stored: &TrialRow) -> Option<Part> {
        self.provenance.difference(stored).or_else(|| self.definition(plan, arm).difference(stored))
    }

    /// The stored part of `trial` in `store`; where models are kept, its own is asked for.
    pub fn look_up(&self, store: &Store, plan: &Plan, trial: Trial, keeps_models: bool) -> Stored {
        let id = plan.trial_id(trial);
        let Some(stored) = store.trials().get(&id).filter(|stored| stored.status.is_result()) else {
            return Stored::Nothing;
        };
        match self.difference(plan, trial.arm, stored) {
            Some(part) => Stored::Otherwise(part),
            None if keeps_models && !store.dir().join(layout::model(&id)).is_file() => Stored::WithoutModel,
            None => Stored::Result,
        }
    }

    /// Counts the trials of `plan` that are stored and were computed otherwise, by the part in which they were.
    pub fn outdated(&self, store: &Store, plan: &Plan, into: &mut BTreeMap<Part, usize>) {
        for trial in plan.trials() {
            if let Stored::Otherwise(part) = self.look_up(store, plan, trial, false) {
                *into.entry(part).or_default() += 1;
            }
        }
    }
}
