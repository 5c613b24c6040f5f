//! From a suite to its plan.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{
    axis::{Axis, Entry, tuned_axes},
    candidates, check,
    compatible::ON_GRADIENTS,
    condition, inert, label,
    trials::{Plan, Planned, TrialSet},
    version::{Key, Versions},
};
use crate::{
    component::optim::OptimizerSpec,
    suite::{Path, Problem, Problems, Section, Setting, Suite},
};

/// The most trials a plan may have, unless its options say otherwise.
const MAX_TRIALS: u64 = 1_000_000;

/// How to plan.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// Keep only arms for which all of these hold (`--only`).
    pub only: Vec<Setting>,
    /// The most trials a plan may have.
    pub max_trials: u64,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { only: vec![], max_trials: MAX_TRIALS }
    }
}

impl Plan {
    /// Expands, checks and identifies the arms of `suite`.
    ///
    /// # Errors
    ///
    /// All that is wrong with the sweep, pointed out in the file.
    pub fn new(suite: &Suite, options: &PlanOptions) -> Result<Self, Problems> {
        Builder::new(suite).map_err(|problems| suite.locate(problems))?.plan(options)
    }
}

/// Puts a plan together.
struct Builder<'a> {
    suite: &'a Suite,
    /// The sections as the file has them, before any sweep.
    base: [Value; Section::COUNT],
    entries: Vec<Entry>,
    versions: Versions,
}

