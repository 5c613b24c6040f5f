//! Arms of both runs, and whether one got better or worse.

use std::collections::BTreeSet;

use super::Strictness;
use super::effect::{Change, Effect, effects};
use super::pairs::{Pair, Pairs};
use super::side::Side;
use super::trials::{Bits, ComparedTrial, circumstances};
use crate::results::table::{ArmResults, TrialResults};
use crate::stats::{NonFinite, median};

/// How an arm stands against its baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A metric is worse by more than the threshold, and more than chance explains.
    Regressed,
    /// A metric is better so, and none worse.
    Improved,
    /// The baseline or the run has no results of it, or they come of other engines or numerics.
    NotCompared,
    /// A metric differs by more than the threshold, and so few replicates can show nothing, whatever they are.
    Undecided,
    /// Results differ no more than chance explains, or by less than the threshold.
    WithinNoise,
    /// Every trial that both have is the same bit for bit.
    NoChange,
}

impl Standing {
    /// Every standing, worst first.
    pub const ALL: [Self; 6] =
        [Self::Regressed, Self::Improved, Self::NotCompared, Self::Undecided, Self::WithinNoise, Self::NoChange];

    /// The name in tables, such as `within noise`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Improved => "improved",
            Self::NotCompared => "not compared",
            Self::Undecided => "too few replicates",
            Self::WithinNoise => "within noise",
            Self::NoChange => "no change",
        }
    }
}

/// An arm of both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedArm {
    /// The label in the run.
    pub label: String,
    /// Whether all its settings are the same.
    pub same_settings: bool,
    /// How it stands.
    pub standing: Standing,
    /// Why it is not compared, where that is how it stands.
    pub reason: Option<String>,
    /// The number of replicates of the baseline that the run has no result of.
    pub lacking: usize,
    /// The metrics that both have, with what became of them.
    pub effects: Vec<Effect>,
    /// The medians of updates per second, before and now: information, no verdict.
    pub updates_per_second: [Option<f64>; 2],
}

impl ComparedArm {
    /// How it stands, with the metrics that decide, in a sentence.
    pub fn sentence(&self) -> String {
        let decides = |effect: &&Effect| match self.standing {
            Standing::Regressed => effect.change == Change::Worse,
            _ => effect.change == Change::Better,
        };
        let effects: Vec<String> = self.effects.iter().filter(decides).map(Effect::sentence).collect();
        format!(
            "{}: {}{}{}",
            self.standing.name(),
            self.label,
            self.reason.as_ref().map_or_else(String::new, |reason| format!("; {reason}")),
            effects.iter().map(|effect| format!("; {effect}")).collect::<String>()
        )
    }
}

/// The arms of both runs, judged together.
pub(super) fn compare_arms(
    baseline: &Side,
    run: &Side,
    pairs: &Pairs,
    trials: &[ComparedTrial],
    strictness: Strictness,
) -> Vec<ComparedArm> {
    let of = |pair: &Pair| (&baseline.results.arms[pair.baseline], &run.results.arms[pair.run]);
    let is_same = |pair: &Pair| {
        let label = &run.results.arms[pair.run].arm.label;
        let mut common = trials.iter().filter(|trial| trial.arm == *label).map(|trial| &trial.bits);
        let known = |bits: &&Bits| !matches!(bits, Bits::Missing | Bits::New);
        pair.same_settings
            && common.clone().any(|bits| *bits == Bits::Same)
            && common.by_ref().filter(known).all(|bits| *bits == Bits::Same)
    };
    let same: Vec<bool> = pairs.both.iter().map(is_same).collect();
    let reasons: Vec<Option<String>> = pairs.both.iter().map(|pair| not_compared(of(pair))).collect();
    let is_open = |at: usize| !same[at] && reasons[at].is_none();
    let open: Vec<(&ArmResults, &ArmResults)> =
        pairs.both.iter().enumerate().filter(|(at, _)| is_open(*at)).map(|(_, pair)| of(pair)).collect();
    let mut judged = effects(&open, strictness).into_iter();
    let compared = pairs.both.iter().enumerate().map(|(at, pair)| {
        let (before, after) = of(pair);
        let effects = if is_open(at) { judged.next().unwrap_or_default() } else { vec![] };
        let any = |change: Change| effects.iter().any(|effect| effect.change == change);
        // A metric that cannot decide must not hide behind one that can.
        let open = |effect: &Effect| effect.corrected_p.is_none() && effect.beyond;
        let reason = if same[at] { None } else { reasons[at].clone() };
        let standing = match same[at] {
            true => Standing::NoChange,
            _ if reason.is_some() => Standing::NotCompared,
            _ if any(Change::Worse) => Standing::Regressed,
            _ if any(Change::Better) => Standing::Improved,
            _ if effects.is_empty() || effects.iter().any(open) => Standing::Undecided,
            _ => Standing::WithinNoise,
        };
        let replicates = |arm: &ArmResults| arm.results().map(|trial| trial.trial.replicate).collect::<BTreeSet<u32>>();
        ComparedArm {
            label: after.arm.label.clone(),
            same_settings: pair.same_settings,
            standing,
            reason,
            lacking: replicates(before).difference(&replicates(after)).count(),
            effects,
            updates_per_second: [updates_per_second(before), updates_per_second(after)],
        }
    });
    compared.collect()
}

/// Why the results of an arm are not compared, if they are not.
fn not_compared((before, after): (&ArmResults, &ArmResults)) -> Option<String> {
    let [one, two] = [before, after].map(|arm| arm.results().map(circumstances).collect::<BTreeSet<String>>());
    let list = |of: BTreeSet<String>| of.into_iter().collect::<Vec<String>>().join(" and ");
    match (one.is_empty(), two.is_empty()) {
        (true, _) => Some("the baseline has no results of it".to_owned()),
        (_, true) => Some("the run has no results of it".to_owned()),
        _ if one == two => None,
        _ => Some(format!("{} before, {} now", list(one), list(two))),
    }
}

/// The median over trials of updates per second of training.
fn updates_per_second(arm: &ArmResults) -> Option<f64> {
    let rate = |trial: &TrialResults| trial.trial.updates as f64 / trial.trial.train_seconds;
    let rates: Vec<f64> = arm.results().map(rate).filter(|rate| rate.is_finite() && *rate > 0.0).collect();
    median(&rates, NonFinite::Lowest)
}
