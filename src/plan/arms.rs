//! The names and settings of a plan's arms.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::trials::{Plan, TrialSet};
use crate::{
    results::table::{LabelPart, Setting, join},
    suite::{Path, Section, Sections},
};

/// One arm, named.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Its name in tables and figures.
    pub label: String,
    /// The settings that the name is made of.
    pub settings: Vec<Setting>,
}

impl Plan {
    /// The name of a searched arm of the chosen plan, without the value that is searched along.
    pub fn searched_arm_named(&self, searched: usize) -> Arm {
        let settings = match &self.along {
            Some(along) => {
                let ends = [0, along.values.len() - 1].map(|value| &self.arms[self.searched_arm(searched, value)]);
                self.naming.settings_along(ends, &along.path)
            }
            None => self.naming.settings(&self.arms[self.searched_arm(searched, 0)], false),
        };
        let label = join(&settings);
        Arm { label: if label.is_empty() { "all".to_owned() } else { label }, settings }
    }

    /// The tuned settings of arm `arm`, in one order for all arms.
    pub fn tuned(&self, arm: usize) -> Vec<Setting> {
        self.naming.tuned(&self.arms[arm])
    }

    /// The name and swept settings of arm `arm`.
    pub fn arm(&self, arm: usize) -> Arm {
        let settings =
            self.naming.settings(&self.arms[arm], !matches!(self.stage, TrialSet::Chosen | TrialSet::Searched));
        let label = join(&settings);
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

    /// The settings of arm `arm` at every path that an entry sweeps or tunes, resolved; none for those that its components lack.
    pub fn swept(&self, arm: usize) -> Vec<Setting> {
        self.naming.swept(&self.arms[arm])
    }

    /// The label of the arm's sweep entry, part by part; empty without one.
    pub fn own_label(&self, arm: usize) -> Vec<LabelPart> {
        self.naming.own_label(&self.arms[arm])
    }

    /// The sections of arm `arm`.
    pub fn sections(&self, arm: usize) -> Sections {
        self.versions.sections(&self.arms[arm].key)
    }

    /// The distinct values of a section among the arms, complete, in the order in which arms first have them.
    pub fn section_trees(&self, section: Section) -> Vec<Value> {
        let mut seen = HashSet::new();
        let first = self.arms.iter().filter(|arm| seen.insert(arm.key[section]));
        first.map(|arm| self.versions.tree(section, &arm.key)).collect()
    }

    /// A hash of the settings of a section that differ from their defaults in arm `arm`.
    pub fn section_digest(&self, arm: usize, section: Section) -> [u8; 32] {
        self.versions.get(section, &self.arms[arm].key).digest
    }

    /// The value of the setting at `path` in arm `arm`.
    pub fn setting(&self, arm: usize, path: &Path) -> Option<Value> {
        let (section, rest) = Section::split(path)?;
        rest.get(&self.versions.tree(section, &self.arms[arm].key)).cloned()
    }

    /// Every setting of arm `arm`, defaults included, by section.
    pub fn resolved(&self, arm: usize) -> Value {
        let key = &self.arms[arm].key;
        let tree = |section: Section| (section.name().to_owned(), self.versions.tree(section, key));
        Value::Object(Section::ALL.into_iter().map(tree).collect())
    }

    /// The identity of the arm's task, for the data streams.
    pub fn task_identity(&self, arm: usize) -> String {
        canonical_json(&self.versions.non_defaults(Section::Task, &self.arms[arm].key))
    }

    /// The settings of arm `arm` that differ from their defaults, as canonical JSON.
    pub fn config(&self, arm: usize) -> String {
        let key = &self.arms[arm].key;
        let mut non_defaults: Vec<(Path, Value)> =
            Section::ALL.into_iter().flat_map(|section| self.versions.non_defaults(section, key)).collect();
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
