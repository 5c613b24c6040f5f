//! The settings in which arms of the same label differ.

use std::collections::BTreeMap;

use serde_json::Value;

use super::pairs::Pairs;
use super::side::Side;

/// A setting that differs between the two runs, in all arms that show the same difference.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedSetting {
    /// The path, such as `optimizer.learning-rate`.
    pub path: String,
    /// The value in the baseline; none where it has no such setting.
    pub before: Option<Value>,
    /// The value in the run.
    pub now: Option<Value>,
    /// The number of arms.
    pub arms: usize,
}

/// The settings that differ, by path.
pub(super) fn changed_settings(baseline: &Side, run: &Side, pairs: &Pairs) -> Vec<ChangedSetting> {
    let mut counts: BTreeMap<(String, String, String), ChangedSetting> = BTreeMap::new();
    for pair in pairs.both.iter().filter(|pair| !pair.same_settings) {
        let [before, now] = [&baseline.definitions[pair.baseline], &run.definitions[pair.run]].map(|definition| {
            let mut leaves = BTreeMap::new();
            flatten(String::new(), &definition.resolved, &mut leaves);
            leaves
        });
        let paths: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        for path in paths {
            let (one, two) = (before.get(path).copied(), now.get(path).copied());
            if one != two {
                let text = |value: Option<&Value>| value.map_or_else(String::new, Value::to_string);
                let setting = ChangedSetting { path: path.clone(), before: one.cloned(), now: two.cloned(), arms: 0 };
                counts.entry((path.clone(), text(one), text(two))).or_insert(setting).arms += 1;
            }
        }
    }
    counts.into_values().collect()
}

/// The values without maps in them, by path.
fn flatten<'a>(path: String, value: &'a Value, leaves: &mut BTreeMap<String, &'a Value>) {
    let beneath = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, value)| flatten(beneath(key), value, leaves))
        }
        _ => {
            leaves.insert(path, value);
        }
    }
}
