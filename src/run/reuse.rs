//! Which stored trials stand for trials of a plan.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{backend::provenance, definition::Definitions, mixture::Computed, model};
use crate::{
    plan::{Plan, Trial},
    store::{Definition, Part, Provenance, Store, TrialRow, layout, read_regular},
};

/// The rule by which a stored trial stands for a planned one: it has a result, and was computed as it would be computed now.
#[derive(Debug)]
pub(super) struct Reuse {
    provenance: Provenance,
    computed: Computed,
    definitions: Definitions,
    /// The files of trained parameters that were looked at, by trial: the fault of each that has one.
    models: Mutex<BTreeMap<String, Option<String>>>,
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
        let provenance = provenance(names);
        let (computed, definitions, models) = (provenance.into(), Definitions::default(), Mutex::default());
        Self { provenance, computed, definitions, models }
    }

    /// The way of computing that it asks for.
    pub fn computed(&self) -> &Computed {
        &self.computed
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
    pub fn definition(&self, plan: &Plan, arm: usize) -> Arc<Definition> {
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
            None if keeps_models && !self.has_model(store, stored) => Stored::WithoutModel,
            None => Stored::Result,
        }
    }

    /// Whether the trained parameters of `trial` are there, and its own. A file is looked into once.
    fn has_model(&self, store: &Store, trial: &TrialRow) -> bool {
        let (id, path) = (&trial.trial_id, store.dir().join(layout::model(&trial.trial_id)));
        if !path.is_file() {
            return false;
        }
        let mut models = self.models();
        let fault = models.entry(id.clone()).or_insert_with(|| {
            let read = read_regular(&path).map_err(|error| format!("cannot be read: {error}"));
            read.and_then(|bytes| model::checked(&bytes, id, &trial.hash).map(|_| ())).err()
        });
        fault.is_none()
    }

    /// The file of the trained parameters of the trial `id` was just written.
    pub fn kept_model(&self, id: &str) {
        self.models().insert(id.to_owned(), None);
    }

    /// A line for each file of trained parameters that was looked into and has a fault.
    pub fn damaged_models(&self) -> Vec<String> {
        let line = |(id, fault): (&String, &Option<String>)| {
            let fault = fault.as_ref()?;
            Some(format!("`{}` {fault}: its trial is trained again", layout::model(id).display()))
        };
        self.models().iter().filter_map(line).collect()
    }

    fn models(&self) -> MutexGuard<'_, BTreeMap<String, Option<String>>> {
        self.models.lock().unwrap_or_else(PoisonError::into_inner)
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
