//! The values of every arm at the paths that a suite sweeps, and the arms' names, which are made of them.
//!
//! All of it comes from the resolved sections, never from the text that a value was written in: one value has one text, and two
//! values of a setting have two.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{
    axis::{Axis, Entry},
    label::Template,
    planned::Planned,
    version::{Key, Versions},
};
use crate::{
    results::table::{LABEL, LabelPart, Setting, join, speaks_for_itself},
    suite::{Path, Problem, Schema, Section, Segment, SuiteFile, hint},
    text::{described, nearest, scalar, setting_name, spelled},
};

/// The settings of all arms at the paths that matter, and which of them make up the name of an arm.
#[derive(Clone, Debug, Default)]
pub(super) struct Naming {
    /// In the order in which names have them.
    settings: Vec<Described>,
    entries: Vec<Labelling>,
}

/// The values of one path.
#[derive(Clone, Debug)]
struct Described {
    path: Path,
    section: Section,
    name: String,
    role: Role,
    /// Whether another setting may have the same words.
    ambiguous: bool,
    /// For each version of the section the value and its words; none where its components lack the setting.
    values: Vec<Option<(Value, String)>>,
}

/// Above so many swept settings a name has those of its own entry only: all of them would not be read.
const MOST_NAMED: usize = 6;

/// The part that a path has in the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// Mentioned in a label, and no more.
    Mentioned,
    /// Held constant by an entry.
    Constant,
    Tuned,
    Swept,
}

/// How the arms of one sweep entry are named.
#[derive(Clone, Debug)]
struct Labelling {
    template: Option<Template>,
    /// The settings that are shown, behind the label where there is one.
    shown: Vec<usize>,
}

/// The paths that matter to a sweep entry.
fn roles_of(entry: &Entry) -> impl Iterator<Item = (&Path, Role)> {
    let (swept, tuned) = entry.parts();
    let mentioned = entry.label.iter().flat_map(Template::mentions).map(|path| (path, Role::Mentioned));
    // What goes with a search follows from the value that is searched along, which has the name.
    let role = |axis: &Axis| if axis.is_of_sweep() { Role::Constant } else { Role::Mentioned };
    let constants = entry.constants.iter().map(move |axis| (&axis.path, role(axis)));
    let swept = swept.iter().map(|axis| (&axis.path, Role::Swept));
    mentioned.chain(constants).chain(swept).chain(tuned.iter().map(|axis| (&axis.path, Role::Tuned)))
}

impl Naming {
    /// The names of the arms.
    ///
    /// # Errors
    ///
    /// When a label mentions a setting that one of its arms has not.
    pub fn new(entries: &[Entry], versions: &Versions, arms: &[Planned]) -> Result<Self, Vec<Problem>> {
        let mut roles: BTreeMap<&Path, Role> = BTreeMap::new();
        for (path, role) in entries.iter().flat_map(roles_of) {
            let known = roles.entry(path).or_insert(role);
            *known = role.max(*known);
        }
        let axes: Vec<&Axis> = entries.iter().flat_map(|entry| &entry.axes).collect();
        let compared: Vec<&Path> =
            roles.iter().filter(|(_, role)| **role > Role::Mentioned).map(|(path, _)| *path).collect();
        let names = names(&compared);
        let described = roles.iter().filter_map(|(path, &role)| {
            let (section, _) = Section::split(path)?;
            let deeper = compared.iter().filter(|other| other.starts_with(path) && *other != path);
            let deeper: Vec<Path> =
                deeper.map(|other| other.segments()[path.segments().len()..].iter().cloned().collect()).collect();
            let written = written(axes.iter().filter(|axis| axis.path == **path).flat_map(|axis| &axis.values));
            let values = values(path, versions, section, &deeper, &written);
            let name = names.get(path).cloned().unwrap_or_else(|| setting_name(&path.spelled()).to_owned());
            Some(Described { path: (*path).clone(), section, name, role, ambiguous: false, values })
        });
        let mut settings: Vec<Described> = described.collect();
        settings.sort_by_cached_key(Described::place);
        mark_ambiguous(&mut settings);
        let mut naming = Self { settings, entries: vec![] };
        naming.entries = entries.iter().map(|entry| naming.labelling(entry, entries, arms)).collect();
        let problems = naming.unknown_mentions(entries, versions, arms);
        if problems.is_empty() { Ok(naming) } else { Err(problems) }
    }

