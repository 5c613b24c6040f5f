//! From a suite to its plan.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    axis::{Axis, Entry, tuned_axes},
    candidates, check, claims,
    compatible::ON_GRADIENTS,
    condition, inert, layers,
    naming::Naming,
    planned::Planned,
    repeats,
    resolve::{Fault, Resolver, touches},
    same_names,
    searched::{Along, Wrong},
    trial_ids::TrialIds,
    trials::{Plan, TrialSet},
    version::{Key, Versions},
};
use crate::{
    component::optim::OptimizerSpec,
    results::{
        claim::{Claim, shortages},
        table::significant,
    },
    suite::{Path, Problem, Problems, Section, Setting, Suite},
    text::pluralize,
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
    resolver: Resolver,
    entries: Vec<Entry>,
    along: Option<Along>,
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
        let along = Along::new(file)?;
        if let Some(along) = &along {
            let (axis, constants) = along.axes();
            entries = entries.into_iter().map(|entry| entry.searched(&axis, &constants)).collect::<Result<_, _>>()?;
        }
        if let Some(tune) = &file.tune {
            let axes = tuned_axes(tune, file.seed)?;
            entries = entries.into_iter().map(|entry| entry.tuned(&axes)).collect::<Result<_, _>>()?;
        }
        let resolver = Resolver::new(suite, &entries);
        Ok(Self { suite, resolver, entries, along, versions: Versions::new(suite.data_files()) })
    }

    fn plan(mut self, options: &PlanOptions) -> Result<Plan, Problems> {
        let suite = self.suite;
        let locate = |problems| suite.locate(problems);
        self.check_size(options.max_trials).map_err(locate)?;
        let mut arms = vec![];
        for entry in 0..self.entries.len() {
            self.expand(entry, &mut arms).map_err(locate)?;
        }
        layers::leave_out_missing(&mut self.versions, &mut arms).map_err(locate)?;
        let mut warnings = vec![];
        condition::exclude(&suite.file.exclude, &self.versions, &mut arms, &mut warnings).map_err(locate)?;
        // Before `--only`, which changes no name.
        let naming = Naming::new(&self.entries, &self.versions, &arms).map_err(locate)?;
        let candidates = self.entries[0].candidates();
        let (claims, keys) = self.claims(&naming, &arms, candidates).map_err(locate)?;
        condition::retain(&options.only, &self.versions, &mut arms)?;
        if let Some(tune) = &suite.file.tune {
            candidates::check(tune, &naming, &arms, candidates).map_err(locate)?;
        }
        if let Some(along) = &self.along {
            along.check(&naming, &arms, candidates).map_err(locate)?;
        }
        // The arms of a search differ in its value, and stay together.
        let together = candidates * self.along.as_ref().map_or(1, |along| along.values.len());
        // Two arms whose sections are the same would be the same trials.
        let mut seen = HashSet::with_capacity(arms.len());
        let before = arms.len() / together;
        let mut kept = Vec::with_capacity(arms.len());
        for arm in arms.chunks(together) {
            if seen.insert(arm.iter().map(|candidate| candidate.key).collect::<Vec<_>>()) {
                kept.extend_from_slice(arm);
            }
        }
        let arms = kept;
        if arms.len() / together < before {
            let same = before - arms.len() / together;
            warnings.push(format!("{same} of {before} arms are the same as others and are run once"));
        }
        check::check(&naming, &self.versions, &arms).map_err(locate)?;
        warnings.extend(self.swept_over());
        warnings.extend(self.replicates_of_search());
        warnings.extend(inert::warnings(&naming, &self.versions, &arms));
        warnings.extend(repeats::warnings(&self.versions, &arms));
        warnings.extend(same_names::warnings(&self.versions, &arms));
        let (claims, apart) = placed(claims, &keys, &arms, candidates);
        if !apart.is_empty() {
            let claims = apart.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
            warnings.push(format!("no verdict on {claims}: --only leaves out arms that are compared"));
        }
        let file = &self.suite.file;
        warnings.extend(too_few_replicates(&claims, file.replicates));
        Ok(Plan {
            seed: file.seed,
            // Trial n of a searched arm is its replicate n.
            replicates: self.along.as_ref().map_or(file.replicates, |along| along.spec.trials),
            stage: TrialSet::Every,
            tune: file.tune.clone(),
            along: self.along.map(Arc::new),
            candidates,
            decided: vec![],
            listed: vec![],
            naming: Arc::new(naming),
            versions: self.versions,
            arms,
            ids: TrialIds::default(),
            claims,
            warnings,
        })
    }

    /// A sentence about each setting from outside of the suite's file in whose place every entry has values of its own.
    fn swept_over(&self) -> impl Iterator<Item = String> {
        let covers = |axes: &[Axis], path: &Path| axes.iter().any(|axis| path.starts_with(&axis.path));
        let fate = move |path: &Path| {
            if self.along.as_ref().is_some_and(|along| path.starts_with(&along.path)) {
                Some("is searched along; `reach.from` and `reach.to` say where")
            } else if self.entries.iter().all(|entry| covers(entry.parts().1, path)) {
                Some("is tuned; `tune.over` says among which values")
            } else {
                let swept =
                    self.entries.iter().all(|entry| covers(entry.parts().0, path) || covers(entry.parts().1, path));
                swept.then_some("is swept; `--only` picks among its values")
            }
        };
        self.suite.settings().iter().filter_map(move |setting| {
            let fate = fate(&setting.path)?;
            Some(format!("{}: changes nothing, `{}` {fate}", setting.origin, setting.path))
        })
    }

    /// A sentence about replicates that a suite asks for and a search does not take.
    fn replicates_of_search(&self) -> Option<String> {
        self.along.as_ref()?;
        let path = Path::root().key("replicates");
        let setting = self.suite.settings().iter().rev().find(|setting| setting.path == path);
        let origin = setting.map_or_else(String::new, |setting| format!("{}: ", setting.origin));
        let said =
            "`replicates` changes nothing: the search decides how many trials an arm has, at most `reach.trials`";
        self.suite.says(&path).then(|| format!("{origin}{said}"))
    }

    /// The claims of the suite, and the arms to which their places refer, each by its first candidate: all of the suite, whatever
    /// `--only` keeps.
    fn claims(
        &self,
        naming: &Naming,
        arms: &[Planned],
        candidates: usize,
    ) -> Result<(Vec<Claim>, Vec<Key>), Vec<Problem>> {
        let file = &self.suite.file;
        if file.claims.is_empty() {
            return Ok((vec![], vec![]));
        }
        let mut seen = HashSet::with_capacity(arms.len());
        let first = arms.chunks(candidates).map(|candidates| candidates[0]);
        let distinct: Vec<Planned> = first.filter(|arm| seen.insert(arm.key)).collect();
        let tuned = file.tune.iter().flat_map(|tune| tune.over.keys().cloned()).collect();
        let of = claims::Arms { naming, versions: &self.versions, arms: &distinct, tuned };
        Ok((claims::resolve(file, &of)?, distinct.iter().map(|arm| arm.key).collect()))
    }

    fn check_size(&self, max_trials: u64) -> Result<(), Vec<Problem>> {
        let arms = self
            .entries
            .iter()
            .try_fold(0u64, |sum, entry| entry.count().and_then(|count| sum.checked_add(count as u64)));
        // Each candidate is an arm here: it is tried on the replicates of the tuning, and one of them on those reported.
        let candidates = self.entries[0].candidates() as u64;
        let tried = self.suite.file.tune.as_ref().map_or(0, |tune| u64::from(tune.replicates));
        // The values searched along are arms here too: candidates are tried at some of them, and the search has its own number of trials.
        let (values, tuned_at, reported) = match &self.along {
            Some(along) => (along.values.len(), along.tuned_at.len(), along.spec.trials),
            None => (1, 1, self.suite.file.replicates),
        };
        let tried = candidates.checked_mul(tried).and_then(|n| n.checked_mul(tuned_at as u64));
        let per_arm = tried.and_then(|n| n.checked_add(u64::from(reported)));
        let each = candidates.saturating_mul(values as u64).max(1);
        let trials = arms.zip(per_arm).and_then(|(arms, per_arm)| (arms / each).checked_mul(per_arm));
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
        let touching = Section::ALL.map(|section| {
            let sections = self.resolver.needed(&entry, section);
            let touches = |axis: &usize| sections.iter().any(|section| touches(&entry.axes[*axis], *section));
            (0..entry.axes.len()).filter(touches).collect::<Vec<usize>>()
        });
        let mut known = Section::ALL.map(|_| HashMap::<usize, u32>::new());
        let mut faults = vec![];
        // One mistake is told once, however many arms have it.
        let mut told = HashSet::new();
        let mut of_search = Wrong::default();
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
                let choice = entry.choice(index);
                match self.resolver.resolve(&mut self.versions, &entry, section, &choice) {
                    Ok(version) => key[section] = version,
                    Err(found) => {
                        found.iter().for_each(|fault| of_search.note(fault, entry.along(&choice)));
                        let new = |fault: &Fault| told.insert((fault.problem.path.clone(), fault.setting.clone()));
                        faults.extend(found.into_iter().filter(new));
                    }
                }
                known.insert(taken, key[section]);
            }
            let mut arm = key;
            if faults.is_empty() && !self.versions.takes_gradient(&key) {
                // What the suite says of gradients is meant for its other arms.
                let own = |section: &Section| {
                    let constants = entry.constants.iter().any(|axis| touches(axis, *section));
                    constants || !touching[*section as usize].is_empty()
                };
                for section in ON_GRADIENTS.into_iter().filter(|section| !own(section)) {
                    arm[section] = self.versions.add(section, default_tree(section))?;
                }
            }
            arms.push(Planned { key: arm, entry: number as u32, index: index as u32 });
        }
        if faults.is_empty() {
            return Ok(());
        }
        let values = self.along.as_ref().map_or(0, |along| along.values.len());
        Err(faults.into_iter().map(|fault| of_search.blamed(fault, values)).collect())
    }
}

