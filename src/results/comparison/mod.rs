//! Comparison of a run with a baseline: bits trial by trial, results arm by arm.
//!
//! Trials of the same id are the same training, so that their hash chains, link by link, say exactly whether the numerics changed and
//! where. Where bits differ, or settings, only statistics can tell whether it matters: of every arm the replicates of both runs are
//! compared, with one correction for all arms and metrics.

mod arms;
mod document;
mod effect;
mod junit;
mod pairs;
mod settings;
mod side;
mod tables;
mod trials;

#[cfg(test)]
mod tests;

pub use self::{
    arms::{ComparedArm, Standing},
    document::{SCHEMA, document},
    effect::{Change, Effect},
    junit::junit,
    settings::ChangedSetting,
    side::{Definition, Side},
    tables::{arms_table, settings_table, trials_table},
    trials::{Bits, ComparedTrial},
};

use arms::compare_arms;
use effect::least_p_of_numbers;
use pairs::Pairs;
use settings::changed_settings;
use trials::compare_trials;

/// How strictly changes are judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strictness {
    /// The smallest change that counts: of a share of solved trials as it is, of other metrics relative to the baseline's median.
    pub threshold: f64,
    /// The probability of calling anything changed by chance, over all arms and metrics together.
    pub alpha: f64,
    /// Whether other bits pass, so that only what regressed fails.
    pub accept_numerics: bool,
}

impl Default for Strictness {
    fn default() -> Self {
        Self { threshold: 0.05, alpha: 0.05, accept_numerics: false }
    }
}

/// A run held against its baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The name of the baseline.
    pub baseline: String,
    /// The name of the run.
    pub run: String,
    /// The names of the suites, of the baseline and of the run.
    pub suites: [String; 2],
    /// The builds that trained the trials of both, of the baseline and of the run, each once; without those that are not known.
    pub builds: [Vec<String>; 2],
    /// The strictness that it was judged by.
    pub strictness: Strictness,
    /// The arms that both have, in the order of the run.
    pub arms: Vec<ComparedArm>,
    /// The trials of both, arms in the order of the run, then what the baseline has alone.
    pub trials: Vec<ComparedTrial>,
    /// The settings in which arms of the same label differ.
    pub settings: Vec<ChangedSetting>,
    /// The labels of the arms that only the baseline has.
    pub gone: Vec<String>,
    /// The labels of the arms that only the run has.
    pub added: Vec<String>,
}

/// The verdict on a run that was held against its baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing changed that fails.
    Passed,
    /// The numerics changed, where that does not pass, or an arm regressed.
    Failed,
    /// Something of the baseline has nothing that it can be compared with, or too few replicates to be judged by.
    Incomplete,
}

impl Verdict {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Compares `run` with `baseline`.
pub fn compare(baseline: &Side, run: &Side, strictness: Strictness) -> Comparison {
    let pairs = Pairs::new(baseline, run);
    let trials = compare_trials(baseline, run, &pairs);
    let labels = |side: &Side, arms: &[usize]| -> Vec<String> {
        arms.iter().map(|arm| side.results.arms[*arm].arm.label.clone()).collect()
    };
    Comparison {
        baseline: baseline.name.clone(),
        run: run.name.clone(),
        suites: [baseline, run].map(|side| side.results.suite.clone()),
        builds: [baseline, run].map(Side::builds),
        strictness,
        arms: compare_arms(baseline, run, &pairs, &trials, strictness),
        settings: changed_settings(baseline, run, &pairs),
        gone: labels(baseline, &pairs.gone),
        added: labels(run, &pairs.added),
        trials,
    }
}

impl Comparison {
    /// The number of trials whose bits are as `is`.
    pub fn count(&self, is: impl Fn(&Bits) -> bool) -> usize {
        self.trials.iter().filter(|trial| is(&trial.bits)).count()
    }

    /// The number of trials with the same bits.
    pub fn identical(&self) -> usize {
        self.count(|bits| *bits == Bits::Same)
    }

    /// The number of trials with other bits.
    pub fn changed(&self) -> usize {
        self.count(Bits::is_changed)
    }

    /// The number of trials of the baseline that the run lacks.
    pub fn missing(&self) -> usize {
        self.count(|bits| *bits == Bits::Missing)
    }

    /// The number of trials that only the run has.
    pub fn new_trials(&self) -> usize {
        self.count(|bits| *bits == Bits::New)
    }

    /// The number of trials whose bits cannot be compared, or that failed.
    pub fn incomparable(&self) -> usize {
        self.count(|bits| matches!(bits, Bits::Incomparable(_)))
    }

    /// The verdict on the run as a whole.
    pub fn verdict(&self) -> Verdict {
        let any = |standing: Standing| self.standing(standing).next().is_some();
        let lacking = self.arms.iter().any(|arm| !arm.same_settings && arm.lacking > 0);
        if any(Standing::Regressed) || (self.changed() > 0 && !self.strictness.accept_numerics) {
            Verdict::Failed
        } else if self.arms.is_empty()
            || self.missing() + self.incomparable() > 0
            || !self.gone.is_empty()
            || lacking
            || any(Standing::Undecided)
            || any(Standing::NotCompared)
        {
            Verdict::Incomplete
        } else {
            Verdict::Passed
        }
    }

    /// The least replicates with which a metric that is no share could have been told from chance in so many arms; none where that would
    /// take more than 1000.
    pub fn replicates_that_decide(&self) -> Option<usize> {
        let tests = self.arms.iter().map(|arm| arm.effects.len()).sum::<usize>() as f64;
        (2..=1000)
            .find(|replicates| least_p_of_numbers(*replicates).is_some_and(|p| p * tests <= self.strictness.alpha))
    }

    /// The arms that stand as `standing`.
    pub fn standing(&self, standing: Standing) -> impl Iterator<Item = &ComparedArm> {
        self.arms.iter().filter(move |arm| arm.standing == standing)
    }
}
