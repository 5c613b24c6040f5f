//! From a path to the line and column it was written at.
//!
//! The typed values come from one parser, which forgets where it read them; this walk over the events of another one, made
//! only when there is an error to show, finds the place again. Should the two ever disagree, the place is that of the longest
//! part of the path that this walk knows.

use std::collections::BTreeMap;
use std::fmt;

use saphyr_parser::{Event, Marker, Parser};

use super::edit::key_of;
use super::{At, Path, Segment};

/// A place in a text, for people: both numbers from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character of the line.
    pub column: usize,
}

impl From<Marker> for Position {
    fn from(marker: Marker) -> Self {
        Self { line: marker.line(), column: marker.col() + 1 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Where every value of a document stands.
#[derive(Clone, Debug)]
pub(super) struct Positions {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
struct Node {
    start: Position,
    inner: Inner,
}

#[derive(Clone, Debug)]
enum Inner {
    Scalar { text: String },
    Alias(usize),
    List(Vec<usize>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
struct Entry {
    key: String,
    key_start: Position,
    value: usize,
}

/// A map or list whose end has not come yet.
struct Open {
    node: usize,
    /// The key whose value comes next.
    key: Option<(String, Position)>,
}

impl Positions {
    /// Walks over the first document of `text`, as far as it can be read.
    pub(super) fn of(text: &str) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        let mut anchors: BTreeMap<usize, usize> = BTreeMap::new();
        let mut open: Vec<Open> = Vec::new();
        let mut parser = Parser::new_from_str(text);
        while let Some(Ok((event, span))) = parser.next_event() {
            let is_alias = matches!(event, Event::Alias(_));
            let (anchor, inner) = match event {
                Event::Scalar(text, _, anchor, _) => (anchor, Inner::Scalar { text: text.into_owned() }),
                Event::Alias(anchor) => {
                    (0, anchors.get(&anchor).map_or(Inner::List(vec![]), |node| Inner::Alias(*node)))
                }
                Event::SequenceStart(anchor, _) => (anchor, Inner::List(vec![])),
                Event::MappingStart(anchor, _) => (anchor, Inner::Map(vec![])),
                Event::SequenceEnd | Event::MappingEnd => {
                    open.pop();
                    continue;
                }
                Event::DocumentEnd => break,
                _ => continue,
            };
            let node = nodes.len();
            if anchor > 0 {
                anchors.insert(anchor, node);
            }
            let opens = matches!(inner, Inner::List(_) | Inner::Map(_)) && !is_alias;
            nodes.push(Node { start: span.start.into(), inner });
            if let Some(parent) = open.last_mut() {
                attach(&mut nodes, parent, node);
            }
            if opens {
                open.push(Open { node, key: None });
            }
        }
        Self { nodes }
    }

    /// The place of the part `at` of the value at `path`, or of the longest part of the path that there is; none when the
    /// document is empty.
    pub(super) fn find(&self, path: &Path, at: &At) -> Option<Position> {
        let mut node = 0;
        let mut place = self.nodes.first()?.start;
        for segment in path.segments() {
            match self.child(node, segment) {
                Some((start, child)) => (place, node) = (start, child),
                None => return Some(place),
            }
        }
        let part = match at {
            At::Value => None,
            At::Key(key) => self.entry(node, key, 0).map(|entry| entry.key_start),
            At::Inside(key) => self.child(node, &Segment::Key(key.clone())).map(|(start, _)| start),
        };
        Some(part.unwrap_or(place))
    }

    fn child(&self, node: usize, segment: &Segment) -> Option<(Position, usize)> {
        if let (Inner::List(entries), Segment::Index(index)) = (&self.nodes[self.follow(node)].inner, segment) {
            let child = *entries.get(*index)?;
            return Some((self.nodes[child].start, child));
        }
        let entry = self.entry(node, &key_of(segment), 0)?;
        let child = &self.nodes[entry.value];
        // An empty value has no place of its own.
        let empty = matches!(&child.inner, Inner::Scalar { text } if text.is_empty());
        Some((if empty { entry.key_start } else { child.start }, entry.value))
    }

    /// The entry of a map, its own or merged into it by `<<`.
    fn entry(&self, node: usize, key: &str, merges: usize) -> Option<&Entry> {
        let Inner::Map(entries) = &self.nodes[self.follow(node)].inner else { return None };
        if let Some(entry) = entries.iter().find(|entry| entry.key == key) {
            return Some(entry);
        }
        let merged = entries.iter().find(|entry| entry.key == "<<").filter(|_| merges < super::MAX_DEPTH)?.value;
        match &self.nodes[self.follow(merged)].inner {
            Inner::Map(_) => self.entry(merged, key, merges + 1),
            Inner::List(maps) => maps.iter().find_map(|map| self.entry(*map, key, merges + 1)),
            _ => None,
        }
    }

    /// The node that an alias stands for; other nodes stand for themselves.
    fn follow(&self, mut node: usize) -> usize {
        // Every alias stands after its anchor, so this ends.
        while let Inner::Alias(target) = self.nodes[node].inner {
            node = target;
        }
        node
    }
}

fn attach(nodes: &mut [Node], parent: &mut Open, child: usize) {
    let start = nodes[child].start;
    let text = match &nodes[child].inner {
        Inner::Scalar { text } => text.clone(),
        _ => String::new(),
    };
    match &mut nodes[parent.node].inner {
        Inner::List(entries) => entries.push(child),
        Inner::Map(entries) => match parent.key.take() {
            None => parent.key = Some((text, start)),
            Some((key, key_start)) => entries.push(Entry { key, key_start, value: child }),
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn place(text: &str, path: &str, at: At) -> String {
        let path = if path.is_empty() { Path::root() } else { path.parse().expect("a path") };
        Positions::of(text).find(&path, &at).expect("a place").to_string()
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
        assert_eq!(Positions::of(SUITE).find(&length, &At::Value), Some(Position { line: 11, column: 25 }));
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
        assert_eq!(Positions::of("").find(&Path::root(), &At::Value), None);
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
            let positions = Positions::of(&text);
            let mut all = Vec::new();
            leaves(&tree, Path::root(), &mut all);
            for (path, leaf) in all {
                let Position { line, column } = positions.find(&path, &At::Value).expect("a place");
                let rest: String = text.lines().nth(line - 1).expect("a line").chars().skip(column - 1).collect();
                let shown = match &leaf { Value::String(text) => text.clone(), other => other.to_string() };
                prop_assert!(rest.trim_start_matches('"').starts_with(&shown), "{path} at {line}:{column} of {text}");
            }
        }
    }
}
