//! Which of a schema's alternatives a value means, and what the alternatives are in words.

use serde_json::Value;

use super::schema::{KIND, Map, NodeId, Schema, Shape};
use super::wording::{either, inline};

impl Schema {
    /// The node that `value` is to be held against: follows unions to the alternative meant, as far as that is clear.
    pub(super) fn settle(&self, id: NodeId, value: &Value) -> NodeId {
        let Shape::Union(alternatives) = &self.node(id).shape else { return id };
        let mut leaves = Vec::new();
        alternatives.iter().for_each(|alternative| self.leaves(*alternative, &mut leaves));
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

    fn leaves(&self, id: NodeId, leaves: &mut Vec<NodeId>) {
        match &self.node(id).shape {
            // A union that contains itself adds nothing by that; the bound keeps it from going round.
            Shape::Union(inner) if leaves.len() < 64 => inner.iter().for_each(|inner| self.leaves(*inner, leaves)),
            Shape::Union(_) => {}
            _ => leaves.push(id),
        }
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
        let mut leaves = Vec::new();
        self.leaves(id, &mut leaves);
        self.node(id).nullable || leaves.iter().any(|leaf| self.node(*leaf).nullable)
    }

    /// The maps that may stand here, those of every kind.
    pub(super) fn maps(&self, id: NodeId) -> Vec<&Map> {
        let mut leaves = Vec::new();
        self.leaves(id, &mut leaves);
        let kinds = |leaf: &NodeId| match &self.node(*leaf).shape {
            Shape::Kinds(kinds) => kinds.iter().map(|(_, node)| *node).collect(),
            _ => vec![*leaf],
        };
        let map = |node: NodeId| match &self.node(node).shape {
            Shape::Map(map) => Some(map),
            _ => None,
        };
        leaves.iter().flat_map(kinds).filter_map(map).collect()
    }

    /// What belongs here, in words: `a whole number`, `a cell (elman, lstm)`.
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
                let mut leaves = Vec::new();
                self.leaves(id, &mut leaves);
                let mut words: Vec<String> = leaves.iter().map(|leaf| self.expects(*leaf)).collect();
                words.dedup();
                either(&words)
            }
        }
    }
}

fn with_article(noun: &str) -> String {
    format!("{} {noun}", if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}
