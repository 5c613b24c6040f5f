//! The names and settings of a plan's arms.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    label::{self, Setting},
    trials::{Plan, Planned, TrialSet},
    version::Version,
};
use crate::suite::{Path, Section, Sections};

/// One arm, named.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Its name in tables and figures.
    pub label: String,
    /// The swept settings that tell it from others.
    pub settings: Vec<Setting>,
}

impl Plan {
    /// The tuned settings of arm `arm`, in the order of the suite.
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
        let settings = label::settings(entry, &choice, self.stage != TrialSet::Chosen);
        let label = label::join(&settings);
        match self.stage {
            TrialSet::Tuning => Arm { label: format!("tuning · {label}"), settings },
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
            let (section, _) = Section::split(path)?;
            let value = self.setting(arm, path)?;
            let written = entry.axes.iter().position(|axis| axis.path == **path);
            let text = written.map_or_else(
                || label::describe(&without_defaults(path, value, self.versions.get(section, &key))),
                |axis| label::describe(&entry.axes[axis].values[choice[axis]]),
            );
            Some(Setting { path: path.to_string(), text, number: value.as_f64() })
        };
        paths.iter().filter_map(of).collect()
    }

    /// The sections of arm `arm`.
    pub fn sections(&self, arm: usize) -> Sections {
        self.versions.sections(&self.arms[arm].key)
    }

    /// A hash of the settings of a section that differ from their defaults in arm `arm`.
    pub fn section_digest(&self, arm: usize, section: Section) -> [u8; 32] {
        self.versions.get(section, &self.arms[arm].key).digest
    }

    /// The value of the setting at `path` in arm `arm`.
    pub fn setting(&self, arm: usize, path: &Path) -> Option<&Value> {
        let (section, rest) = Section::split(path)?;
        rest.get(&self.versions.get(section, &self.arms[arm].key).tree)
    }

    /// Every setting of arm `arm`, defaults included, by section.
    pub fn resolved(&self, arm: usize) -> Value {
        let key = &self.arms[arm].key;
        let tree = |section: Section| (section.name().to_owned(), self.versions.get(section, key).tree.clone());
        Value::Object(Section::ALL.into_iter().map(tree).collect())
    }

    /// The identity of the arm's task, for the data streams.
    pub fn task_identity(&self, arm: usize) -> String {
        canonical_json(&self.versions.get(Section::Task, &self.arms[arm].key).non_defaults)
    }

    /// The settings of arm `arm` that differ from their defaults, as canonical JSON.
    pub fn config(&self, arm: usize) -> String {
        let key = &self.arms[arm].key;
        let mut non_defaults: Vec<(Path, Value)> = Section::ALL
            .into_iter()
            .flat_map(|section| self.versions.get(section, key).non_defaults.iter().cloned())
            .collect();
        non_defaults.sort_by_cached_key(|(path, _)| path.to_string());
        canonical_json(&non_defaults)
    }
}

/// `{"model.hidden":32,…}`.
fn canonical_json(non_defaults: &[(Path, Value)]) -> String {
    let map: serde_json::Map<String, Value> =
        non_defaults.iter().map(|(path, value)| (path.to_string(), value.clone())).collect();
    Value::Object(map).to_string()
}

/// The component `value` at `path` with its name and those settings only that differ from their defaults.
fn without_defaults(path: &Path, value: &Value, version: &Version) -> Value {
    let Value::Object(node) = value else { return value.clone() };
    let kept = node.iter().filter_map(|(key, value)| {
        let path = path.key(key.as_str());
        let differs = key == "kind" || version.non_defaults.iter().any(|(leaf, _)| leaf.starts_with(&path));
        differs.then(|| (key.clone(), without_defaults(&path, value, version)))
    });
    Value::Object(kept.collect())
}
