//! Conditions on settings, as `exclude` and `--only` write them.

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    planned::Planned,
    version::{Key, Versions},
};
use crate::suite::{
    Path, PathError, Problem, Problems, Schema, Section, Segment, Setting, SuiteFile, former_kind, hint, meanings,
};
use crate::text::Condition;

/// Leaves out what `exclude` says.
pub(super) fn exclude(
    entries: &[IndexMap<String, Value>],
    versions: &Versions,
    arms: &mut Vec<Planned>,
    warnings: &mut Vec<String>,
) -> Result<(), Vec<Problem>> {
    for (number, conditions) in entries.iter().enumerate() {
        let place = Path::root().key("exclude").index(number);
        let mut tests = vec![];
        for (path, value) in conditions {
            let refuse = |message: String| vec![Problem::new(place.key(path.as_str()), message)];
            let parsed: Path = path.parse().map_err(|error: PathError| refuse(error.to_string()))?;
            let parsed = Schema::of::<SuiteFile>().understood(parsed);
            tests.push(Test::new(versions, &parsed, value).map_err(refuse)?);
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
pub(super) fn retain(only: &[Setting], versions: &Versions, arms: &mut Vec<Planned>) -> Result<(), Problems> {
    for given in only {
        let refuse = |message: String| Problems::one(&given.origin, None, Problem::new(Path::root(), message));
        let path = Schema::of::<SuiteFile>().understood(given.path.clone());
        let test = Test::new(versions, &path, &given.value).map_err(refuse)?;
        arms.retain(|arm| test.holds(&arm.key));
        if arms.is_empty() {
            return Err(refuse("no arm fits; `longlag plan` lists the arms".to_owned()));
        }
    }
    Ok(())
}

/// The versions of a section for which a condition holds.
pub(super) struct Test {
    section: Section,
    holds: Vec<bool>,
}

impl Test {
    /// A condition, decided once for every version of its section.
    ///
    /// # Errors
    ///
    /// In words, when no version has such a setting.
    pub fn new(versions: &Versions, path: &Path, wanted: &Value) -> Result<Self, String> {
        let (section, rest) = Section::split(path).ok_or_else(|| {
            let first = match path.segments().first() {
                Some(Segment::Key(key)) => key.as_str(),
                _ => "",
            };
            let hint = hint(first, Section::NAMES).map(|hint| hint + " ").unwrap_or_default();
            format!("`{path}` is no setting of a trial; {hint}a path begins with one of: {}", Section::NAMES.join(", "))
        })?;
        let found: Vec<Option<Value>> = versions.trees(section).map(|tree| rest.get(&tree).cloned()).collect();
        if found.iter().all(Option::is_none) {
            let hint = meant(path, versions).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            return Err(format!("no arm has a setting `{path}`{hint}"));
        }
        let condition = Condition::new(path.to_string(), yaml(wanted));
        let holds: Vec<bool> =
            found.into_iter().map(|found| found.is_some_and(|found| condition.holds(&yaml(&found)))).collect();
        if let Some((former, now)) = former_kind(wanted).filter(|_| !holds.contains(&true)) {
            return Err(format!("no arm has the kind `{former}`; it is called `{now}` now"));
        }
        Ok(Self { section, holds })
    }

    /// Whether it holds for an arm.
    pub fn holds(&self, key: &Key) -> bool {
        self.holds[key[self.section] as usize]
    }
}

fn yaml(value: &Value) -> serde_yaml::Value {
    serde_yaml::to_value(value).expect("what JSON can say, YAML can")
}

/// The setting that some arm has and that differs from `path` in one name that is called otherwise here, or in its spelling.
fn meant(path: &Path, versions: &Versions) -> Option<Path> {
    let known = |path: &Path| {
        let Some((section, rest)) = Section::split(path) else { return false };
        versions.trees(section).any(|tree| rest.get(&tree).is_some())
    };
    let segments = path.segments();
    let candidates = segments.iter().enumerate().flat_map(|(place, segment)| {
        let Segment::Key(word) = segment else { return vec![] };
        let with = |name: &str| {
            let name = Segment::Key(name.to_owned());
            [&segments[..place], &[name], &segments[place + 1..]].concat().into_iter().collect::<Path>()
        };
        meanings(word).into_iter().map(with).collect()
    });
    candidates.into_iter().find(known).or_else(|| Schema::of::<SuiteFile>().meant(path).filter(known))
}
