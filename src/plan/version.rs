//! The distinct versions of each section, and arms as a handful of their numbers.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};
use std::ops::{Index, IndexMut};

use serde_json::Value;

use crate::component::task::{DataFiles, KnownData, TaskSpec};
use crate::data::Fault;
use crate::model::ModelSpec;
use crate::suite::{Path, Problem, Section, SectionValues, Sections};

/// For each section the number of one of its versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Key([u32; Section::COUNT]);

impl Key {
    /// The numbers of these sections alone.
    pub fn of<const N: usize>(&self, sections: [Section; N]) -> [u32; N] {
        sections.map(|section| self[section])
    }
}

impl Index<Section> for Key {
    type Output = u32;

    fn index(&self, section: Section) -> &u32 {
        &self.0[section as usize]
    }
}

impl IndexMut<Section> for Key {
    fn index_mut(&mut self, section: Section) -> &mut u32 {
        &mut self.0[section as usize]
    }
}

/// One distinct version of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version {
    /// Hash of the settings that differ from their defaults.
    pub digest: [u8; 32],
    /// Whether none differs.
    pub is_default: bool,
}

/// The distinct versions of every section.
#[derive(Clone, Debug)]
pub(super) struct Versions {
    values: SectionValues,
    files: DataFiles,
    versions: [Vec<Version>; Section::COUNT],
    /// For each section the number of each version, by its digest.
    numbers: [HashMap<[u8; 32], u32>; Section::COUNT],
}

impl Versions {
    /// No version of any section; files that they name are looked for in `files`.
    pub fn new(files: DataFiles) -> Self {
        Self {
            values: SectionValues::default(),
            files,
            versions: std::array::from_fn(|_| vec![]),
            numbers: std::array::from_fn(|_| HashMap::new()),
        }
    }

    /// The number of the version of `section` that `tree` is: equal ones have one number.
    ///
    /// # Errors
    ///
    /// All that is wrong with the tree; paths begin with the section's name.
    pub fn add(&mut self, section: Section, tree: Value) -> Result<u32, Vec<Problem>> {
        self.values.push(section, tree, &self.files)?;
        let last = self.values.task.len().saturating_sub(1);
        let non_defaults = self.identity(section, &self.values.identity(section), last);
        let digest = digest(&non_defaults);
        let versions = &mut self.versions[section as usize];
        let new = versions.len() as u32;
        let number = *self.numbers[section as usize].entry(digest).or_insert(new);
        if number == new {
            versions.push(Version { digest, is_default: non_defaults.is_empty() });
        } else {
            self.values.pop(section);
        }
        Ok(number)
    }

    /// The complete tree of a section, which becomes no version of it.
    ///
    /// # Errors
    ///
    /// As [`Versions::add`].
    pub fn complete(&mut self, section: Section, tree: Value) -> Result<Value, Vec<Problem>> {
        let tree = self.values.push(section, tree, &self.files)?;
        self.values.pop(section);
        Ok(tree)
    }

    /// How many layers an arm's network has.
    pub fn layers(&self, key: &Key) -> usize {
        self.model(key).layers
    }

    /// The trees of all versions of a section, by number, complete and in their long form. They are made of the values, of which a
    /// plan may have a million: nobody keeps them.
    pub fn trees(&self, section: Section) -> impl Iterator<Item = Value> + '_ {
        (0..self.versions[section as usize].len()).map(move |number| self.values.tree(section, number))
    }

    /// The tree of the version of `section` that an arm has.
    pub fn tree(&self, section: Section, key: &Key) -> Value {
        self.values.tree(section, key[section] as usize)
    }

    /// The settings of `section` that differ from their defaults in an arm, with the section's name in the path.
    pub fn non_defaults(&self, section: Section, key: &Key) -> Vec<(Path, Value)> {
        self.identity(section, &self.tree(section, key), key[Section::Task] as usize)
    }

    /// The leaves that make `tree` the version of `section` that it is; of the task with that number the hash of its file, too.
    fn identity(&self, section: Section, tree: &Value, task: usize) -> Vec<(Path, Value)> {
        let mut leaves = section.non_defaults(tree);
        let contents = self.values.task.get(task).and_then(|task| task.contents());
        if let Some(contents) = contents.filter(|_| section == Section::Task) {
            leaves.push((Path::root().key(section.name()).key("content"), contents.hash.into()));
            leaves.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        leaves
    }

    /// The version of `section` that an arm has.
    pub fn get(&self, section: Section, key: &Key) -> Version {
        self.versions[section as usize][key[section] as usize]
    }

    /// The facts about the data sets of all tasks that have one.
    pub fn known_data(&self) -> Vec<KnownData> {
        self.values.task.iter().filter_map(|task| task.known()).collect()
    }

    /// Reads the files of all tasks that have one, where that was not done.
    ///
    /// # Errors
    ///
    /// When one cannot be read, or has changed.
    pub fn ready(&self) -> Result<(), Fault> {
        self.values.task.iter().try_for_each(|task| task.ready())
    }

    /// All sections of an arm, typed.
    pub fn sections(&self, key: &Key) -> Sections {
        self.values.sections(|section| key[section] as usize)
    }

    /// The task of an arm.
    pub fn task(&self, key: &Key) -> &TaskSpec {
        &self.values.task[key[Section::Task] as usize]
    }

    /// The model of an arm.
    pub fn model(&self, key: &Key) -> &ModelSpec {
        &self.values.model[key[Section::Model] as usize]
    }

    /// Whether an arm's algorithm follows a gradient.
    pub fn takes_gradient(&self, key: &Key) -> bool {
        self.values.algorithm[key[Section::Algorithm] as usize].takes_gradient()
    }

    /// How many numbers an arm's optimizer keeps per parameter.
    pub fn optimizer_slots(&self, key: &Key) -> usize {
        self.values.optimizer[key[Section::Optimizer] as usize].slots().len()
    }
}

fn digest(non_defaults: &[(Path, Value)]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut text = String::new();
    for (path, value) in non_defaults {
        // Typed: JSON keeps 1, "1" and true apart; lengths keep neighbours apart.
        for part in [path as &dyn Display, value] {
            text.clear();
            write!(text, "{part}").expect("a text takes all");
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
    }
    *hasher.finalize().as_bytes()
}
