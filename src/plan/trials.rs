//! The plan: every arm of a suite, and the trials they consist of.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    naming::Naming,
    planned::Planned,
    searched::Along,
    trial_ids::{LENGTH, PlanArms, TrialIds},
    version::Versions,
};
use crate::component::task::KnownData;
use crate::data::Fault;
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
    /// The trials that a search asked for.
    Searched,
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
    /// The search, in a suite with `reach`. Each value that it may try is an arm, and those of one searched arm follow each other.
    pub(super) along: Option<Arc<Along>>,
    /// Arms that differ in tuned settings only; they follow each other.
    pub(super) candidates: usize,
    /// For each arm whether its candidate is chosen; empty where all are.
    pub(super) decided: Vec<bool>,
    /// The trials of a search, in their order.
    pub(super) listed: Vec<Trial>,
    pub(super) naming: Arc<Naming>,
    pub(super) versions: Versions,
    pub(super) arms: Vec<Planned>,
    pub(super) ids: TrialIds,
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

    /// The arms, told from those of any other plan.
    pub fn same_arms(&self) -> PlanArms {
        PlanArms(self.ids.clone())
    }

    /// The suite's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Independent seeds per arm; of a search, the most that one arm has.
    pub fn replicates(&self) -> u32 {
        self.replicates
    }

    /// Number of trials.
    pub fn len(&self) -> usize {
        if self.stage == TrialSet::Searched { self.listed.len() } else { self.arms.len() * self.replicates as usize }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.arms.is_empty()
    }

    /// All trials: by replicate, then arm, so that an early end leaves every arm its first replicates. An arm whose candidate
    /// is not chosen yet has none.
    pub fn trials(&self) -> impl Iterator<Item = Trial> + '_ {
        let first = self.first_replicate();
        let replicates = if self.stage == TrialSet::Searched { 0 } else { self.replicates };
        let arms = || (0..self.arms.len()).filter(|&arm| self.is_decided(arm));
        let every =
            (first..first + replicates).flat_map(move |replicate| arms().map(move |arm| Trial { arm, replicate }));
        self.listed.iter().copied().chain(every)
    }

    /// The number of trials of arm `arm`.
    pub fn trials_of(&self, arm: usize) -> u32 {
        match self.stage {
            TrialSet::Searched => self.listed.iter().filter(|trial| trial.arm == arm).count() as u32,
            _ => self.replicates,
        }
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
        let mut tuning =
            Self { stage: TrialSet::Tuning, replicates: tune.replicates, ids: TrialIds::default(), ..self.clone() };
        if let Some(along) = &self.along {
            let at = |number: usize| along.tuned_at.contains(&(number / self.candidates % along.values.len()));
            let kept = self.arms.iter().enumerate().filter(|(number, _)| at(*number));
            tuning.arms = kept.map(|(_, arm)| *arm).collect();
        }
        Some(tuning)
    }

    /// The arms of a tuning's plan with which candidate `candidate` of arm `arm` is tried: one, or of a search one for each value at which
    /// it tunes.
    pub fn tried(&self, arm: usize, candidate: usize) -> impl Iterator<Item = usize> + use<> {
        let (values, candidates) = (self.along.as_ref().map_or(1, |along| along.tuned_at.len()), self.candidates);
        (0..values).map(move |value| (arm * values + value) * candidates + candidate)
    }

    /// The trials to report, where arm k takes candidate `chosen[k]`; one whose candidate is not known yet keeps its place
    /// and has no trials. Without tuning it is the plan itself.
    pub fn chosen(&self, chosen: &[Option<usize>]) -> Self {
        if self.tune.is_none() {
            return self.clone();
        }
        // What is chosen for a searched arm holds at each value.
        let values = self.along.as_ref().map_or(1, |along| along.values.len());
        let chosen: Vec<Option<usize>> = chosen.iter().flat_map(|&chosen| vec![chosen; values]).collect();
        let arms = self.arms.chunks(self.candidates).zip(&chosen);
        Self {
            stage: TrialSet::Chosen,
            arms: arms.map(|(candidates, chosen)| candidates[chosen.unwrap_or(0)]).collect(),
            decided: chosen.iter().map(Option::is_some).collect(),
            ids: TrialIds::default(),
            ..self.clone()
        }
    }

    /// The search of a suite with `reach`.
    pub fn along(&self) -> Option<&Along> {
        self.along.as_deref()
    }

    /// The number of arms of which each is searched as a whole; all arms without a search, each by its candidates.
    pub fn searched_arms(&self) -> usize {
        let candidates = if matches!(self.stage, TrialSet::Chosen) { 1 } else { self.candidates };
        self.arms.len() / (candidates * self.along.as_ref().map_or(1, |along| along.values.len()))
    }

    /// The arm of the chosen plan with which arm `searched` tries place `value` among [`Along::values`].
    pub fn searched_arm(&self, searched: usize, value: usize) -> usize {
        searched * self.along.as_ref().map_or(1, |along| along.values.len()) + value
    }

    /// How many arms these are, where those of a search that differ in the value searched along alone are one.
    pub fn count_searched(&self, arms: &[usize]) -> usize {
        let Some(along) = &self.along else { return arms.len() };
        let of = |&arm: &usize| along.searched_as(&self.arms[arm], self.candidates);
        arms.iter().map(of).collect::<BTreeSet<_>>().len()
    }

    /// Of a chosen plan the arms that `trials` are of, and these trials: by replicate, then arm.
    pub fn listed(&self, trials: &[Trial]) -> Self {
        let mut of: Vec<usize> = trials.iter().map(|trial| trial.arm).collect();
        of.sort_unstable();
        of.dedup();
        let place = |arm: usize| of.partition_point(|&other| other < arm);
        let mut listed: Vec<Trial> = trials.iter().map(|trial| Trial { arm: place(trial.arm), ..*trial }).collect();
        listed.sort_unstable_by_key(|trial| (trial.replicate, trial.arm));
        let counts = listed.iter().fold(vec![0; of.len()], |mut counts: Vec<u32>, trial| {
            counts[trial.arm] += 1;
            counts
        });
        Self {
            stage: TrialSet::Searched,
            replicates: counts.into_iter().max().unwrap_or(0),
            arms: of.iter().map(|&arm| self.arms[arm]).collect(),
            decided: vec![],
            listed,
            ids: TrialIds::default(),
            ..self.clone()
        }
    }

    /// Whether it is known which settings arm `arm` has.
    pub fn is_decided(&self, arm: usize) -> bool {
        self.decided.get(arm).copied().unwrap_or(true)
    }

    /// The facts about the data sets of its tasks.
    pub fn known_data(&self) -> Vec<KnownData> {
        self.versions.known_data()
    }

    /// Reads the files of its tasks, where that was not done.
    ///
    /// # Errors
    ///
    /// When one cannot be read, or is another than the plan was made for.
    pub fn ready(&self) -> Result<(), Fault> {
        self.versions.ready()
    }

    /// `t` and 15 hexadecimal digits that identify the trial: a hash of the seed, the replicate and every setting that differs from
    /// its default, never of order, file or time.
    pub fn trial_id(&self, trial: Trial) -> String {
        let first = self.first_replicate();
        // A search asks for few of its trials.
        let each = if self.along.is_some() { 0 } else { self.replicates as usize };
        let place = |trial: Trial| Some(trial.arm * each + usize::try_from(trial.replicate.checked_sub(first)?).ok()?);
        let at = |place: usize| Trial { arm: place / each, replicate: first + (place % each) as u32 };
        let known = place(trial)
            .filter(|place| *place / each.max(1) == trial.arm)
            .and_then(|place| self.ids.at(place, self.arms.len() * each, |place| self.computed_id(at(place))));
        let id = known.unwrap_or_else(|| self.computed_id(trial));
        String::from_utf8_lossy(&id).into_owned()
    }

    /// The first replicate of each arm, where all have the same ones.
    fn first_replicate(&self) -> u32 {
        if self.stage == TrialSet::Tuning { TUNING_REPLICATES } else { 0 }
    }

    fn computed_id(&self, trial: Trial) -> [u8; LENGTH] {
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
        let mut id = [b't'; LENGTH];
        id[1..].copy_from_slice(&hasher.finalize().to_hex().as_bytes()[..LENGTH - 1]);
        id
    }
}