impl<'a> Builder<'a> {
    fn new(suite: &'a Suite) -> Result<Self, Vec<Problem>> {
        let file = &suite.file;
        let (mut entries, mut problems) = (vec![], vec![]);
        for (index, spec) in file.sweep.iter().enumerate() {
            match Entry::new(index, spec, file.seed) {
                Ok(entry) => entries.push(entry),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if entries.is_empty() {
            entries.push(Entry::single());
        }
        if let Some(tune) = &file.tune {
            let axes = tuned_axes(tune)?;
            entries = entries.into_iter().map(|entry| entry.tuned(&axes)).collect::<Result<_, _>>()?;
        }
        let base = Section::ALL.map(|section| file.section(section));
        Ok(Self { suite, base, entries, versions: Versions::new() })
    }

    fn plan(mut self, options: &PlanOptions) -> Result<Plan, Problems> {
        let suite = self.suite;
        let locate = |problems| suite.locate(problems);
        self.check_size(options.max_trials).map_err(locate)?;
        let mut arms = vec![];
        for entry in 0..self.entries.len() {
            self.expand(entry, &mut arms).map_err(locate)?;
        }
        let mut warnings = vec![];
        condition::exclude(&suite.file.exclude, &self.versions, &mut arms, &mut warnings).map_err(locate)?;
        condition::retain(&options.only, &self.versions, &mut arms)?;
        let candidates = self.entries[0].candidates();
        if let Some(tune) = &suite.file.tune {
            candidates::check(tune, &self.entries, &arms, candidates).map_err(locate)?;
        }
        // Two arms whose sections are the same would be the same trials.
        let mut seen = HashSet::with_capacity(arms.len());
        let before = arms.len() / candidates;
        let mut kept = Vec::with_capacity(arms.len());
        for arm in arms.chunks(candidates) {
            if seen.insert(arm.iter().map(|candidate| candidate.key).collect::<Vec<_>>()) {
                kept.extend_from_slice(arm);
            }
        }
        let arms = kept;
        if arms.len() / candidates < before {
            let same = before - arms.len() / candidates;
            warnings.push(format!("{same} of {before} arms are the same as others and are run once"));
        }
        check::check(&self.entries, &self.versions, &arms).map_err(locate)?;
        warnings.extend(inert::warnings(&self.entries, &self.versions, &arms));
        let file = &self.suite.file;
        Ok(Plan {
            seed: file.seed,
            replicates: file.replicates,
            stage: TrialSet::Every,
            tune: file.tune.clone(),
            candidates,
            decided: vec![],
            entries: self.entries,
            versions: self.versions,
            arms,
            warnings,
        })
    }

    fn check_size(&self, max_trials: u64) -> Result<(), Vec<Problem>> {
        let arms = self
            .entries
            .iter()
            .try_fold(0u64, |sum, entry| entry.count().and_then(|count| sum.checked_add(count as u64)));
        // Each candidate is an arm here: it is tried on the replicates of the tuning, and one of them on those reported.
        let candidates = self.entries[0].candidates() as u64;
        let tried = self.suite.file.tune.as_ref().map_or(0, |tune| u64::from(tune.replicates));
        let per_arm = candidates.checked_mul(tried).and_then(|n| n.checked_add(u64::from(self.suite.file.replicates)));
        let trials = arms.zip(per_arm).and_then(|(arms, per_arm)| (arms / candidates.max(1)).checked_mul(per_arm));
        if trials.is_some_and(|trials| trials <= max_trials) {
            return Ok(());
        }
        let count = trials.map_or("more than 10¹⁹".to_owned(), |trials| trials.to_string());
        let message = format!("the sweep has {count} trials, more than {max_trials}");
        let problem = Problem::new(Path::root().key("sweep"), message);
        Err(vec![problem.help("sweep fewer values, or raise the limit with --max-trials")])
    }

    /// The arms of one entry. Each section is resolved once for each choice of the axes that change it.
    fn expand(&mut self, number: usize, arms: &mut Vec<Planned>) -> Result<(), Vec<Problem>> {
        let entry = self.entries[number].clone();
        let touching = Section::ALL.map(|section| -> Vec<usize> {
            let touches = |axis: &Axis| Section::split(&axis.path).is_some_and(|(touched, _)| touched == section);
            (0..entry.axes.len()).filter(|&axis| touches(&entry.axes[axis])).collect()
        });
        let mut known = Section::ALL.map(|_| HashMap::<usize, u32>::new());
        let mut problems = vec![];
        // A section that no axis changes is the same in every arm.
        let mut key = Key::default();
        for index in 0..entry.count().unwrap_or(0) {
            for (section, (axes, known)) in Section::ALL.into_iter().zip(touching.iter().zip(&mut known)) {
                if index > 0 && axes.is_empty() {
                    continue;
                }
                let taken = entry.part(index, axes);
                if let Some(&version) = known.get(&taken) {
                    key[section] = version;
                    continue;
                }
                match self.resolve(&entry, section, axes, &entry.choice(index)) {
                    Ok(version) => key[section] = version,
                    Err(found) => problems.extend(found),
                }
                known.insert(taken, key[section]);
            }
            let mut arm = key;
            if problems.is_empty() && !self.versions.takes_gradient(&key) {
                // What the suite says of gradients is meant for its other arms.
                for section in ON_GRADIENTS.into_iter().filter(|section| touching[*section as usize].is_empty()) {
                    arm[section] = self.versions.add(section, &default_tree(section))?;
                }
            }
            arms.push(Planned { key: arm, entry: number as u32, index: index as u32 });
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The version of `section` that an arm of `entry` has, of which axis k takes value `choice[k]`; `axes` change the section.
    fn resolve(
        &mut self,
        entry: &Entry,
        section: Section,
        axes: &[usize],
        choice: &[usize],
    ) -> Result<u32, Vec<Problem>> {
        let mut tree = self.base[section as usize].clone();
        let prefix = Path::root().key(section.name());
        let mut order = axes.to_vec();
        order.sort_by_key(|&axis| entry.axes[axis].path.segments().len());
        let arm = label::join(&label::settings(entry, choice, true));
        let blame = |axis: usize, problem: &Problem| {
            let origin = entry.axes[axis].origin.clone();
            let place = if entry.axes[axis].values.len() > choice[axis] { origin.index(choice[axis]) } else { origin };
            let mut blamed = Problem::new(place, format!("in the arm `{arm}`, {problem}"));
            blamed.help = None;
            blamed
        };
        for &axis in &order {
            let Some((_, path)) = Section::split(&entry.axes[axis].path) else { continue };
            let taken = entry.axes[axis].values[choice[axis]].clone();
            path.set(&mut tree, taken).map_err(|problem| vec![blame(axis, &problem.beneath(&prefix))])?;
        }
        self.versions.add(section, &tree).map_err(|problems| {
            let relative =
                |axis: usize| Section::split(&entry.axes[axis].path).map(|(_, path)| path).unwrap_or_default();
            let blamed = problems.into_iter().map(|problem| {
                // The deepest axis at or above the problem, else the deepest below it.
                let culprit =
                    order.iter().rev().find(|&&axis| problem.path.starts_with(&prefix.join(&relative(axis)))).or_else(
                        || order.iter().rev().find(|&&axis| prefix.join(&relative(axis)).starts_with(&problem.path)),
                    );
                culprit.map_or_else(|| problem.clone(), |&axis| blame(axis, &problem))
            });
            blamed.collect()
        })
    }
}

/// One of [`ON_GRADIENTS`] as in a suite that leaves it out.
fn default_tree(section: Section) -> Value {
    match section {
        Section::Optimizer => serde_json::to_value(OptimizerSpec::default()).expect("settings are plain data"),
        Section::LearningRateFactors => json!({}),
        _ => json!([]),
    }
}