    /// How the arms of `entry` are named. Without a label they have every setting that any entry sweeps, whether it is their own
    /// or the suite's value that they take; a label speaks for what it mentions and for what has one value in all entries of that
    /// label.
    fn labelling(&self, entry: &Entry, entries: &[Entry], arms: &[Planned]) -> Labelling {
        let alike = |arm: &&Planned| entries[arm.entry as usize].label == entry.label;
        let differs = |setting: &Described| {
            let mut values = arms.iter().filter(alike).map(|arm| setting.value(&arm.key));
            values.next().is_some_and(|first| values.any(|other| other != first))
        };
        // What lies below a swept path changes with it.
        let own = |path: &Path| {
            let alike = entries.iter().filter(|other| other.label == entry.label);
            alike.flat_map(|other| &other.axes).any(|axis| path.starts_with(&axis.path))
        };
        let few = self.settings.iter().filter(|setting| setting.role == Role::Swept).count() <= MOST_NAMED;
        let has = |path: &Path| entry.axes.iter().any(|axis| path.starts_with(&axis.path));
        let is_shown = |setting: &Described| match (&entry.label, setting.role) {
            (_, Role::Mentioned) => false,
            (None, Role::Swept | Role::Tuned) => few || has(&setting.path),
            (None, Role::Constant) => differs(setting),
            (Some(label), _) => {
                let mentioned = label.mentions().any(|path| *path == setting.path);
                let own = own(&setting.path) || setting.role == Role::Constant;
                !mentioned && own && differs(setting)
            }
        };
        let shown = (0..self.settings.len()).filter(|&place| is_shown(&self.settings[place])).collect();
        Labelling { template: entry.label.clone(), shown }
    }

    fn at(&self, path: &Path) -> Option<&Described> {
        self.settings.iter().find(|setting| setting.path == *path)
    }

    /// The settings that the name of an arm is made of, the label of its entry first; with `tuned` those that tell candidates
    /// apart too.
    pub fn settings(&self, arm: &Planned, tuned: bool) -> Vec<Setting> {
        let Labelling { template, shown } = &self.entries[arm.entry as usize];
        let label =
            template.as_ref().map(|template| Setting::new(LABEL, template.filled(|path| self.words(path, arm)).into()));
        let shown = shown.iter().map(|&place| &self.settings[place]);
        let shown = shown.filter(|setting| tuned || setting.role != Role::Tuned);
        label.into_iter().chain(shown.filter_map(|setting| setting.of(&arm.key))).collect()
    }

    /// The settings that the name of a searched arm is made of, from the arms of the search's ends: what is the same at both, without the
    /// setting searched along. In a label "…" stands for what goes with that.
    pub fn settings_along(&self, ends: [&Planned; 2], along: &Path) -> Vec<Setting> {
        let Labelling { template, shown } = &self.entries[ends[0].entry as usize];
        let words = |path: &Path| {
            let [first, last] = ends.map(|arm| self.words(path, arm));
            if first == last { first } else { "…".to_owned() }
        };
        let label = template.as_ref().map(|template| Setting::new(LABEL, template.filled(words).into()));
        let of_ends = |setting: &Described| {
            ends.map(|arm| {
                let mut found = setting.of(&arm.key)?;
                if along.starts_with(&setting.path) {
                    take_out(&mut found.value, &along.segments()[setting.path.segments().len()..]);
                }
                Some(found)
            })
        };
        let shown = shown.iter().map(|&place| &self.settings[place]);
        let shown = shown.filter(|setting| setting.role != Role::Tuned && setting.path != *along).map(of_ends);
        let (constant, varying): (Vec<_>, Vec<_>) = shown.partition(|[first, last]| first == last);
        let constant = label.into_iter().chain(constant.into_iter().filter_map(|[first, _]| first));
        let constant: Vec<Setting> = constant.collect();
        if !constant.is_empty() {
            return constant;
        }
        // What goes with the search is all that there is to tell the arm by.
        let unsaid = |setting| Setting { value: "…".into(), text: "…".to_owned(), named: true, ..setting };
        varying.into_iter().filter_map(|[first, _]| first.map(unsaid)).collect()
    }

    /// The name of an arm; empty where nothing is swept.
    pub fn label(&self, arm: &Planned, tuned: bool) -> String {
        join(&self.settings(arm, tuned))
    }

    /// The settings of an arm at every path that is swept, tuned, or part of a name.
    pub fn swept(&self, arm: &Planned) -> Vec<Setting> {
        let in_names = |place: &usize| self.entries.iter().any(|entry| entry.shown.contains(place));
        let places =
            (0..self.settings.len()).filter(|place| self.settings[*place].role >= Role::Tuned || in_names(place));
        places.filter_map(|place| self.settings[place].of(&arm.key)).collect()
    }

