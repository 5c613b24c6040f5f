//! The plan: every arm of a suite, and the trials they consist of.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::{
    Section, Sections,
    axis::{Axis, Entry, tuned_axes},
    compatible,
    estimate::{Estimate, Size},
    label::{self, Setting},
    memory::Footprint,
    section::{self, Version},
    select,
};
use crate::{
    component::task::TaskSpec,
    compute::kernel::Isa,
    engine::Backend,
    suite::{Path, PathError, Problem, Problems, SECTIONS, Segment, Setting as Given, Suite, TuneSpec, nearest},
    train::TrainSpec,
};

/// How many of the sections suites had from the start.
const FIRST_SECTIONS: usize = 7;

/// Versions of sections, by number.
type Key = [u32; SECTIONS.len()];

/// How to plan.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// Keep only arms for which all of these hold (`--only`).
    pub only: Vec<Given>,
    /// The most trials a plan may have.
    pub max_trials: u64,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { only: vec![], max_trials: 1_000_000 }
    }
}

/// The numbers of replicates on which candidates are tried begin here, beyond those that a suite may report: no trial that
/// chose a setting shares a seed with one that is reported.
pub const TUNING_REPLICATES: u32 = 1_000_000;

/// Which trials of a suite with `tune` a plan has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Those of every candidate, on the replicates that are reported.
    Every,
    /// Those of every candidate, on replicates of their own.
    Tuning,
    /// Those of the chosen candidates.
    Chosen,
}

/// All trials of a suite.
///
/// Of a suite with `tune`, [`Plan::new`] has an arm for every candidate. [`Plan::tuning`] has the trials by which they are
/// judged, and [`Plan::chosen`] those that are reported.
#[derive(Clone, Debug)]
pub struct Plan {
    seed: u64,
    replicates: u32,
    stage: Stage,
    tune: Option<TuneSpec>,
    /// Arms that differ in tuned settings only; they follow each other.
    candidates: usize,
    /// For each arm whether its candidate is chosen; empty where all are.
    decided: Vec<bool>,
    entries: Vec<Entry>,
    versions: Vec<Vec<Version>>,
    arms: Vec<Planned>,
    /// Doubts that do not stop a run.
    pub warnings: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Planned {
    key: Key,
    entry: u32,
    index: u32,
}

/// One arm, named.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    pub label: String,
    pub settings: Vec<Setting>,
}

