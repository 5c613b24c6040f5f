//! The choice among stored trials of one id.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::{planned::Planned, source::LeftOut};
use crate::{
    run::{error::RunError, reuse::Reuse},
    store::{Fingerprint, SharedTrial, Store},
};

/// Of each trial the one to keep, whatever the order in which folders are read: a result before a failure, and of equal bits those that
/// took the least time.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    best: BTreeMap<String, Best>,
    /// Trials of other bits in one place than in another.
    pub(super) conflicts: Vec<(String, usize, usize)>,
    /// Trials that stand for nothing, with the reason and their place.
    refused: BTreeMap<(usize, String), BTreeSet<String>>,
}

#[derive(Debug)]
struct Best {
    place: usize,
    row: SharedTrial,
    print: Fingerprint,
    /// Every place with the same bits.
    same: BTreeSet<usize>,
}

impl Chosen {
    /// Looks at the trials of `store`; place 0 is the folder that takes them.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub(super) fn add(
        &mut self,
        place: usize,
        store: &Store,
        planned: &Planned,
        reuse: &Reuse,
    ) -> Result<(), RunError> {
        let mut refuse = |id: &str, reason: String| {
            self.refused.entry((place, reason)).or_default().insert(id.to_owned());
        };
        let mut accepted = BTreeSet::new();
        for (id, row) in store.trials() {
            match planned.difference(reuse, row) {
                Some(part) => refuse(id, format!("computed {part}")),
                None => {
                    accepted.insert(id.as_str());
                }
            }
        }
        for (id, print) in store.fingerprints(|id| accepted.contains(id))? {
            let row = &store.trials()[&id];
            if row.status.is_result() && !print.is_whole {
                refuse(&id, "whose rows are not all there".to_owned());
                continue;
            }
            let new = Best { place, row: row.clone(), print, same: BTreeSet::from([place]) };
            let Some(known) = self.best.get_mut(&id) else {
                self.best.insert(id, new);
                continue;
            };
            let both = known.row.status.is_result() && new.row.status.is_result();
            if both && known.print.hash != print.hash {
                self.conflicts.push((id, known.place, place));
            } else if both {
                known.same.insert(place);
                if compare(&new, known) == Ordering::Less {
                    (known.place, known.row) = (new.place, new.row);
                }
            } else if compare(&new, known) == Ordering::Less {
                *known = new;
            }
        }
        Ok(())
    }

    /// The trials to take over from `place`, with the number of rows of each.
    pub(super) fn of(&self, place: usize) -> impl Iterator<Item = (&str, usize)> {
        let best = self.best.iter().filter(move |(_, best)| best.place == place);
        best.map(|(id, best)| (id.as_str(), best.print.rows))
    }

    /// The trials of which `place` has the bits that are kept.
    pub(super) fn same_as(&self, place: usize) -> impl Iterator<Item = &str> {
        self.best.iter().filter(move |(_, best)| best.same.contains(&place)).map(|(id, _)| id.as_str())
    }

    /// The trials that are not taken over though no other stands for them, of the folders that `at` gives by their places.
    pub(super) fn left_out<'a>(&'a self, at: impl Fn(usize) -> &'a Store + 'a) -> impl Iterator<Item = LeftOut> + 'a {
        let of = move |((place, reason), ids): (&(usize, String), &BTreeSet<String>)| {
            let count = ids.iter().filter(|id| !self.best.contains_key(*id)).count();
            let left_out = LeftOut::Trials { dir: at(*place).dir().to_owned(), count, reason: reason.clone() };
            // What the folder itself has stays as it is.
            (count > 0 && *place > 0).then_some(left_out)
        };
        self.refused.iter().filter_map(of)
    }
}

/// Which of two to keep.
fn compare(one: &Best, other: &Best) -> Ordering {
    let failed = |best: &Best| !best.row.status.is_result();
    let by_bits = |best: &Best| (failed(best), best.print.hash);
    by_bits(one)
        .cmp(&by_bits(other))
        .then(one.row.train_seconds.total_cmp(&other.row.train_seconds))
        .then_with(|| one.row.build.cmp(&other.row.build))
}
