//! Reading and replacing one value of a tree by its path.

use serde_json::{Map, Value};

use super::wording::found;
use super::{Path, Problem, Segment};
use crate::text::pluralize;

impl Path {
    /// The value at this path. A component written as its bare name, `relu`, has that name as its `kind`.
    pub fn get<'a>(&self, tree: &'a Value) -> Option<&'a Value> {
        self.segments().iter().try_fold(tree, |node, segment| step(node, segment))
    }

    /// Replaces the value at this path as a whole, or adds it with the maps that lead to it. Above the path, a component
    /// written as its bare name becomes the map `{kind: name}`. Whether the keys are allowed is left to the check that
    /// follows.
    ///
    /// # Errors
    ///
    /// When a list has no such entry, or something that holds no values is in the way; the tree is then as it was.
    pub fn set(&self, tree: &mut Value, value: Value) -> Result<(), Problem> {
        self.look_ahead(tree)?;
        let mut node = tree;
        for segment in self.segments() {
            match node {
                Value::Null => *node = Value::Object(Map::new()),
                Value::String(kind) => {
                    let kind = std::mem::take(kind);
                    *node = Value::Object(Map::from_iter([("kind".to_owned(), Value::String(kind))]));
                }
                _ => {}
            }
            node = match (node, segment) {
                (Value::Array(entries), Segment::Index(index)) => &mut entries[*index],
                (Value::Object(entries), segment) => entries.entry(key_of(segment)).or_insert(Value::Null),
                _ => unreachable!("the look ahead refuses other paths"),
            };
        }
        *node = value;
        Ok(())
    }

    /// Finds what stands in the way of [`Path::set`].
    fn look_ahead(&self, tree: &Value) -> Result<(), Problem> {
        let mut node = Some(tree);
        let mut above = Path::root();
        for segment in self.segments() {
            let refuse = |message: String| Err(Problem::new(above.clone(), message));
            match (node, segment) {
                (Some(Value::Array(entries)), Segment::Index(index)) if *index >= entries.len() => {
                    let last = entries.len().checked_sub(1).map(|last| format!(", of which the last is [{last}]"));
                    let size = pluralize(entries.len(), "entry");
                    return refuse(format!("has {size}{}, so there is no [{index}]", last.unwrap_or_default()));
                }
                (Some(Value::Array(_)), Segment::Key(key)) => {
                    return refuse(format!("is a list, so it has no key `{key}`; choose an entry: `{above}[0].{key}`"));
                }
                (None | Some(Value::Null | Value::String(_)), Segment::Index(index)) => {
                    return refuse(format!("is not a list, so there is no [{index}]"));
                }
                (Some(scalar @ (Value::Bool(_) | Value::Number(_))), _) => {
                    return refuse(format!("is {}, so nothing can be set beneath it", found(scalar)));
                }
                _ => node = node.and_then(|node| step(node, segment)),
            }
            above.push(segment.clone());
        }
        Ok(())
    }
}

pub(super) fn step<'a>(node: &'a Value, segment: &Segment) -> Option<&'a Value> {
    match (node, segment) {
        (Value::Array(entries), Segment::Index(index)) => entries.get(*index),
        (Value::Object(entries), segment) => entries.get(&key_of(segment)),
        (Value::String(_), Segment::Key(key)) if key == "kind" => Some(node),
        _ => None,
    }
}

/// The key that a segment stands for in a map.
pub(super) fn key_of(segment: &Segment) -> String {
    match segment {
        Segment::Key(key) => key.clone(),
        Segment::Index(index) => index.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn set(mut tree: Value, path: &str, value: Value) -> Result<Value, String> {
        let path: Path = path.parse().expect("a path");
        let before = tree.clone();
        match path.set(&mut tree, value) {
            Ok(()) => Ok(tree),
            Err(problem) => {
                assert_eq!(tree, before, "a refused setting changes nothing");
                Err(problem.to_string())
            }
        }
    }

    #[test]
    fn a_value_is_replaced_as_a_whole() {
        let tree = json!({"cell": {"kind": "elman", "activation": "relu"}});
        assert_eq!(set(tree.clone(), "cell", json!({"kind": "gru"})), Ok(json!({"cell": {"kind": "gru"}})));
        let deeper = json!({"cell": {"kind": "elman", "activation": "tanh"}});
        assert_eq!(set(tree, "cell.activation", json!("tanh")), Ok(deeper));
    }

    #[test]
    fn missing_maps_are_made_and_bare_names_expanded() {
        assert_eq!(set(json!({}), "a.b.c", json!(1)), Ok(json!({"a": {"b": {"c": 1}}})));
        assert_eq!(set(json!({"a": null}), "a.b", json!(1)), Ok(json!({"a": {"b": 1}})));
        let expanded = json!({"cell": {"kind": "elman", "activation": "relu"}});
        assert_eq!(set(json!({"cell": "elman"}), "cell.activation", json!("relu")), Ok(expanded));
        assert_eq!(set(json!({"cell": "elman"}), "cell.kind", json!("gru")), Ok(json!({"cell": {"kind": "gru"}})));
    }

    #[test]
    fn entries_of_lists_are_numbered_from_zero() {
        assert_eq!(set(json!({"clip": ["a", "b"]}), "clip[1].max", json!(2)), {
            Ok(json!({"clip": ["a", {"kind": "b", "max": 2}]}))
        });
        let explain = |tree, path| set(tree, path, json!(1)).expect_err("refused");
        assert_eq!(
            explain(json!({"clip": [1, 2]}), "clip[2]"),
            "clip: has 2 entries, of which the last is [1], so there is no [2]"
        );
        assert_eq!(explain(json!({"clip": []}), "clip[0].max"), "clip: has 0 entries, so there is no [0]");
        assert_eq!(
            explain(json!({"clip": [1]}), "clip.max"),
            "clip: is a list, so it has no key `max`; choose an entry: `clip[0].max`"
        );
        assert_eq!(explain(json!({}), "clip[0]"), "clip: is not a list, so there is no [0]");
        assert_eq!(explain(json!({"a": 3}), "a.b"), "a: is the number 3, so nothing can be set beneath it");
        assert_eq!(explain(json!({"a": "x"}), "a[0]"), "a: is not a list, so there is no [0]");
    }

    #[test]
    fn digits_are_keys_in_maps() {
        assert_eq!(set(json!({"layers": {"0": 1}}), "layers.0", json!(2)), Ok(json!({"layers": {"0": 2}})));
    }

    #[test]
    fn a_bare_name_is_its_kind() {
        let tree = json!({"cell": "lstm"});
        let get = |path: &str| path.parse::<Path>().expect("a path").get(&tree).cloned();
        assert_eq!(get("cell.kind"), Some(json!("lstm")));
        assert_eq!(get("cell.activation"), None);
        assert_eq!(Path::root().get(&tree), Some(&tree));
    }

    proptest! {
        #[test]
        fn what_is_set_can_be_got(keys in prop::collection::vec("[a-z]{1,3}", 0..5), first in "[a-z]{1,3}") {
            let mut tree = json!({first: {"a": {}}});
            let path = keys.into_iter().fold(Path::root(), |path, key| path.key(key));
            prop_assert_eq!(path.set(&mut tree, json!(7)), Ok(()));
            prop_assert_eq!(path.get(&tree), Some(&json!(7)));
        }
    }
}
