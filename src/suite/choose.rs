//! Which of a schema's alternatives a value means, and what the alternatives are in words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::{KIND, Map, NodeId, Schema, Shape};
use super::wording::{either, inline};

impl Schema {
    /// The node that `value` is to be held against: follows unions to the alternative meant, as far as that is clear.
    pub(super) fn settle(&self, id: NodeId, value: &Value) -> NodeId {
        if !matches!(self.node(id).shape, Shape::Union(_)) {
            return id;
        }
        let mut leaves = self.leaves(id);
        if let [only] = leaves[..] {
            return only;
        }
        leaves.retain(|leaf| self.fits(*leaf, value));
        match leaves[..] {
            [] => id,
            [only] => only,
            _ => leaves.into_iter().min_by_key(|leaf| self.check_node(value, *leaf).len()).unwrap_or(id),
        }
    }

    /// The alternatives of a union, those of unions among them included. A node that is none is its only alternative.
    pub(super) fn leaves(&self, id: NodeId) -> Vec<NodeId> {
        let (mut leaves, mut known, mut next) = (Vec::new(), BTreeSet::new(), vec![id]);
        while let Some(id) = next.pop() {
            match &self.node(id).shape {
                // Unions may contain themselves.
                Shape::Union(inner) if known.insert(id) => next.extend(inner.iter().rev()),
                Shape::Union(_) => {}
                _ => leaves.push(id),
            }
        }
        leaves
    }

    /// Whether the value is of the node's type, whatever it holds.
    fn fits(&self, id: NodeId, value: &Value) -> bool {
        match (&self.node(id).shape, value) {
            (Shape::Any, _) | (Shape::Null, Value::Null) | (Shape::Bool, Value::Bool(_)) => true,
            (Shape::Number(_), Value::Number(_)) | (Shape::List(_), Value::Array(_)) => true,
            (Shape::Text(_) | Shape::Kinds(_), Value::String(_)) => true,
            (Shape::Map(_) | Shape::Tagged { .. }, Value::Object(_)) => true,
            (Shape::Kinds(_), Value::Object(map)) => map.contains_key(KIND),
            (Shape::Choice(values), value) => values.contains(value),
            (Shape::Tagged { names, .. }, Value::String(name)) => names.contains(name),
            _ => false,
        }
    }

    /// Whether the value may be null.
    pub(super) fn accepts_null(&self, id: NodeId) -> bool {
        self.node(id).nullable || self.leaves(id).iter().any(|leaf| self.node(*leaf).nullable)
    }

    /// The maps that may stand here, those of every kind.
    pub(super) fn maps(&self, id: NodeId) -> Vec<&Map> {
        let kinds = |leaf: &NodeId| match &self.node(*leaf).shape {
            Shape::Kinds(kinds) => kinds.iter().map(|(_, node)| *node).collect(),
            _ => vec![*leaf],
        };
        let map = |node: NodeId| match &self.node(node).shape {
            Shape::Map(map) => Some(map),
            _ => None,
        };
        self.leaves(id).iter().flat_map(kinds).filter_map(map).collect()
    }

    /// The values that belong here, in words: `a whole number`, `a cell (elman, lstm)`.
    pub(super) fn expects(&self, id: NodeId) -> String {
        let node = self.node(id);
        match &node.shape {
            Shape::Any => "a value".into(),
            Shape::Null => "nothing".into(),
            Shape::Bool => "true or false".into(),
            Shape::Number(number) if number.integer => "a whole number".into(),
            Shape::Number(_) => "a number".into(),
            Shape::Text(_) => "a text".into(),
            Shape::List(_) => "a list".into(),
            Shape::Map(_) => "a map".into(),
            Shape::Choice(values) => {
                let values: Vec<String> = values.iter().map(|value| inline(value).unwrap_or_default()).collect();
                if let [only] = &values[..] { only.clone() } else { format!("one of {}", values.join(", ")) }
            }
            Shape::Kinds(kinds) => {
                let names: Vec<&str> = kinds.iter().map(|(name, _)| name.as_str()).collect();
                format!("{} ({})", with_article(node.noun.as_deref().unwrap_or("component")), names.join(", "))
            }
            Shape::Tagged { names, contents } => {
                let maps = contents.iter().map(|(name, _)| format!("{{{name}: …}}"));
                format!("one of {}", names.iter().cloned().chain(maps).collect::<Vec<_>>().join(", "))
            }
            Shape::Union(_) => {
                let mut words: Vec<String> = self.leaves(id).iter().map(|leaf| self.expects(*leaf)).collect();
                words.dedup();
                either(&words)
            }
        }
    }
}

fn with_article(noun: &str) -> String {
    format!("{} {noun}", if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_expected_is_said_in_words() {
        let expects = |json: Value| {
            let schema = Schema::new(&json);
            schema.expects(schema.root)
        };
        assert_eq!(expects(json!({"type": "integer"})), "a whole number");
        assert_eq!(expects(json!({"enum": ["a", "b", null]})), "one of a, b");
        assert_eq!(expects(json!({"type": ["string", "number", "boolean"]})), "a text, a number or true or false");
        assert_eq!(
            expects(json!({"anyOf": [{"type": "array"}, {"type": "object"}, {"type": "null"}]})),
            "a list or a map"
        );
        let kind =
            |name: &str| json!({"type": "object", "properties": {"kind": {"const": name}}, "required": ["kind"]});
        assert_eq!(
            expects(json!({"title": "OptimizerSpec", "oneOf": [kind("sgd"), kind("adam")]})),
            "an optimizer (sgd, adam)"
        );
    }

    #[test]
    fn of_several_alternatives_the_one_with_the_fewest_mistakes_is_meant() {
        let map =
            |key: &str| json!({"type": "object", "properties": {key: {"type": "integer"}, "b": {"type": "integer"}}});
        let schema = Schema::new(&json!({"anyOf": [map("low"), map("high")]}));
        let problems = schema.check(&json!({"high": 1, "b": "x"}));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].to_string(), "b: expected a whole number, found the text \"x\"");
    }
}
