//! The distinct versions of each section, and arms as a handful of their numbers.

use std::collections::HashMap;
use std::ops::{Index, IndexMut};

use serde_json::Value;

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
#[derive(Clone, Debug)]
pub(super) struct Version {
    /// Complete and in its long form.
    pub tree: Value,
    /// The settings that differ from their defaults, with the section's name in the path.
    pub non_defaults: Vec<(Path, Value)>,
    /// Hash of `non_defaults`.
    pub digest: [u8; 32],
}

/// The distinct versions of every section.
#[derive(Clone, Debug)]
pub(super) struct Versions {
    values: SectionValues,
    versions: [Vec<Version>; Section::COUNT],
    /// For each section the number of each version, by its digest.
    numbers: [HashMap<[u8; 32], u32>; Section::COUNT],
}

impl Versions {
    pub fn new() -> Self {
        Self {
            values: SectionValues::default(),
            versions: std::array::from_fn(|_| vec![]),
            numbers: std::array::from_fn(|_| HashMap::new()),
        }
    }

    /// The number of the version of `section` that `tree` is: equal ones have one number.
    ///
    /// # Errors
    ///
    /// All that is wrong with the tree; paths begin with the section's name.
    pub fn add(&mut self, section: Section, tree: &Value) -> Result<u32, Vec<Problem>> {
        let tree = self.values.push(section, tree)?;
        let non_defaults = section.non_defaults(&tree);
        let digest = digest(&non_defaults);
        let versions = &mut self.versions[section as usize];
        let new = versions.len() as u32;
        let number = *self.numbers[section as usize].entry(digest).or_insert(new);
        if number == new {
            versions.push(Version { tree, non_defaults, digest });
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
    pub fn complete(&mut self, section: Section, tree: &Value) -> Result<Value, Vec<Problem>> {
        let tree = self.values.push(section, tree)?;
        self.values.pop(section);
        Ok(tree)
    }

    /// How many layers an arm's network has.
    pub fn layers(&self, key: &Key) -> usize {
        self.values.model[key[Section::Model] as usize].layers
    }

    /// All versions of a section, by number.
    pub fn of(&self, section: Section) -> &[Version] {
        &self.versions[section as usize]
    }

    /// The version of `section` that an arm has.
    pub fn get(&self, section: Section, key: &Key) -> &Version {
        &self.of(section)[key[section] as usize]
    }

    /// All sections of an arm, typed.
    pub fn sections(&self, key: &Key) -> Sections {
        self.values.sections(|section| key[section] as usize)
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
    for (path, value) in non_defaults {
        // Typed: JSON keeps 1, "1" and true apart; lengths keep neighbours apart.
        for part in [path.to_string(), value.to_string()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    *hasher.finalize().as_bytes()
}