/// One trial of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Index of its arm.
    pub arm: usize,
    pub replicate: u32,
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
        let first = if self.stage == Stage::Tuning { TUNING_REPLICATES } else { 0 };
        let arms = || (0..self.arms.len()).filter(|&arm| self.is_decided(arm));
        (first..first + self.replicates).flat_map(move |replicate| arms().map(move |arm| Trial { arm, replicate }))
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
        Some(Self { stage: Stage::Tuning, replicates: tune.replicates, ..self.clone() })
    }

    /// The trials to report, where arm k takes candidate `chosen[k]`; one whose candidate is not known yet keeps its place
    /// and has no trials. Without tuning it is the plan itself.
    pub fn chosen(&self, chosen: &[Option<usize>]) -> Self {
        if self.tune.is_none() {
            return self.clone();
        }
        let arms = self.arms.chunks(self.candidates).zip(chosen);
        Self {
            stage: Stage::Chosen,
            arms: arms.map(|(candidates, chosen)| candidates[chosen.unwrap_or(0)]).collect(),
            decided: chosen.iter().map(Option::is_some).collect(),
            ..self.clone()
        }
    }

    /// Whether it is known which settings arm `arm` has.
    pub fn is_decided(&self, arm: usize) -> bool {
        self.decided.get(arm).copied().unwrap_or(true)
    }

    /// What tuning sets in arm `arm`, in the order of the suite.
    pub fn tuned(&self, arm: usize) -> Vec<Setting> {
        let Planned { entry, index, .. } = self.arms[arm];
        let entry = &self.entries[entry as usize];
        let (swept, choice) = (entry.axes.len() - entry.tuned, entry.choice(index as usize));
        let tuned = entry.axes.iter().zip(choice).skip(swept).map(|(axis, taken)| Setting {
            path: axis.path.to_string(),
            text: label::describe(&axis.values[taken]),
            number: axis.values[taken].as_f64(),
        });
        tuned.collect()
    }

    /// The name and swept settings of arm `arm`.
    pub fn arm(&self, arm: usize) -> Arm {
        let planned = self.arms[arm];
        let entry = &self.entries[planned.entry as usize];
        let choice = entry.choice(planned.index as usize);
        let settings = label::settings(entry, &choice, self.stage != Stage::Chosen);
        let label = label::join(&settings);
        match self.stage {
            Stage::Tuning => Arm { label: format!("tuning · {label}"), settings },
            _ => Arm { label, settings },
        }
    }

    /// All arms, their labels made unique.
    pub fn named_arms(&self) -> impl Iterator<Item = Arm> + '_ {
        let mut seen: HashMap<String, usize> = HashMap::new();
        (0..self.arms.len()).map(move |index| {
            let mut arm = self.arm(index);
            if arm.label.is_empty() {
                arm.label = "all".to_owned();
            }
            let count = seen.entry(arm.label.clone()).or_default();
            *count += 1;
            if *count > 1 {
                arm.label = format!("{} ({count})", arm.label);
            }
            arm
        })
    }

    /// The sections of arm `arm`.
    pub fn sections(&self, arm: usize) -> Sections {
        sections(&self.versions, &self.arms[arm].key)
    }

    /// The value of the setting at `path` in arm `arm`.
    pub fn setting(&self, arm: usize, path: &Path) -> Option<&Value> {
        let (section, rest) = split(path)?;
        rest.get(&self.versions[section][self.arms[arm].key[section] as usize].value)
    }

    /// Every setting of arm `arm`, defaults included, by section.
    pub fn resolved(&self, arm: usize) -> Value {
        let key = self.arms[arm].key;
        let section =
            |index: usize| (SECTIONS[index].to_owned(), self.versions[index][key[index] as usize].value.clone());
        Value::Object((0..SECTIONS.len()).map(section).collect())
    }

    /// What tells the arm's task from others, for the data streams.
    pub fn task_identity(&self, arm: usize) -> String {
        canonical_json(&self.versions[0][self.arms[arm].key[0] as usize].differing)
    }

    /// The settings of arm `arm` that differ from their defaults, as canonical JSON.
    pub fn config(&self, arm: usize) -> String {
        let key = self.arms[arm].key;
        let mut differing: Vec<(Path, Value)> = (0..SECTIONS.len())
            .flat_map(|section| self.versions[section][key[section] as usize].differing.iter().cloned())
            .collect();
        differing.sort_by_cached_key(|(path, _)| path.to_string());
        canonical_json(&differing)
    }

    /// 16 hexadecimal digits that identify the trial: a hash of the seed, the replicate and every setting that differs from
    /// its default, never of order, file or time.
    pub fn trial_id(&self, trial: Trial) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("longlag 2026 trial");
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(&trial.replicate.to_le_bytes());
        for (section, (versions, &version)) in self.versions.iter().zip(&self.arms[trial.arm].key).enumerate() {
            let version = &versions[version as usize];
            // A section that suites had not at first counts where it is used, so that the ids of older trials stay.
            if section < FIRST_SECTIONS {
                hasher.update(&version.digest);
            } else if !version.differing.is_empty() {
                hasher.update(SECTIONS[section].as_bytes());
                hasher.update(&version.digest);
            }
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The paths that any entry sweeps or tunes, in the order in which they come first.
    pub fn swept_paths(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = Vec::new();
        for axis in self.entries.iter().flat_map(|entry| &entry.axes) {
            if !paths.contains(&&axis.path) {
                paths.push(&axis.path);
            }
        }
        paths
    }

    /// The settings of arm `arm` at each of `paths`, as its own entry writes them, else without what is at its default; nothing
    /// for settings that its components lack.
    pub fn settings_at(&self, arm: usize, paths: &[&Path]) -> Vec<Setting> {
        let Planned { key, entry, index } = self.arms[arm];
        let entry = &self.entries[entry as usize];
        let choice = entry.choice(index as usize);
        let of = |path: &&Path| {
            let (section, _) = split(path)?;
            let value = self.setting(arm, path)?;
            let written = entry.axes.iter().position(|axis| axis.path == **path);
            let text = written.map_or_else(
                || label::describe(&without_defaults(path, value, &self.versions[section][key[section] as usize])),
                |axis| label::describe(&entry.axes[axis].values[choice[axis]]),
            );
            Some(Setting { path: path.to_string(), text, number: value.as_f64() })
        };
        paths.iter().filter_map(of).collect()
    }

    /// What a trial of each arm costs, computed by `backend`.
    pub fn estimates(&self, backend: Backend) -> Vec<Estimate> {
        let slots = slots(&self.versions);
        let mut sizes: HashMap<[u32; 2], Size> = HashMap::new();
        let mut trainings: HashMap<[u32; 2], (TaskSpec, TrainSpec)> = HashMap::new();
        let estimates = self.arms.iter().map(|arm| {
            let [task, model, _, optimizer, _, train, ..] = arm.key;
            let sections = || sections(&self.versions, &arm.key);
            let size = sizes.entry([task, model]).or_insert_with(|| {
                let sections = sections();
                Size::new(&sections.task, &sections.model)
            });
            let (task, train) = trainings.entry([task, train]).or_insert_with(|| {
                let Sections { task, train, .. } = sections();
                (task, train)
            });
            Estimate::new(size, backend, slots[optimizer as usize], train, task)
        });
        estimates.collect()
    }
}

