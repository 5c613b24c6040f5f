//! A YAML text as it was written: every value with its place, aliases as aliases.

use serde_yaml::{Mapping, Value};

use crate::suite::edit::key_of;
use crate::suite::{At, Path, Position, Segment};

/// The deepest nesting of maps and lists, aliases expanded.
pub const MAX_DEPTH: usize = 64;

/// The values of a document and where they stand. The first node is the root; an empty document has none.
#[derive(Clone, Debug, Default)]
pub(in crate::suite) struct Tree {
    nodes: Vec<Node>,
}

/// The number of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(usize);

#[derive(Clone, Debug)]
struct Node {
    start: Position,
    content: Content,
}

/// The contents of a node.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Nothing is written.
    Empty,
    /// A text, number or truth value, or a word for nothing.
    Scalar(Value),
    /// An alias of an earlier node.
    Alias(NodeId),
    List(Vec<NodeId>),
    Map(Vec<Entry>),
}

/// A key of a map and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    key: String,
    key_start: Position,
    value: NodeId,
}

impl Tree {
    /// Adds a node, which nothing holds yet.
    pub(super) fn add(&mut self, start: Position, content: Content) -> NodeId {
        self.nodes.push(Node { start, content });
        NodeId(self.nodes.len() - 1)
    }

    /// Makes a node the next entry of a list.
    pub(super) fn append(&mut self, list: NodeId, entry: NodeId) {
        if let Content::List(entries) = &mut self.nodes[list.0].content {
            entries.push(entry);
        }
    }

    /// Makes a node the value of a map's key.
    pub(super) fn insert(&mut self, map: NodeId, key: String, key_start: Position, value: NodeId) {
        // Where nothing is written, there is no place of its own.
        if matches!(self.nodes[value.0].content, Content::Empty) {
            self.nodes[value.0].start = key_start;
        }
        if let Content::Map(entries) = &mut self.nodes[map.0].content {
            entries.push(Entry { key, key_start, value });
        }
    }

    /// The document as a value, aliases expanded; null for an empty document. Merge keys (`<<`) are keys like others here.
    pub(in crate::suite) fn value(&self) -> Value {
        if self.nodes.is_empty() { Value::Null } else { self.value_of(NodeId(0)) }
    }

    fn value_of(&self, node: NodeId) -> Value {
        match &self.nodes[node.0].content {
            Content::Empty => Value::Null,
            Content::Scalar(value) => value.clone(),
            // Every alias stands after its anchor, so this ends.
            Content::Alias(target) => self.value_of(*target),
            Content::List(entries) => entries.iter().map(|entry| self.value_of(*entry)).collect(),
            Content::Map(entries) => {
                let entry = |entry: &Entry| (Value::String(entry.key.clone()), self.value_of(entry.value));
                Value::Mapping(entries.iter().map(entry).collect::<Mapping>())
            }
        }
    }

    /// The place of the part `at` of the value at `path`, or of the longest part of the path that there is; none when the
    /// document is empty.
    pub(in crate::suite) fn find(&self, path: &Path, at: &At) -> Option<Position> {
        let mut node = NodeId(0);
        let mut place = self.nodes.first()?.start;
        for segment in path.segments() {
            match self.child(node, segment) {
                Some(child) => (place, node) = (self.nodes[child.0].start, child),
                None => return Some(place),
            }
        }
        let part = match at {
            At::Value | At::Within { .. } => None,
            At::Key(key) => self.entry(node, key, 0).map(|entry| entry.key_start),
            At::Inside(key) => self.child(node, &Segment::Key(key.clone())).map(|child| self.nodes[child.0].start),
        };
        Some(part.unwrap_or(place))
    }

    /// Where the text `text` begins: at `path`, or where it stands first.
    pub(in crate::suite) fn find_text(&self, path: &Path, text: &str) -> Option<Position> {
        let is_text = |node: &NodeId| matches!(self.content(*node), Content::Scalar(Value::String(own)) if own == text);
        let at_path = (!self.nodes.is_empty()).then_some(NodeId(0));
        let at_path = path.segments().iter().try_fold(at_path?, |node, segment| self.child(node, segment));
        let mut all = (0..self.nodes.len()).map(NodeId);
        let mut found = at_path.filter(is_text).or_else(|| all.find(is_text))?;
        while let Content::Alias(target) = self.nodes[found.0].content {
            found = target;
        }
        Some(self.nodes[found.0].start)
    }

    fn child(&self, node: NodeId, segment: &Segment) -> Option<NodeId> {
        if let (Content::List(entries), Segment::Index(index)) = (self.content(node), segment) {
            return entries.get(*index).copied();
        }
        self.entry(node, &key_of(segment), 0).map(|entry| entry.value)
    }