    /// The tuned settings of an arm.
    pub fn tuned(&self, arm: &Planned) -> Vec<Setting> {
        let tuned = self.settings.iter().filter(|setting| setting.role == Role::Tuned);
        tuned.filter_map(|setting| setting.of(&arm.key)).collect()
    }

    /// The label of an arm's entry, part by part; empty without one.
    pub fn own_label(&self, arm: &Planned) -> Vec<LabelPart> {
        let template = &self.entries[arm.entry as usize].template;
        template.as_ref().map(|template| template.parts(|path| self.words(path, arm))).unwrap_or_default()
    }

    /// The words for the value of a setting that a label mentions.
    fn words(&self, path: &Path, arm: &Planned) -> String {
        let value = self.at(path).and_then(|setting| setting.value(&arm.key));
        value.map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// Places in labels for settings that an arm of the entry has not, the first of each.
    fn unknown_mentions(&self, entries: &[Entry], versions: &Versions, arms: &[Planned]) -> Vec<Problem> {
        let mut problems = vec![];
        for (number, entry) in entries.iter().enumerate() {
            let place = Path::root().key("sweep").index(number).key("label");
            let mut own = arms.iter().filter(|arm| arm.entry as usize == number).peekable();
            if own.peek().is_none() {
                continue;
            }
            for path in entry.label.iter().flat_map(Template::mentions) {
                let lacks = |arm: &&Planned| self.at(path).is_none_or(|setting| setting.value(&arm.key).is_none());
                let Some(arm) = own.clone().find(lacks) else { continue };
                let shown = path.spelled();
                let known = known_paths(path, versions, &arm.key);
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let help = nearest(&shown, &known).map(|near| format!("did you mean `{{{near}}}`?")).or_else(|| {
                    let Some(Segment::Key(first)) = path.segments().first() else { return None };
                    hint(first, Section::NAMES)
                });
                let help = help.unwrap_or_else(|| "name a setting by its path, such as {model.hidden}".to_owned());
                let arm = entry.written(&entry.choice(arm.index as usize));
                let arm = if arm.is_empty() { String::new() } else { format!(" of the arm `{arm}`") };
                let message = format!("`{{{shown}}}` is no setting{arm}");
                problems.push(Problem::new(place.clone(), message).help(help));
            }
        }
        problems
    }
}

impl Described {
    /// The rank of a value in names: words come first, then numbers and switches; among them the network before the task.
    fn place(&self) -> (bool, bool, usize, Path) {
        let number = self.values.iter().flatten().all(|(value, _)| !speaks_for_itself(value));
        (number, self.section == Section::Task, self.section as usize, self.path.clone())
    }

    fn value(&self, key: &Key) -> Option<&(Value, String)> {
        self.values[key[self.section] as usize].as_ref()
    }

    fn of(&self, key: &Key) -> Option<Setting> {
        let (value, text) = self.value(key).filter(|(_, text)| !text.is_empty())?;
        let named = self.ambiguous || !speaks_for_itself(value);
        let (value, text) = (value.clone(), text.clone());
        Some(Setting { path: self.path.spelled(), name: self.name.clone(), value, text, named })
    }
}

/// For each path the shortest end of it that no other one has.
fn names<'a>(paths: &[&'a Path]) -> HashMap<&'a Path, String> {
    let name = |path: &Path, depth: usize| {
        let segments = path.segments();
        // `init.parameters.b_f.value` sets `b_f`.
        let end = match segments {
            [.., _, Segment::Key(last)] if last == "value" => segments.len() - 1,
            _ => segments.len(),
        };
        let begin = end.saturating_sub(depth);
        segments[begin..end].iter().cloned().collect::<Path>().spelled()
    };
    let unique = |path: &&'a Path| {
        let deepest = path.segments().len();
        let depth = (1..deepest).find(|&depth| {
            let own = name(path, depth);
            paths.iter().all(|other| other == path || name(other, depth) != own)
        });
        (*path, depth.map_or_else(|| path.spelled(), |depth| name(path, depth)))
    };
    paths.iter().map(unique).collect()
}

/// Marks settings some words of which another one has too.
fn mark_ambiguous(settings: &mut [Described]) {
    let mut owners: HashMap<&str, usize> = HashMap::new();
    let mut ambiguous = BTreeSet::new();
    let compared = settings.iter().enumerate().filter(|(_, setting)| setting.role > Role::Mentioned);
    for (place, setting) in compared {
        for (_, text) in setting.values.iter().flatten().filter(|(value, _)| speaks_for_itself(value)) {
            let owner = *owners.entry(text).or_insert(place);
            if owner != place {
                ambiguous.extend([owner, place]);
            }
        }
    }
    ambiguous.into_iter().for_each(|place| settings[place].ambiguous = true);
}