/// How many numbers each version of the optimizer keeps per parameter.
fn slots(versions: &[Vec<Version>]) -> Vec<usize> {
    let slots = versions[3].iter().map(|version| match &version.section {
        Section::Optimizer(optimizer) => optimizer.slots().len(),
        _ => unreachable!("sections stand in the order of their names"),
    });
    slots.collect()
}

/// The component `value` at `path` with its name and those settings only that differ from their defaults.
fn without_defaults(path: &Path, value: &Value, version: &Version) -> Value {
    let Value::Object(node) = value else { return value.clone() };
    let kept = node.iter().filter_map(|(key, value)| {
        let path = path.key(key.as_str());
        let differs = key == "kind" || version.differing.iter().any(|(differing, _)| differing.starts_with(&path));
        differs.then(|| (key.clone(), without_defaults(&path, value, version)))
    });
    Value::Object(kept.collect())
}

/// `{"model.hidden":32,…}`.
fn canonical_json(differing: &[(Path, Value)]) -> String {
    let map: serde_json::Map<String, Value> =
        differing.iter().map(|(path, value)| (path.to_string(), value.clone())).collect();
    Value::Object(map).to_string()
}

/// The section a path lies in, and the path within it.
fn split(path: &Path) -> Option<(usize, Path)> {
    let (first, rest) = path.segments().split_first()?;
    let Segment::Key(first) = first else { return None };
    let section = SECTIONS.iter().position(|section| section == first)?;
    Some((section, rest.iter().cloned().collect()))
}

fn sections(versions: &[Vec<Version>], key: &Key) -> Sections {
    let section = |index: usize| versions[index][key[index] as usize].section.clone();
    match std::array::from_fn(section) {
        [
            Section::Task(task),
            Section::Model(model),
            Section::Init(init),
            Section::Optimizer(optimizer),
            Section::Clip(clip),
            Section::Train(train),
            Section::Probes(probes),
            Section::Parametrize(parametrize),
            Section::Regularizers(regularizers),
            Section::Retractions(retractions),
            Section::Backward(backward),
            Section::Schedule(schedule),
            Section::Rates(rates),
        ] => Sections {
            task,
            model,
            init,
            optimizer,
            clip,
            train,
            probes,
            parametrize,
            regularizers,
            retractions,
            backward,
            schedule,
            rates,
        },
        _ => unreachable!("sections stand in the order of their names"),
    }
}

