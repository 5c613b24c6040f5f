//! The walk over a tree beside its schema.

use std::collections::BTreeSet;

use serde_json::{Map as Json, Value};

use super::advice::advice;
use crate::suite::schema::{KIND, List, Map, NodeId, Property, Schema, Shape};
use crate::suite::wording::{found, inline, suggestion};
use crate::suite::{MAX_PROBLEMS, Path, Problem, Segment};
use crate::text::pluralize;
use crate::text::shortened;

impl Schema {
    /// All that is wrong with a value that went through [`Schema::normalize`], in the order of its keys. Stops
    /// soon after [`MAX_PROBLEMS`].
    pub fn check(&self, value: &Value) -> Vec<Problem> {
        self.check_node(value, self.root)
    }

    pub(in crate::suite) fn check_node(&self, value: &Value, id: NodeId) -> Vec<Problem> {
        let mut check = Check { schema: self, path: Path::root(), problems: Vec::new() };
        check.value(value, id, None);
        check.problems
    }
}

pub(super) struct Check<'a> {
    pub(super) schema: &'a Schema,
    pub(super) path: Path,
    pub(super) problems: Vec<Problem>,
}

impl Check<'_> {
    fn value(&mut self, value: &Value, id: NodeId, property: Option<&Property>) {
        if value.is_null() {
            if !self.schema.accepts_null(id) {
                self.empty(id, property);
            }
            return;
        }
        let schema = self.schema;
        let id = schema.settle(id, value);
        match (&schema.node(id).shape, value) {
            (Shape::Any, _) | (Shape::Bool, Value::Bool(_)) => {}
            (Shape::Number(bounds), Value::Number(number)) => self.number(number, bounds),
            (Shape::Text(rules), Value::String(text)) => self.text(text, rules),
            (Shape::List(list), Value::Array(entries)) => self.list(entries, list),
            (Shape::Map(map), Value::Object(entries)) => self.map(entries, map, None),
            (Shape::Choice(values), _) => self.choice(value, values, id),
            (Shape::Kinds(kinds), Value::Object(entries)) => self.kinds(entries, kinds, id, property),
            (Shape::Kinds(kinds), Value::String(name)) => {
                let names: Vec<&str> = kinds.iter().map(|(name, _)| name.as_str()).collect();
                // Only reached without normalization: the bare name of a component is as good as the map.
                match kinds.iter().find(|(kind, _)| kind == name) {
                    Some((_, node)) => self.value(&serde_json::json!({KIND: name}), *node, None),
                    None => self.report(format!("unknown kind `{}`", shortened(name)), suggestion(name, &names)),
                }
            }
            (Shape::Tagged { names, contents }, _) => self.tagged(value, names, contents, id),
            _ => self.mismatch(value, id),
        }
    }

    fn empty(&mut self, id: NodeId, property: Option<&Property>) {
        let expected = self.schema.expects(id);
        let default = property.and_then(|property| property.default.as_ref()).filter(|default| !default.is_null());
        let help = match default.map(inline) {
            Some(Some(default)) => format!("give {expected}, or remove the key to use the default, {default}"),
            Some(None) => format!("give {expected}, or remove the key to use the default"),
            None => format!("give {expected}"),
        };
        self.report("is empty", help);
    }

    pub(super) fn mismatch(&mut self, value: &Value, id: NodeId) {
        let message = format!("expected {}, found {}", self.schema.expects(id), found(value));
        let mut problem = Problem::new(self.path.clone(), message);
        problem.help = advice(value, &self.schema.node(id).shape).or_else(|| self.within(value, id));
        self.problems.push(problem);
    }

    /// Where to write the name of a component that stands in place of the map that has a place for it.
    fn within(&self, value: &Value, id: NodeId) -> Option<String> {
        let (Shape::Map(map), Value::String(name)) = (&self.schema.node(id).shape, value) else { return None };
        let given = serde_json::json!({KIND: name});
        let property = map.properties.iter().find(|property| {
            let node = self.schema.node(self.schema.settle(property.node, &given));
            matches!(&node.shape, Shape::Kinds(kinds) if kinds.iter().any(|(kind, _)| kind == name))
        })?;
        let Some(Segment::Key(key)) = self.path.segments().last() else { return None };
        Some(format!("write `{key}: {{{}: {name}}}`", property.name))
    }

    fn list(&mut self, entries: &[Value], list: &List) {
        let size = pluralize(entries.len(), "entry");
        let fewest = pluralize(list.fewest, "entry");
        match list.most {
            Some(most) if most == list.fewest && entries.len() != most => {
                self.note(format!("must have exactly {fewest}, found {size}"));
            }
            Some(most) if entries.len() > most => {
                self.note(format!("must have at most {}, found {size}", pluralize(most, "entry")));
            }
            _ if entries.is_empty() && list.fewest > 0 => self.note("must not be an empty list"),
            _ if entries.len() < list.fewest => self.note(format!("must have at least {fewest}, found {size}")),
            _ => {}
        }
        let mut seen = BTreeSet::new();
        for (index, entry) in entries.iter().enumerate() {
            if self.is_enough() {
                return;
            }
            self.path.push(Segment::Index(index));
            if list.unique && !seen.insert(entry.to_string()) {
                self.note("stands in the list already");
            }
            if let Some(node) = list.entry(index) {
                self.value(entry, node, None);
            }
            self.path.pop();
        }
    }

    /// `component` is the kind and its node, when the map is one.
    pub(super) fn map(&mut self, entries: &Json<String, Value>, map: &Map, component: Option<(&str, NodeId)>) {
        for (key, value) in entries {
            if self.is_enough() {
                return;
            }
            if component.is_some() && key == KIND {
                continue;
            }
            match map.under(key) {
                Some(node) => self.beneath(key, value, node, map.property(key)),
                None => self.unknown(key, map, component),
            }
        }
        for property in map.properties.iter().filter(|property| property.required) {
            if !(entries.contains_key(&property.name) || component.is_some() && property.name == KIND) {
                let owner = component.map(|component| format!(" of {}", self.named(component))).unwrap_or_default();
                let expected = self.schema.expects(property.node);
                self.report(
                    format!("missing key `{}`{owner}", property.name),
                    format!("add `{}:` with {expected}", property.name),
                );
            }
        }
        if entries.len() < map.fewest && map.properties.is_empty() {
            let fewest = pluralize(map.fewest, "entry");
            if entries.is_empty() {
                return self.note("must not be an empty map");
            }
            self.note(format!("must have at least {fewest}, found {}", entries.len()));
        }
    }

    pub(super) fn beneath(&mut self, key: &str, value: &Value, node: NodeId, property: Option<&Property>) {
        self.path.push(Segment::Key(key.to_owned()));
        self.value(value, node, property);
        self.path.pop();
    }

    fn is_enough(&self) -> bool {
        self.problems.len() > MAX_PROBLEMS
    }

    pub(super) fn report(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(self.path.clone(), message).help(help));
    }

    pub(super) fn note(&mut self, message: impl Into<String>) {
        self.problems.push(Problem::new(self.path.clone(), message));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::suite::sample::{self, Suite, problem, problems};

    #[test]
    fn missing_and_empty() {
        let schema = Schema::of::<Suite>();
        let all: Vec<String> = schema.check(&json!({})).iter().map(ToString::to_string).collect();
        assert_eq!(
            all,
            [
                "missing key `name`; add `name:` with a text",
                "missing key `updates`; add `updates:` with a whole number"
            ]
        );
        assert_eq!(problem(json!({"clip": ["value"]})), {
            "clip[0]: missing key `max` of the value gradient clip; add `max:` with a number"
        });
        assert_eq!(problem(json!({"updates": null})), "updates: is empty; give a whole number");
        assert_eq!(
            problem(json!({"rate": null})),
            "rate: is empty; give a number, or remove the key to use the default, 0.0"
        );
        assert_eq!(problem(json!({"cell": null})), {
            "cell: is empty; give a cell (elman, lstm, gru, stack), or remove the key to use the default"
        });
        assert_eq!(problem(json!({"init": {"b": null}})), "init.b: is empty; give an initializer (zeros, constant)");
        assert_eq!(problems(json!({"spare": null, "threads": null, "extra": null, "free": null})), [""; 0]);
        assert_eq!(schema.check(&json!(3))[0].to_string(), "expected a map, found the number 3");
        assert_eq!(schema.check(&json!("a:1"))[0].to_string(), {
            "expected a map, found the text \"a:1\"; put a space after the colon"
        });
    }

    #[test]
    fn alternatives_of_several_types() {
        let schema =
            Schema::new(&json!({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}));
        let check = |value: Value| schema.check(&value).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(check(json!(3)), [""; 0]);
        assert_eq!(check(json!([3, "x"])), ["[1]: expected a whole number, found the text \"x\""]);
        assert_eq!(check(json!("x")), ["expected a whole number or a list, found the text \"x\""]);
        let schema = Schema::new(&json!({"type": ["boolean", "string", "null"], "maxLength": 2}));
        assert_eq!(schema.check(&json!(null)), []);
        assert_eq!(schema.check(&json!("xxx")).len(), 1);
        assert_eq!(schema.check(&json!(3))[0].to_string(), "expected true or false or a text, found the number 3");
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let all = problems(
            json!({"updates": "x", "cell": "lstmm", "clip": [{"kind": "norm", "max": -1, "min": 0}], "zzz": 1}),
        );
        assert_eq!(all.len(), 5, "{all:?}");
        let many: serde_json::Map<String, Value> = (0..500).map(|number| (format!("k{number}"), json!(1))).collect();
        let all = problems(Value::Object(many));
        assert_eq!(all.len(), MAX_PROBLEMS + 1);
    }

    fn anything() -> impl Strategy<Value = Value> {
        let key = prop_oneof![
            Just("kind".to_owned()),
            prop::sample::select(vec!["cell", "clip", "law", "nested", "init", "extra", "inner", "free", "max"])
                .prop_map(str::to_owned),
            ".{0,6}",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            prop::sample::select(vec!["lstm", "elman", "stack", "norm", "fixed", ""]).prop_map(Value::from),
            ".{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..6)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_valid_suite_has_no_problems(suite in sample::suite()) {
            let schema = Schema::of::<Suite>();
            let value = serde_json::to_value(&suite).expect("JSON");
            prop_assert_eq!(schema.check(&schema.normalize(value)), vec![]);
        }

        #[test]
        fn what_passes_the_check_can_be_read(value in anything()) {
            let schema = Schema::of::<Suite>();
            let value = schema.normalize(value);
            if schema.check(&value).is_empty() {
                prop_assert!(serde_json::from_value::<Suite>(value).is_ok());
            }
        }

        #[test]
        fn a_wrong_place_is_the_only_one_named(suite in sample::suite(), wrong in anything(), place in 0_usize..12) {
            let schema = Schema::of::<Suite>();
            let mut value = serde_json::to_value(&suite).expect("JSON");
            let map = value.as_object_mut().expect("a map");
            let key = map.keys().nth(place).cloned().expect("a key");
            map.insert(key.clone(), wrong);
            let value = schema.normalize(value);
            let problems = schema.check(&value);
            let there = |problem: &Problem| problem.path.starts_with(&Path::root().key(&key));
            prop_assert!(problems.iter().all(there), "{problems:?}");
            prop_assert!(!problems.is_empty() || serde_json::from_value::<Suite>(value.clone()).is_ok(), "{value}");
        }
    }
}
