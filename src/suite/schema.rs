//! A type's JSON schema, compiled into what the other steps ask of it.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

/// The form that values of a type have.
///
/// A *kind node* is a choice between components, each a map with its name under `kind`, as `registry!` declares them.
/// Structs are closed: a key that is not declared is unknown, whether or not the type says so.
#[derive(Debug)]
pub struct Schema {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
}

/// A node's number in its [`Schema`]. Nodes refer to each other by number because types may contain themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) usize);

/// The form of one value.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) shape: Shape,
    /// Whether the value may be null.
    pub(super) nullable: bool,
    /// The type's name as words, where it has one: `cell`.
    pub(super) noun: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Anything.
    Any,
    Null,
    Bool,
    Number(Number),
    Text(Text),
    List(List),
    Map(Map),
    /// One of these values.
    Choice(Vec<Value>),
    /// A component: a map whose `kind` names one of these.
    Kinds(Vec<(String, NodeId)>),
    /// An enum with contents: one of the names alone, or a map with one of the keys.
    Tagged {
        names: Vec<String>,
        contents: Vec<(String, NodeId)>,
    },
    /// Any of these. With a single one it lends its node another nullability.
    Union(Vec<NodeId>),
}

/// The bounds of a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Number {
    pub(super) integer: bool,
    /// Whether it is computed with in 32 bits, in which it must be an ordinary number unless it is 0.
    pub(super) single: bool,
    /// The smallest and the largest value of the integer type.
    pub(super) range: Option<(i128, i128)>,
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
}

/// One end of an interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) value: f64,
    /// Whether the end itself is outside.
    pub(super) open: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) shortest: usize,
    pub(super) longest: Option<usize>,
    pub(super) pattern: Option<Regex>,
    /// The texts of that pattern in words.
    pub(super) form: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct List {
    /// The nodes of the first entries.
    pub(super) first: Vec<NodeId>,
    /// The node of the others; none allows anything.
    pub(super) rest: Option<NodeId>,
    pub(super) fewest: usize,
    pub(super) most: Option<usize>,
    pub(super) unique: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    /// The declared keys, in the order of the type.
    pub(super) properties: Vec<Property>,
    /// From a key to its place in `properties`.
    pub(super) places: BTreeMap<String, usize>,
    /// The nodes under keys of a form.
    pub(super) patterns: Vec<(Regex, NodeId)>,
    /// The node of values under other keys; none where there are no other keys.
    pub(super) rest: Option<NodeId>,
    pub(super) fewest: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) node: NodeId,
    pub(super) required: bool,
    /// Whether it makes a value what it is; a path to a file does not, where the file's content does.
    pub(super) identity: bool,
    pub(super) default: Option<Value>,
}

/// The tag of kind nodes.
pub(super) const KIND: &str = "kind";

impl Schema {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }
}

impl Map {
    pub(super) fn property(&self, name: &str) -> Option<&Property> {
        self.places.get(name).map(|place| &self.properties[*place])
    }

    /// The node of what stands under `key`; none when there is no such key.
    pub(super) fn under(&self, key: &str) -> Option<NodeId> {
        if let Some(property) = self.property(key) {
            return Some(property.node);
        }
        let pattern = self.patterns.iter().find(|(pattern, _)| pattern.is_match(key));
        pattern.map(|(_, node)| *node).or(self.rest)
    }

    /// The keys a writer may give, `kind` aside.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.properties.iter().map(|property| property.name.as_str()).filter(|name| *name != KIND).collect()
    }
}

impl List {
    /// The node of entry number `index`; none allows anything.
    pub(super) fn entry(&self, index: usize) -> Option<NodeId> {
        self.first.get(index).copied().or(self.rest)
    }
}