    /// The entry of a map, its own or merged into it by `<<`.
    fn entry(&self, node: NodeId, key: &str, merges: usize) -> Option<&Entry> {
        let Content::Map(entries) = self.content(node) else { return None };
        if let Some(entry) = entries.iter().find(|entry| entry.key == key) {
            return Some(entry);
        }
        let merged = entries.iter().find(|entry| entry.key == "<<").filter(|_| merges < MAX_DEPTH)?.value;
        match self.content(merged) {
            Content::Map(_) => self.entry(merged, key, merges + 1),
            Content::List(maps) => maps.iter().find_map(|map| self.entry(*map, key, merges + 1)),
            _ => None,
        }
    }

    /// The contents of a node, or of the node that it is an alias of.
    fn content(&self, mut node: NodeId) -> &Content {
        // Every alias stands after its anchor, so this ends.
        while let Content::Alias(target) = self.nodes[node.0].content {
            node = target;
        }
        &self.nodes[node.0].content
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::suite::yaml::scan;

    fn tree_of(text: &str) -> Tree {
        scan(text).expect("YAML")
    }

    fn place(text: &str, path: &str, at: At) -> String {
        let path = if path.is_empty() { Path::root() } else { path.parse().expect("a path") };
        tree_of(text).find(&path, &at).expect("a place").to_string()
    }

    const SUITE: &str = "\
# comment
name: é vanishing
model:
  cell: {kind: elman, activation: relu}
  hidden:
clip:
- kind: norm
  max: 1
sweep:
  - over:
      task.length: [50, 100]
";

    #[test]
    fn keys_values_and_entries() {
        assert_eq!(place(SUITE, "", At::Value), "2:1");
        assert_eq!(place(SUITE, "name", At::Value), "2:7");
        assert_eq!(place(SUITE, "model.cell", At::Key("activation".into())), "4:23");
        assert_eq!(place(SUITE, "model.cell", At::Inside("kind".into())), "4:16");
        assert_eq!(place(SUITE, "model.cell.activation", At::Value), "4:35");
        assert_eq!(place(SUITE, "clip[0].max", At::Value), "8:8");
        let length = Path::root().key("sweep").index(0).key("over").key("task.length").index(1);
        assert_eq!(tree_of(SUITE).find(&length, &At::Value), Some(Position { line: 11, column: 25 }));
    }

    #[test]
    fn an_empty_value_is_shown_at_its_key() {
        assert_eq!(place(SUITE, "model.hidden", At::Value), "5:3");
    }

    #[test]
    fn what_is_absent_is_shown_at_what_holds_it() {
        assert_eq!(place(SUITE, "model.cell.nothing.here", At::Value), "4:9");
        assert_eq!(place(SUITE, "clip[7]", At::Value), "7:3");
        assert_eq!(place(SUITE, "model", At::Key("nothing".into())), "4:3");
        assert_eq!(tree_of("").find(&Path::root(), &At::Value), None);
    }

    #[test]
    fn an_alias_has_its_own_place_and_its_insides_the_anchors() {
        let text = "a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n  e: 2\n";
        assert_eq!(place(text, "c", At::Value), "3:4");
        assert_eq!(place(text, "c.b", At::Value), "2:6");
        assert_eq!(place(text, "d.b", At::Value), "2:6");
        assert_eq!(place(text, "d", At::Key("e".into())), "6:3");
    }

    /// A tree, and its text with the place where each leaf was written.
    fn tree() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![any::<i32>().prop_map(Value::from), "[a-z]{1,8}".prop_map(|text| json!(format!("x{text}")))];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
                prop::collection::btree_map("k[a-z.]{0,5}", inner, 1..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn leaves(value: &Value, path: Path, out: &mut Vec<(Path, Value)>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, path.key(key), out)),
            Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| leaves(value, path.index(i), out)),
            leaf => out.push((path, leaf.clone())),
        }
    }

    proptest! {
        #[test]
        fn every_leaf_stands_where_it_is_found(tree in tree(), flow in any::<bool>()) {
            let text = if flow { tree.to_string() } else { serde_yaml::to_string(&tree).expect("YAML") };
            let written = tree_of(&text);
            let mut all = Vec::new();
            leaves(&tree, Path::root(), &mut all);
            for (path, leaf) in all {
                let Position { line, column } = written.find(&path, &At::Value).expect("a place");
                let rest: String = text.lines().nth(line - 1).expect("a line").chars().skip(column - 1).collect();
                let shown = match &leaf { Value::String(text) => text.clone(), other => other.to_string() };
                prop_assert!(rest.trim_start_matches('"').starts_with(&shown), "{path} at {line}:{column} of {text}");
            }
        }
    }
}
