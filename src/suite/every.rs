//! `every` among the values of a swept setting: each registered component of the setting's kind that its name alone makes one.

use serde_json::{Value, json};

use super::Path;
use super::schema::{KIND, NodeId, Schema, Shape};

/// The word, in a list of values, for every registered component of the setting's kind.
const EVERY: &str = "every";

impl Schema {
    /// `values` with `every` replaced by each component that may stand at `path` and that the list names nowhere else, in the
    /// order of the registry: by its name, or as a list of that name where a list of components stands. A setting that takes no
    /// component keeps its values: `every` may be one of its words. Components that are nothing without settings of their own, such as
    /// a cell in equations, are not among them.
    pub fn with_every(&self, path: &Path, values: Vec<Value>) -> Vec<Value> {
        let every = json!(EVERY);
        if !values.contains(&every) {
            return values;
        }
        let Some(all) = self.components(path) else { return values };
        let named: Vec<String> = values.iter().flat_map(names).collect();
        let rest: Vec<Value> =
            all.into_iter().filter(|one| !names(one).iter().all(|name| named.contains(name))).collect();
        values.into_iter().flat_map(|value| if value == every { rest.clone() } else { vec![value] }).collect()
    }

    /// Whether a component is one by its name alone: a data set is none without its file.
    fn is_complete_without_settings(&self, node: NodeId) -> bool {
        let Shape::Map(map) = &self.node(node).shape else { return true };
        !map.properties.iter().any(|property| property.required && property.name != KIND)
    }

    /// The components that may stand at `path` by their names alone, as values.
    fn components(&self, path: &Path) -> Option<Vec<Value>> {
        let nodes = self.at(path);
        let kinds = |node: NodeId| match &self.node(node).shape {
            Shape::Kinds(kinds) => {
                let complete = kinds.iter().filter(|(_, node)| self.is_complete_without_settings(*node));
                Some(complete.map(|(name, _)| name.clone()).collect::<Vec<_>>())
            }
            _ => None,
        };
        let leaves = nodes.into_iter().flat_map(|node| self.leaves(node));
        leaves.into_iter().find_map(|node| match &self.node(node).shape {
            Shape::List(list) => {
                let entries = self.leaves(list.rest?).into_iter().find_map(kinds)?;
                Some(entries.into_iter().map(|name| json!([name])).collect())
            }
            _ => Some(kinds(node)?.into_iter().map(Value::String).collect()),
        })
    }
}

/// The names of the components that a value gives: one, or a list of them.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(name) => vec![name.clone()],
        Value::Object(settings) => settings.get(KIND).and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
        Value::Array(components) => components.iter().flat_map(names).collect(),
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        component::{activation::ActivationSpec, cell::CellSpec, clip::ClipSpec, init::InitializerSpec},
        suite::SuiteFile,
    };

    fn expanded(path: &str, values: Value) -> Vec<Value> {
        let path = path.parse().expect("a path");
        let values = serde_json::from_value(values).expect("a list");
        Schema::of::<SuiteFile>().with_every(&path, values)
    }

    fn named(names: &[&str]) -> Vec<Value> {
        names.iter().map(|name| json!(name)).collect()
    }

    /// A data set is none without its file.
    #[test]
    fn a_component_that_is_none_without_settings_is_not_among_every() {
        let tasks = expanded("task", json!(["every"]));
        assert!(tasks.contains(&json!("adding")) && !tasks.contains(&json!("dataset")), "{tasks:?}");
        assert_eq!(tasks.len() + 1, crate::component::task::TaskSpec::NAMES.len());
    }

    #[test]
    fn every_is_each_component_of_the_settings_kind() {
        let complete = |names: &[&str], without: &str| {
            let complete: Vec<&str> = names.iter().filter(|name| **name != without).copied().collect();
            assert_eq!(complete.len(), names.len() - 1, "{without}");
            named(&complete)
        };
        assert_eq!(expanded("model.cell", json!(["every"])), complete(CellSpec::NAMES, "equations"));
        assert_eq!(expanded("model.cell.activation", json!(["every"])), complete(ActivationSpec::NAMES, "formula"));
        assert_eq!(expanded("init.recurrent", json!(["every"])), named(InitializerSpec::NAMES));
        assert_eq!(expanded("init.parameters.b_f", json!(["every"])), named(InitializerSpec::NAMES));
        let clips: Vec<Value> = ClipSpec::NAMES.iter().map(|name| json!([name])).collect();
        assert_eq!(expanded("clip", json!(["every"])), clips);
        assert_eq!(expanded("clip[0]", json!(["every"])), named(ClipSpec::NAMES));
    }

    #[test]
    fn every_stands_for_what_the_list_names_nowhere_else() {
        let cells = expanded("model.cell", json!(["lstm", "every", {"kind": "gru", "reset": "before-matrix"}]));
        assert_eq!(cells.len(), CellSpec::NAMES.len() - 1);
        assert_eq!((cells[0].clone(), cells[1].clone()), (json!("lstm"), json!("elman")));
        assert!(!cells.contains(&json!("gru")) && cells.last().is_some_and(|cell| cell["kind"] == "gru"));
        let clips = expanded("clip", json!([[], ["value", {"kind": "global-norm", "max": 1.0}], "every"]));
        assert_eq!(clips.len(), ClipSpec::NAMES.len());
    }

    /// A word of the setting's own is left alone.
    #[test]
    fn every_is_a_word_like_others_where_no_component_stands() {
        assert_eq!(expanded("task.score", json!(["every"])), [json!("every")]);
        assert_eq!(expanded("model.hidden", json!(["every"])), [json!("every")]);
        assert_eq!(expanded("nowhere", json!(["every"])), [json!("every")]);
    }
}