/// For each kind of component among swept values, the settings that each of them writes: their names are expected to be told
/// apart by these even where one has its default.
fn written<'a>(values: impl Iterator<Item = &'a Value>) -> HashMap<String, BTreeSet<String>> {
    let mut written: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut note = |component: &Value| {
        let (kind, keys) = match component {
            Value::String(kind) => (kind.as_str(), BTreeSet::new()),
            Value::Object(node) => {
                let Some(kind) = node.get("kind").and_then(Value::as_str) else { return };
                (kind, node.keys().filter(|key| *key != "kind").cloned().collect())
            }
            _ => return,
        };
        let known = written.entry(kind.to_owned()).or_insert_with(|| keys.clone());
        known.retain(|key| keys.contains(key));
    };
    for value in values {
        match value {
            Value::Array(components) => components.iter().for_each(&mut note),
            component => note(component),
        }
    }
    written
}

/// The value at `path` in every version of its section, and its words, which leave out what is `deeper` and include what is
/// `written` of a kind.
fn values(
    path: &Path,
    versions: &Versions,
    section: Section,
    deeper: &[Path],
    written: &HashMap<String, BTreeSet<String>>,
) -> Vec<Option<(Value, String)>> {
    let schema = Schema::of::<SuiteFile>();
    let mut meanings: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut found = vec![];
    for tree in versions.trees(section) {
        let value = schema.canonical(path, &tree);
        let shown = value.clone().map(|mut shown| {
            let add = |component: &mut Value, path: &Path| {
                let Value::Object(node) = component else { return };
                let Some(keys) = node.get("kind").and_then(Value::as_str).and_then(|kind| written.get(kind)) else {
                    return;
                };
                for key in keys {
                    if let (false, Some(value)) =
                        (node.contains_key(key), schema.canonical(&path.key(key.as_str()), &tree))
                    {
                        node.insert(key.clone(), value);
                    }
                }
            };
            match &mut shown {
                Value::Array(list) => list.iter_mut().enumerate().for_each(|(index, one)| add(one, &path.index(index))),
                component => add(component, path),
            }
            deeper.iter().for_each(|rest| take_out(&mut shown, rest.segments()));
            shown
        });
        if let Some(shown) = shown.as_ref().filter(|shown| !is_scalar(shown)) {
            meanings.entry(described(shown)).or_default().insert(spelled(shown));
        }
        found.push(value.zip(shown));
    }
    let words = |shown: &Value| {
        let text = described(shown);
        let alone = is_scalar(shown) || meanings[&text].len() == 1 && scalar::resolve(&text).is_string();
        if alone { text } else { spelled(shown) }
    };
    let told = |(value, shown): (Value, Value)| {
        // All that is in it is named by itself.
        let text = if is_empty(&shown) && !is_empty(&value) { String::new() } else { words(&shown) };
        (value, text)
    };
    found.into_iter().map(|found| found.map(told)).collect()
}

/// Whether a value is described as it is spelled, which nothing else is.
fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(_) | Value::Number(_))
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Takes the value at a path out of the map that has it, and a map that is then empty out of its own.
fn take_out(tree: &mut Value, path: &[Segment]) {
    match (tree, path) {
        (Value::Object(node), [Segment::Key(key)]) => drop(node.shift_remove(key)),
        (Value::Object(node), [Segment::Key(key), rest @ ..]) => {
            let Some(below) = node.get_mut(key) else { return };
            take_out(below, rest);
            if is_empty(below) {
                node.shift_remove(key);
            }
        }
        (Value::Array(list), [Segment::Index(index), rest @ ..]) if !rest.is_empty() => {
            if let Some(below) = list.get_mut(*index) {
                take_out(below, rest);
            }
        }
        _ => {}
    }
}

/// The paths of an arm's settings, those of the section that `path` lies in, else all.
fn known_paths(path: &Path, versions: &Versions, key: &Key) -> Vec<String> {
    fn walk(value: &Value, path: &Path, paths: &mut Vec<String>) {
        paths.push(path.spelled());
        match value {
            Value::Object(node) => node.iter().for_each(|(key, value)| walk(value, &path.key(key.as_str()), paths)),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(index, value)| walk(value, &path.index(index), paths))
            }
            _ => {}
        }
    }
    let own = Section::split(path).map(|(section, _)| section);
    let mut paths = vec![];
    for section in Section::ALL.into_iter().filter(|section| own.is_none_or(|own| own == *section)) {
        walk(&versions.tree(section, key), &Path::root().key(section.name()), &mut paths);
    }
    paths
}
