//! From the stored trials of a search to those that it asks for next.

use super::stores::Stores;
use crate::{
    plan::{Along, Plan, Trial},
    stats::{Ending, Search, Searching},
    store::TrialRow,
};

/// The searches of all arms of a suite with `reach`, as far as the stored trials lead them.
#[derive(Clone, Debug)]
pub struct Searches {
    /// By searched arm of the plan; none where its candidate is not chosen yet.
    pub arms: Vec<Option<ArmSearch>>,
}

/// The search of one arm.
#[derive(Clone, Debug)]
pub struct ArmSearch {
    /// How far it is.
    pub so_far: Searching,
    /// Why it is over, if it is.
    pub ending: Option<Ending>,
    /// The trials whose outcomes led here, of the chosen plan, in the order in which they were asked for.
    pub done: Vec<Trial>,
    /// The trials of the batch that is not yet complete, those among them that are stored too.
    pub batch: Vec<Trial>,
    /// How many trials of both are stored.
    pub stored: usize,
}

impl Searches {
    /// Follows the search of each arm through the stored trials that `counts` accepts, with the plan of the chosen candidates.
    ///
    /// Nothing else has an influence: trial n of an arm is at the value that the rule gives for the outcomes of the trials before its
    /// batch, whoever computed them and when.
    pub fn new(
        plan: &Plan,
        along: &Along,
        stores: Option<Stores<'_>>,
        counts: impl Fn(&Plan, Trial, &TrialRow) -> bool,
    ) -> Self {
        let search = along.search();
        let solved = |trial: Trial| {
            let accepts = |row: &TrialRow| row.status.is_result() && counts(plan, trial, row);
            stores?.find(&plan.trial_id(trial), accepts).map(|(_, row)| row.solved == Some(true))
        };
        let of = |arm: usize| {
            let decided = plan.is_decided(plan.searched_arm(arm, 0));
            decided.then(|| {
                follow(
                    &search,
                    along,
                    |value, replicate| Trial { arm: plan.searched_arm(arm, value), replicate },
                    &solved,
                )
            })
        };
        Self { arms: (0..plan.searched_arms()).map(of).collect() }
    }

    /// All trials that were or are asked for, of the chosen plan.
    pub fn trials(&self) -> Vec<Trial> {
        let arms = self.arms.iter().flatten();
        arms.flat_map(|arm| arm.done.iter().chain(&arm.batch)).copied().collect()
    }

    /// How many searches are over.
    pub fn ended(&self) -> usize {
        self.arms.iter().flatten().filter(|arm| arm.ending.is_some()).count()
    }
}

/// One search, as far as outcomes are known.
fn follow(
    search: &Search,
    along: &Along,
    trial: impl Fn(usize, u32) -> Trial,
    solved: &impl Fn(Trial) -> Option<bool>,
) -> ArmSearch {
    let mut arm = ArmSearch { so_far: search.begin(), ending: None, done: vec![], batch: vec![], stored: 0 };
    loop {
        let places = search.next(&arm.so_far);
        if places.is_empty() {
            arm.ending = search.ending(&arm.so_far);
            return arm;
        }
        // Every trial has a seed of its own, so that outcomes at different values are independent.
        let replicates = arm.done.len() as u32..;
        let value = |place: usize| along.values.partition_point(|&value| value < search.lengths()[place]);
        let batch: Vec<Trial> =
            places.iter().zip(replicates).map(|(&place, replicate)| trial(value(place), replicate)).collect();
        let outcomes: Vec<Option<bool>> = batch.iter().map(|&trial| solved(trial)).collect();
        arm.stored += outcomes.iter().flatten().count();
        let Some(outcomes) = outcomes.into_iter().collect::<Option<Vec<bool>>>() else {
            arm.batch = batch;
            return arm;
        };
        search.observe(&mut arm.so_far, &places, &outcomes);
        arm.done.extend(batch);
    }
}
