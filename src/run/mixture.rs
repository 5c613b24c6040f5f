//! The one way of computing whose trials are shown together: bits of different engines, devices or numerics versions are no replicates of
//! each other.

use std::{collections::BTreeMap, fmt};

use crate::store::{Manifest, Provenance, Store, TrialRow};

/// The engine, device and numerics version by which a stored trial was computed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Computed {
    engine: String,
    device: String,
    numerics: u32,
}

impl Computed {
    fn of(trial: &TrialRow) -> Self {
        let TrialRow { engine, device, numerics, .. } = trial;
        Self { engine: engine.clone(), device: device.clone(), numerics: *numerics }
    }

    /// The way of whose trials numbers are made: that of the last session which has any, by the manifest; without one that of the most
    /// trials. Nothing where nothing is stored.
    pub fn shown(store: &Store, manifest: Option<&Manifest>) -> Option<Self> {
        let mut counts: BTreeMap<Self, usize> = BTreeMap::new();
        for trial in store.trials().values() {
            // Most are of one way, and a clone of each would take longer than all else.
            match counts.iter_mut().find(|(way, _)| way.is_of(trial)) {
                Some((_, count)) => *count += 1,
                None => drop(counts.insert(Self::of(trial), 1)),
            }
        }
        let sessions = manifest.into_iter().flat_map(|manifest| manifest.sessions.iter().rev());
        let ways = sessions.map(|session| Self {
            engine: session.engine.clone(),
            device: session.device.clone(),
            numerics: session.numerics,
        });
        let last = ways.into_iter().find(|way| counts.contains_key(way));
        last.or_else(|| counts.into_iter().max_by_key(|(_, count)| *count).map(|(way, _)| way))
    }

    /// Whether `trial` was computed so.
    pub fn is_of(&self, trial: &TrialRow) -> bool {
        self.numerics == trial.numerics && self.engine == trial.engine && self.device == trial.device
    }
}

impl From<Provenance> for Computed {
    fn from(Provenance { engine, device, numerics }: Provenance) -> Self {
        Self { engine: engine.to_owned(), device: device.to_owned(), numerics }
    }
}

/// Such as `engine fused on cpu, numerics 5`.
impl fmt::Display for Computed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "engine {} on {}, numerics {}", self.engine, self.device, self.numerics)
    }
}
