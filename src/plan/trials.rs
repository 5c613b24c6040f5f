//! The plan: every arm of a suite, and the trials they consist of.

use std::sync::Arc;

use super::{naming::Naming, planned::Planned, version::Versions};
use crate::results::claim::Claim;
use crate::suite::{MAX_REPLICATES, Section, TuneSpec};

/// The numbers of replicates on which candidates are tried begin here, beyond those that a suite may report: no trial that
/// chose a setting shares a seed with one that is reported.
pub const TUNING_REPLICATES: u32 = MAX_REPLICATES;

/// Which trials of a suite with `tune` a plan has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrialSet {
    /// The trials of every candidate, on the replicates that are reported.
    Every,
    /// The trials of every candidate, on replicates of their own.
    Tuning,
    /// The trials of the chosen candidates.
    Chosen,
}

/// All trials of a suite.
///
/// Of a suite with `tune`, [`Plan::new`] has an arm for every candidate. [`Plan::tuning`] has the trials by which they are
/// judged, and [`Plan::chosen`] those that are reported.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) seed: u64,
    pub(super) replicates: u32,
    pub(super) stage: TrialSet,
    pub(super) tune: Option<TuneSpec>,
    /// Arms that differ in tuned settings only; they follow each other.
    pub(super) candidates: usize,
    /// For each arm whether its candidate is chosen; empty where all are.
    pub(super) decided: Vec<bool>,
    pub(super) naming: Arc<Naming>,
    pub(super) versions: Versions,
    pub(super) arms: Vec<Planned>,
    /// The claims whose arms are all in the plan; of a suite with `tune` all candidates are one arm to them.
    pub(super) claims: Vec<Claim>,
    /// Doubts that do not stop a run.
    pub warnings: Vec<String>,
}

/// One trial of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Index of its arm.
    pub arm: usize,
    /// Number of its independent seed.
    pub replicate: u32,
}

impl Plan {
    /// Number of arms.
    pub fn arms(&self) -> usize {
        self.arms.len()
    }

    /// The suite's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Independent seeds per arm.
    pub fn replicates(&self) -> u32 {
        self.replicates
    }

    /// Number of trials.
    pub fn len(&self) -> usize {
        self.arms.len() * self.replicates as usize
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.arms.is_empty()
    }

    /// All trials: by replicate, then arm, so that an early end leaves every arm its first replicates. An arm whose candidate
    /// is not chosen yet has none.
    pub fn trials(&self) -> impl Iterator<Item = Trial> + '_ {
        let first = if self.stage == TrialSet::Tuning { TUNING_REPLICATES } else { 0 };
        let arms = || (0..self.arms.len()).filter(|&arm| self.is_decided(arm));
        (first..first + self.replicates).flat_map(move |replicate| arms().map(move |arm| Trial { arm, replicate }))
    }

    /// The claims of the suite with the arms that they are about, by their place in the plan of what is reported. Those about arms
    /// that `--only` leaves out are not among them.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// How the candidates are judged, in a suite with `tune`.
    pub fn tune(&self) -> Option<&TuneSpec> {
        self.tune.as_ref()
    }

    /// How many candidates each arm has; 1 without tuning. In all but a chosen plan they are arms that follow each other.
    pub fn candidates(&self) -> usize {
        self.candidates
    }

    /// The trials of every candidate by which they are judged, of a suite with `tune`.
    pub fn tuning(&self) -> Option<Self> {
        let tune = self.tune.as_ref()?;
        Some(Self { stage: TrialSet::Tuning, replicates: tune.replicates, ..self.clone() })
    }

    /// The trials to report, where arm k takes candidate `chosen[k]`; one whose candidate is not known yet keeps its place
    /// and has no trials. Without tuning it is the plan itself.
    pub fn chosen(&self, chosen: &[Option<usize>]) -> Self {
        if self.tune.is_none() {
            return self.clone();
        }
        let arms = self.arms.chunks(self.candidates).zip(chosen);
        Self {
            stage: TrialSet::Chosen,
            arms: arms.map(|(candidates, chosen)| candidates[chosen.unwrap_or(0)]).collect(),
            decided: chosen.iter().map(Option::is_some).collect(),
            ..self.clone()
        }
    }

    /// Whether it is known which settings arm `arm` has.
    pub fn is_decided(&self, arm: usize) -> bool {
        self.decided.get(arm).copied().unwrap_or(true)
    }

    /// `t` and 15 hexadecimal digits that identify the trial: a hash of the seed, the replicate and every setting that differs from
    /// its default, never of order, file or time.
    pub fn trial_id(&self, trial: Trial) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("longlag 2026 trial");
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(&trial.replicate.to_le_bytes());
        let key = &self.arms[trial.arm].key;
        // By name, and only where a section differs from its default: neither the order of the sections nor a new one changes
        // the id of a trial that has nothing to do with it.
        let mut sections = Section::ALL;
        sections.sort_unstable_by_key(|section| section.name());
        for section in sections {
            let version = self.versions.get(section, key);
            if !version.is_default {
                hasher.update(section.name().as_bytes());
                hasher.update(&version.digest);
            }
        }
        // Digits alone may read as a number, such as 13164788724226e1, in spreadsheets and data frames.
        format!("t{}", &hasher.finalize().to_hex()[..15])
    }
}
