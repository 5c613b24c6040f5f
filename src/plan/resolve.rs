//! The sections of single arms: the suite's own, with what a sweep entry sets, and numbers that are derived from others.

use serde_json::Value;

use super::{
    axis::{Axis, Entry},
    version::Versions,
};
use crate::suite::{At, Derived, Path, Problem, Schema, Section, Suite, SuiteFile, may_derive, number_at};

/// The key that says which component a map is.
const KIND: &str = "kind";
/// The most kinds that a message gives as an example.
const KINDS_SHOWN: usize = 3;

/// Puts the sections of arms together.
pub(super) struct Resolver {
    /// The sections as the suite has them, before any sweep.
    base: [Value; Section::COUNT],
    /// Whether any number is derived from another setting.
    derives: bool,
}

/// A mistake in the section of an arm.
#[derive(Debug)]
pub(super) struct Fault {
    /// The setting that is wrong, the same in every arm that has the mistake.
    pub setting: Path,
    /// The mistake at the place that is to blame, which names one of the arms.
    pub problem: Problem,
}

/// Whether an axis changes the section.
pub(super) fn touches(axis: &Axis, section: Section) -> bool {
    Section::split(&axis.path).is_some_and(|(touched, _)| touched == section)
}

impl Resolver {
    pub fn new(suite: &Suite, entries: &[Entry]) -> Self {
        let base = Section::ALL.map(|section| suite.section(section));
        let axes = entries.iter().flat_map(|entry| entry.axes.iter().chain(&entry.constants));
        let derives = base.iter().any(may_derive) || axes.flat_map(|axis| &axis.values).any(may_derive);
        Self { base, derives }
    }

    /// The sections that say what `section` is in the arms of `entry`: itself, and those that its numbers are derived from.
    pub fn needed(&self, entry: &Entry, section: Section) -> Vec<Section> {
        let mut needed = vec![section];
        if !self.derives {
            return needed;
        }
        let schema = Schema::of::<SuiteFile>();
        let place = Path::root().key(section.name());
        let own = entry.axes.iter().chain(&entry.constants).filter(|axis| touches(axis, section));
        let values = own.flat_map(|axis| axis.values.iter().map(|value| (&axis.path, value)));
        for (path, value) in
            values.chain([(&place, &self.base[section as usize])]).filter(|(_, value)| may_derive(value))
        {
            // Mistakes are told when an arm is resolved.
            let derived = schema.take_derived(path, &mut value.clone()).unwrap_or_default();
            let sections = derived.iter().filter_map(|one| Section::split(&one.number.per)).map(|(section, _)| section);
            needed.extend(sections);
        }
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    /// The version of `section` that an arm of `entry` has, of which axis k takes value `choice[k]`.
    pub fn resolve(
        &self,
        versions: &mut Versions,
        entry: &Entry,
        section: Section,
        choice: &[usize],
    ) -> Result<u32, Vec<Fault>> {
        let prefix = Path::root().key(section.name());
        let own = own_axes(entry, section, choice);
        let blamed = |problems: Vec<Problem>| -> Vec<Fault> {
            let blamed = problems.into_iter().map(|problem| {
                // A key that is wrong is the one that an axis sets, if any does; else the deepest axis at or above the problem is to
                // blame, or the deepest below it.
                let part = match &problem.at {
                    At::Key(key) | At::Inside(key) => problem.path.key(key.as_str()),
                    At::Value | At::Within { .. } => problem.path.clone(),
                };
                let kind = problem.path.key(KIND);
                let sets = || own.iter().rev().find(|(axis, _)| part.starts_with(&axis.path));
                let of_kind = || own.iter().find(|(axis, _)| axis.path == kind);
                let above = || own.iter().rev().find(|(axis, _)| problem.path.starts_with(&axis.path));
                let below = || own.iter().rev().find(|(axis, _)| axis.path.starts_with(&problem.path));
                let setting = problem.path.clone();
                let blamed = sets().or_else(of_kind).or_else(above).or_else(below);
                let problem = match blamed {
                    Some((axis, taken)) => {
                        let stays = axis.path == kind && matches!(problem.at, At::Key(_));
                        let problem = if stays { left_over(problem, axis) } else { problem };
                        let message = format!("in the arm `{}`, {problem}", entry.written(choice));
                        Problem::new(axis.place(*taken), message)
                    }
                    None => problem,
                };
                Fault { setting, problem }
            });
            blamed.collect()
        };
        let mut tree = self.written(&own, section).map_err(blamed)?;
        if self.derives {
            let derived = Schema::of::<SuiteFile>().take_derived(&prefix, &mut tree).map_err(blamed)?;
            for one in &derived {
                let number = self.number(versions, entry, choice, one, &derived).map_err(blamed)?;
                if let Some((_, rest)) = Section::split(&one.path) {
                    rest.set(&mut tree, one.value(number)).map_err(|problem| blamed(vec![problem.beneath(&prefix)]))?;
                }
            }
        }
        versions.add(section, tree).map_err(blamed)
    }

    /// The section as it is written: the suite's, with what the axes set, shallow paths before deep ones.
    fn written(&self, own: &[(&Axis, usize)], section: Section) -> Result<Value, Vec<Problem>> {
        let mut tree = self.base[section as usize].clone();
        for (axis, taken) in own {
            let Some((_, path)) = Section::split(&axis.path) else { continue };
            path.set(&mut tree, axis.values[*taken].clone())
                .map_err(|problem| vec![problem.beneath(&Path::root().key(section.name()))])?;
        }
        Ok(tree)
    }

    /// The number that `one`, of those `derived` in its section, depends on in the arm.
    fn number(
        &self,
        versions: &mut Versions,
        entry: &Entry,
        choice: &[usize],
        one: &Derived,
        derived: &[Derived],
    ) -> Result<f64, Vec<Problem>> {
        let Some((section, rest)) = Section::split(&one.number.per) else {
            return number_at(one, derived, None).map_err(|problem| vec![problem]);
        };
        let mut tree = self.written(&own_axes(entry, section, choice), section)?;
        let place = Path::root().key(section.name());
        let others = Schema::of::<SuiteFile>().take_derived(&place, &mut tree)?;
        // A mistake in the other section is told where that is resolved.
        let complete = versions.complete(section, tree)?;
        number_at(one, &others, rest.get(&complete)).map_err(|problem| vec![problem])
    }
}

/// The problem of a key that the suite's component of another kind leaves behind where an axis sets the kind alone.
fn left_over(problem: Problem, axis: &Axis) -> Problem {
    let component = &problem.path;
    let kinds: Vec<String> =
        axis.values.iter().filter_map(Value::as_str).take(KINDS_SHOWN).map(str::to_owned).collect();
    let help = format!(
        "it stays where `{}` alone is set: give whole components, such as `{component}: [{}]`",
        axis.path,
        kinds.join(", ")
    );
    problem.help(help)
}

/// The axes of an entry that change a section, constants among them, shallow paths first, with what an arm takes of each.
fn own_axes<'a>(entry: &'a Entry, section: Section, choice: &[usize]) -> Vec<(&'a Axis, usize)> {
    let swept = entry.axes.iter().zip(choice.iter().copied());
    let all = swept.chain(entry.constants.iter().map(|constant| (constant, 0)));
    let mut own: Vec<(&Axis, usize)> = all.filter(|(axis, _)| touches(axis, section)).collect();
    own.sort_by_key(|(axis, _)| axis.path.segments().len());
    own
}
