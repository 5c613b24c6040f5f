//! The ids of a plan's trials, computed once: a run asks for each of them some twenty times.

use std::sync::{Arc, OnceLock};

/// Characters of an id.
pub(super) const LENGTH: usize = 16;

/// The most trials whose ids are kept, in 4 MB: of more, whoever asks for one would wait for all.
const MOST: usize = 1 << 18;

/// The ids of the trials of a plan, by arm, then replicate. A plan of other arms or replicates has others.
#[derive(Clone, Debug, Default)]
pub(super) struct TrialIds(Arc<OnceLock<Vec<[u8; LENGTH]>>>);

impl TrialIds {
    /// The id at `place` of so many, which `id` computes of a place; nothing where they are too many to be kept.
    pub fn at(&self, place: usize, count: usize, id: impl Fn(usize) -> [u8; LENGTH]) -> Option<[u8; LENGTH]> {
        (place < count && count <= MOST).then(|| self.0.get_or_init(|| (0..count).map(id).collect())[place])
    }
}

/// The arms of a plan with their replicates: equal for plans that have them in common, other for any two that were made apart.
#[derive(Clone, Debug)]
pub struct PlanArms(pub(super) TrialIds);

impl PartialEq for PlanArms {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.0, &other.0.0)
    }
}
