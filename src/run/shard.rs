//! One part of a run that several processes train side by side.

use std::{collections::BTreeSet, fmt, path::PathBuf, str::FromStr};

use super::Stages;
use crate::{
    plan::{Plan, Trial},
    store::layout,
};

/// Part `index` of `count` of a run, from 1, with a folder of its own in that of the run.
///
/// A trial belongs to the part that the hash in its id says, so that no part needs to know of the others. Of a suite with `reach` whole
/// arms are dealt out in turn, in the order of their hashes: what a search tries next depends on its own trials alone, and waits for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    index: u32,
    count: u32,
}

/// Text that names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give the number of this part, from 1, and of all parts, such as 2/4")]
pub struct NotAShard;

impl Shard {
    /// Part `index` of `count`; none where there is no such part.
    pub fn new(index: u32, count: u32) -> Option<Self> {
        (1..=count).contains(&index).then_some(Self { index, count })
    }

    /// The number of this part, from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The number of all parts.
    pub fn count(self) -> u32 {
        self.count
    }

    /// The folder of this part within that of the run.
    pub fn folder(self) -> PathBuf {
        layout::shard(self.index, self.count)
    }

    /// Whether the trial of this id belongs to this part where trials are dealt out one by one.
    pub fn has(self, trial_id: &str) -> bool {
        // The digits of an id are those of a hash.
        let digits = trial_id.get(1..).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        digits.unwrap_or_default() % u64::from(self.count) == u64::from(self.index - 1)
    }

    /// The searched arms of `plan`, all candidates of a suite with `reach`, that belong to this part.
    fn searched_arms(self, plan: &Plan) -> BTreeSet<usize> {
        let arms = plan.searched_arms();
        let of_each = plan.arms() / arms.max(1);
        let id = |arm: usize| plan.trial_id(Trial { arm: arm * of_each, replicate: 0 });
        let mut by_hash: Vec<(String, usize)> = (0..arms).map(|arm| (id(arm), arm)).collect();
        by_hash.sort();
        by_hash.into_iter().skip(self.index as usize - 1).step_by(self.count as usize).map(|(_, arm)| arm).collect()
    }
}

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        let (index, count) = text.split_once('/').ok_or(NotAShard)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| NotAShard);
        Self::new(number(index)?, number(count)?).ok_or(NotAShard)
    }
}

/// As `2/4`.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// The trials of a run that one process is to train.
#[derive(Clone, Debug)]
pub(super) enum Share {
    /// All of them.
    All,
    /// The trials whose ids belong to a part.
    Hashed(Shard),
    /// The trials of these ids: those of whole arms that are known so far.
    Listed(BTreeSet<String>),
}

impl Share {
    /// The share of `shard` in a run of `plan`, all candidates of a suite, which is in these stages.
    pub fn new(shard: Option<Shard>, plan: &Plan, stages: &Stages) -> Self {
        let Some(shard) = shard else { return Self::All };
        let (Some(searches), Some(searched)) = (&stages.searches, &stages.searched) else { return Self::Hashed(shard) };
        let own = shard.searched_arms(plan);
        let arms =
            searches.arms.iter().enumerate().filter(|(arm, _)| own.contains(arm)).filter_map(|(_, arm)| arm.as_ref());
        let asked = arms.flat_map(|arm| arm.done.iter().chain(&arm.batch)).map(|trial| searched.trial_id(*trial));
        let of_tuning = stages.tuning.iter().flat_map(|tuning| {
            let of_each = tuning.arms() / plan.searched_arms().max(1);
            let trials = tuning.trials().filter(|trial| own.contains(&(trial.arm / of_each.max(1))));
            trials.map(|trial| tuning.trial_id(trial)).collect::<Vec<_>>()
        });
        Self::Listed(asked.chain(of_tuning).collect())
    }

    /// Whether the trial of this id is one of them.
    pub fn has(&self, trial_id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Hashed(shard) => shard.has(trial_id),
            Self::Listed(ids) => ids.contains(trial_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_as_its_number_and_that_of_all() {
        for (index, count) in [(1, 1), (2, 4), (4, 4), (7, 1000)] {
            let shard: Shard = format!("{index}/{count}").parse().unwrap();
            assert_eq!((shard.index(), shard.count(), shard.to_string()), (index, count, format!("{index}/{count}")));
        }
        for wrong in
            ["", "2", "/", "0/4", "5/4", "0/0", "1/0", "-1/4", "a/b", "1/4/2", " 1/4", "1.5/4", "1/99999999999"]
        {
            assert_eq!(wrong.parse::<Shard>(), Err(NotAShard), "{wrong}");
        }
    }

    /// Whatever the number of parts, each id belongs to one.
    #[test]
    fn every_trial_belongs_to_one_part() {
        let ids: Vec<String> =
            (0..1000).map(|n| format!("t{}", &blake3::hash(&[n as u8, (n >> 8) as u8]).to_hex()[..15])).collect();
        for count in 1..=7 {
            let parts: Vec<Shard> = (1..=count).map(|index| Shard::new(index, count).unwrap()).collect();
            let sizes: Vec<usize> = parts.iter().map(|part| ids.iter().filter(|id| part.has(id)).count()).collect();
            assert_eq!(sizes.iter().sum::<usize>(), ids.len());
            // Four standard deviations at most from an even share.
            let even = 1000.0 / f64::from(count);
            assert!(sizes.iter().all(|&size| (size as f64 - even).abs() <= 4.0 * even.sqrt()), "{sizes:?}");
            let owners = |id: &String| parts.iter().filter(|part| part.has(id)).count();
            assert!(ids.iter().all(|id| owners(id) == 1));
        }
    }
}