/// The claims, whose arms are `keys`, with their places among `arms`, and the ids of those of which an arm is missing there.
fn placed(claims: Vec<Claim>, keys: &[Key], arms: &[Planned], candidates: usize) -> (Vec<Claim>, Vec<String>) {
    let places: HashMap<Key, usize> =
        arms.chunks(candidates).enumerate().map(|(place, arm)| (arm[0].key, place)).collect();
    let (mut kept, mut apart) = (vec![], vec![]);
    for claim in claims {
        match claim.contrast.moved(|arm| places.get(&keys[arm]).copied()) {
            Some(contrast) => kept.push(Claim { contrast, ..claim }),
            None => apart.push(claim.spec.id),
        }
    }
    (kept, apart)
}

/// A warning of claims that so many replicates cannot decide.
fn too_few_replicates(claims: &[Claim], replicates: u32) -> Option<String> {
    let short = shortages(claims, replicates as usize);
    let first = short.first()?;
    let least = short.iter().map(|short| short.least_p).fold(0.0, f64::max);
    let names = short.iter().map(|short| format!("`{}`", short.id)).collect::<Vec<_>>().join(", ");
    let remedy = match first.needed {
        Some(needed) => format!("replicates: {needed} can"),
        None => "no number of replicates can".to_owned(),
    };
    Some(format!(
        "{} cannot decide {} {names}: corrected for {}, p is {} or more, and α is {}; {remedy}",
        pluralize(replicates, "replicate"),
        if short.len() == 1 { "the claim" } else { "the claims" },
        pluralize(claims.len() as u64, "claim"),
        significant(least, 3),
        significant(first.alpha, 3),
    ))
}

/// One of [`ON_GRADIENTS`] as in a suite that leaves it out.
fn default_tree(section: Section) -> Value {
    match section {
        Section::Optimizer => serde_json::to_value(OptimizerSpec::default()).expect("settings are plain data"),
        Section::LearningRateFactors => json!({}),
        _ => json!([]),
    }
}
