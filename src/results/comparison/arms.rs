//! Arms of both runs, and whether one got better or worse.

use super::Strictness;
use super::effect::{Change, Effect, effects};
use super::pairs::{Pair, Pairs};
use super::side::Side;
use super::trials::{Bits, ComparedTrial};
use crate::results::table::{ArmResults, TrialResults};
use crate::stats::{NonFinite, median};

/// How an arm stands against its baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A metric is worse by more than the threshold, and more than chance explains.
    Regressed,
    /// A metric is better so, and none worse.
    Improved,
    /// So few replicates can show nothing, whatever they are.
    Undecided,
    /// Results differ no more than chance explains, or by less than the threshold.
    WithinNoise,
    /// Every trial that both have is the same bit for bit.
    NoChange,
}

impl Standing {
    /// Every standing, worst first.
    pub const ALL: [Self; 5] = [Self::Regressed, Self::Improved, Self::Undecided, Self::WithinNoise, Self::NoChange];

    /// The name in tables, such as `within noise`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Improved => "improved",
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
            "{}: {}{}",
            self.standing.name(),
            self.label,
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
    let open: Vec<(&ArmResults, &ArmResults)> =
        pairs.both.iter().zip(&same).filter(|(_, same)| !**same).map(|(pair, _)| of(pair)).collect();
    let mut judged = effects(&open, strictness).into_iter();
    let compared = pairs.both.iter().zip(same).map(|(pair, same)| {
        let (before, after) = of(pair);
        let effects = if same { vec![] } else { judged.next().unwrap_or_default() };
        let any = |change: Change| effects.iter().any(|effect| effect.change == change);
        let standing = match same {
            true => Standing::NoChange,
            _ if any(Change::Worse) => Standing::Regressed,
            _ if any(Change::Better) => Standing::Improved,
            _ if effects.iter().all(|effect| effect.corrected_p.is_none()) => Standing::Undecided,
            _ => Standing::WithinNoise,
        };
        ComparedArm {
            label: after.arm.label.clone(),
            same_settings: pair.same_settings,
            standing,
            effects,
            updates_per_second: [updates_per_second(before), updates_per_second(after)],
        }
    });
    compared.collect()
}

/// The median over trials of updates per second of training.
fn updates_per_second(arm: &ArmResults) -> Option<f64> {
    let rate = |trial: &TrialResults| trial.trial.updates as f64 / trial.trial.train_seconds;
    let rates: Vec<f64> = arm.results().map(rate).filter(|rate| rate.is_finite() && *rate > 0.0).collect();
    median(&rates, NonFinite::Lowest)
}