/// Puts a plan together.
struct Builder<'a> {
    suite: &'a Suite,
    base: [Value; SECTIONS.len()],
    entries: Vec<Entry>,
    versions: Vec<Vec<Version>>,
    /// For each section the number of each version, by its digest.
    numbers: Vec<HashMap<[u8; 32], u32>>,
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
        let (versions, numbers) = (vec![vec![]; SECTIONS.len()], vec![HashMap::new(); SECTIONS.len()]);
        Ok(Self { suite, base: section::base(file), entries, versions, numbers })
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
        self.exclude(&mut arms, &mut warnings).map_err(locate)?;
        self.keep(&options.only, &mut arms)?;
        let candidates = self.entries[0].candidates();
        self.check_candidates(&arms, candidates).map_err(locate)?;
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
        self.check_compatible(&arms).map_err(locate)?;
        let file = &self.suite.file;
        Ok(Plan {
            seed: file.seed,
            replicates: file.replicates,
            stage: Stage::Every,
            tune: file.tune.clone(),
            candidates,
            decided: vec![],
            entries: self.entries,
            versions: self.versions,
            arms,
            warnings,
        })
    }

    /// Every arm has all candidates, no two of them the same.
    fn check_candidates(&self, arms: &[Planned], candidates: usize) -> Result<(), Vec<Problem>> {
        let Some(tune) = self.suite.file.tune.as_ref().filter(|_| candidates > 0) else { return Ok(()) };
        let place = Path::root().key("tune").key("over");
        let place = tune.over.keys().next().map_or(place.clone(), |path| place.key(path.as_str()));
        let arm_of = |planned: &Planned| (planned.entry, planned.index as usize / candidates);
        for candidates_of_arm in arms.chunk_by(|a, b| arm_of(a) == arm_of(b)) {
            let Planned { entry, index, .. } = candidates_of_arm[0];
            let entry = &self.entries[entry as usize];
            let name = || match label::join(&label::settings(entry, &entry.choice(index as usize), false)) {
                label if label.is_empty() => String::new(),
                label => format!(" of the arm `{label}`"),
            };
            if candidates_of_arm.len() < candidates {
                let message = format!("some candidates{} are left out by a condition on a tuned setting", name());
                let help =
                    "every arm is tuned over the same candidates: take the setting out of `exclude` and `--only`";
                return Err(vec![Problem::new(place, message).help(help)]);
            }
            let distinct: HashSet<Key> = candidates_of_arm.iter().map(|candidate| candidate.key).collect();
            if distinct.len() < candidates {
                let message = format!("two candidates{} are the same", name());
                return Err(vec![Problem::new(place, message).help("give values that differ and have an effect")]);
            }
        }
        Ok(())
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
        let touching: Vec<Vec<usize>> = (0..SECTIONS.len())
            .map(|section| {
                let touches = |axis: &Axis| split(&axis.path).is_some_and(|(touched, _)| touched == section);
                (0..entry.axes.len()).filter(|&axis| touches(&entry.axes[axis])).collect()
            })
            .collect();
        let mut known: Vec<HashMap<usize, u32>> = vec![HashMap::new(); SECTIONS.len()];
        let mut problems = vec![];
        // A section that no axis changes is the same in every arm.
        let mut key = Key::default();
        for index in 0..entry.count().unwrap_or(0) {
            for section in (0..SECTIONS.len()).filter(|&section| index == 0 || !touching[section].is_empty()) {
                let taken = entry.part(index, &touching[section]);
                if let Some(&version) = known[section].get(&taken) {
                    key[section] = version;
                    continue;
                }
                match self.resolve(&entry, section, &touching[section], &entry.choice(index)) {
                    Ok(version) => key[section] = self.version(section, version),
                    Err(found) => problems.extend(found),
                }
                known[section].insert(taken, key[section]);
            }
            arms.push(Planned { key, entry: number as u32, index: index as u32 });
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The number of this version of a section: equal ones have one number.
    fn version(&mut self, section: usize, version: Version) -> u32 {
        let versions = &mut self.versions[section];
        let number = *self.numbers[section].entry(version.digest).or_insert(versions.len() as u32);
        if number as usize == versions.len() {
            versions.push(version);
        }
        number
    }

    fn resolve(
        &self,
        entry: &Entry,
        section: usize,
        axes: &[usize],
        choice: &[usize],
    ) -> Result<Version, Vec<Problem>> {
        let mut value = self.base[section].clone();
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
            let Some((_, path)) = split(&entry.axes[axis].path) else { continue };
            let taken = entry.axes[axis].values[choice[axis]].clone();
            path.set(&mut value, taken)
                .map_err(|problem| vec![blame(axis, &problem.beneath(&Path::root().key(SECTIONS[section])))])?;
        }
        Version::resolve(section, &value).map_err(|problems| {
            let prefix = Path::root().key(SECTIONS[section]);
            let relative = |axis: usize| split(&entry.axes[axis].path).map(|(_, path)| path).unwrap_or_default();
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

    /// Leaves out what `exclude` says.
    fn exclude(&self, arms: &mut Vec<Planned>, warnings: &mut Vec<String>) -> Result<(), Vec<Problem>> {
        for (number, conditions) in self.suite.file.exclude.iter().enumerate() {
            let place = Path::root().key("exclude").index(number);
            let mut tests = vec![];
            for (path, value) in conditions {
                let refuse = |message: String| vec![Problem::new(place.key(path.as_str()), message)];
                let parsed: Path = path.parse().map_err(|error: PathError| refuse(error.to_string()))?;
                tests.push(self.test(&parsed, value).map_err(refuse)?);
            }
            let before = arms.len();
            arms.retain(|arm| !tests.iter().all(|test| test.holds(&arm.key)));
            if arms.len() == before {
                warnings.push(format!("{place} leaves out no arm"));
            }
        }
        if arms.is_empty() {
            return Err(vec![Problem::new(Path::root().key("exclude"), "every arm is excluded")]);
        }
        Ok(())
    }

    /// Keeps what `--only` asks for.
    fn keep(&self, only: &[Given], arms: &mut Vec<Planned>) -> Result<(), Problems> {
        for given in only {
            let refuse = |message: String| Problems::one(&given.origin, None, Problem::new(Path::root(), message));
            let test = self.test(&given.path, &given.value).map_err(refuse)?;
            arms.retain(|arm| test.holds(&arm.key));
            if arms.is_empty() {
                return Err(refuse("no arm fits; `longlag plan` lists the arms".to_owned()));
            }
        }
        Ok(())
    }

    /// A condition, decided once for every version of its section.
    fn test(&self, path: &Path, wanted: &Value) -> Result<Test, String> {
        let (section, rest) = split(path).ok_or_else(|| {
            let first = match path.segments().first() {
                Some(Segment::Key(key)) => key.as_str(),
                _ => "",
            };
            let hint = nearest(first, &SECTIONS).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            format!("`{path}` is no setting of a trial; {hint}a path begins with one of: {}", SECTIONS.join(", "))
        })?;
        let found: Vec<Option<&Value>> =
            self.versions[section].iter().map(|version| rest.get(&version.value)).collect();
        if found.iter().all(Option::is_none) {
            return Err(format!("no arm has a setting `{path}`"));
        }
        let holds = found.into_iter().map(|found| found.is_some_and(|found| select::matches(found, wanted)));
        Ok(Test { section, holds: holds.collect() })
    }

    /// Checks the sections that depend on each other, each distinct combination once.
    fn check_compatible(&self, arms: &[Planned]) -> Result<(), Vec<Problem>> {
        let slots = slots(&self.versions);
        // By the engine that needs least.
        let least = Backend::Fused { isa: Isa::Portable, threads: 1 };
        let mut footprints: HashMap<[u32; 2], Footprint> = HashMap::new();
        let mut trainings: HashMap<[u32; 2], TrainSpec> = HashMap::new();
        let mut guessed: HashSet<[u32; 6]> = HashSet::new();
        let mut fitted: HashSet<[u32; 7]> = HashSet::new();
        let mut problems: BTreeMap<String, Problem> = BTreeMap::new();
        for arm in arms {
            let [
                task,
                model,
                init,
                optimizer,
                clip,
                train,
                _,
                parametrize,
                regularizers,
                retractions,
                backward,
                schedule,
                rates,
            ] = arm.key;
            let sections = || sections(&self.versions, &arm.key);
            let mut found = vec![];
            let training = trainings.entry([task, train]).or_insert_with(|| {
                let sections = sections();
                found.extend(compatible::training(&sections));
                sections.train
            });
            if guessed.insert([optimizer, clip, regularizers, backward, schedule, rates]) {
                found.extend(compatible::guessing(&sections()));
            }
            let footprint = footprints.entry([task, model]).or_insert_with(|| {
                let sections = sections();
                Footprint::new(&sections.task, &sections.model)
            });
            // A network too large for the memory is never built.
            match compatible::too_large(footprint.bytes(least, slots[optimizer as usize], training)) {
                Some(problem) => found.push(problem),
                None if fitted.insert([task, model, init, parametrize, regularizers, retractions, rates]) => {
                    let sections = sections();
                    // What follows builds the network, which a cell that does not fit may not stand.
                    if let Some(problem) = compatible::cell(&sections) {
                        found.push(problem);
                    } else {
                        found.extend(compatible::modifiers(&sections));
                        found.extend(compatible::parameters(&sections));
                    }
                }
                None => {}
            }
            for mut problem in found {
                let entry = &self.entries[arm.entry as usize];
                let label = label::join(&label::settings(entry, &entry.choice(arm.index as usize), true));
                let key = problem.to_string();
                if !label.is_empty() {
                    problem.message = format!("in the arm `{label}`, {}", problem.message);
                }
                problems.entry(key).or_insert(problem);
            }
            if problems.len() >= 20 {
                break;
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.into_values().collect()) }
    }
}

/// A condition decided for every version of its section.
struct Test {
    section: usize,
    holds: Vec<bool>,
}

impl Test {
    fn holds(&self, key: &Key) -> bool {
        self.holds[key[self.section] as usize]
    }
}
