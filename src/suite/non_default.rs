//! The settings that make a value what it is: those that differ from their defaults.
//!
//! This is what a trial's identity is hashed from, so it must give the same for the same meaning, and never the same for two
//! meanings. The canonical form:
//!
//! - One entry per leaf (a number, text, truth value or list) that differs from its default, as its path and value, sorted
//!   by path. Neither the order of keys nor what was left to a default matters.
//! - The default of a key is what the default of the struct around it says, else that of the key itself in the schema.
//! - A component whose kind is not that of the default gives its `kind`, and those of its settings that differ from the
//!   component's own defaults. One of the same kind gives the settings that differ from the default's.
//! - Null and absence are the same for keys of a struct. A default that was taken away (set to null) gives null.
//! - A list that differs from its default is given whole, its entries pruned of what is default in them.
//! - An entry of a free map gives its leaves; a map or struct that the default lacks and that has no leaf to give, an empty
//!   map; an entry that only the default has, null.
//! - A setting that the type says is no part of the identity, such as the path of a file whose content is, leaves no trace.
//! - A number that is whole and smaller than 2⁵³ is an integer, so `1` and `1.0` are the same; −0.0 is not 0.

use std::collections::BTreeMap;

use serde_json::{Map as Json, Number, Value};

use super::edit::{key_of, step};
use super::normalize::whole;
use super::schema::{KIND, Map, NodeId, Property, Schema, Shape};
use super::{Path, Segment};

impl Schema {
    /// The leaves of a value that differ from their defaults, in the canonical form that this module describes. The value is
    /// one that was serialized from its type, so that every key is there.
    pub fn non_defaults(&self, value: &Value) -> Vec<(Path, Value)> {
        let mut walk = Walk { schema: self, path: Path::root(), leaves: Vec::new() };
        // A list on its own is held against the empty one.
        let none = Value::Array(Vec::new());
        walk.value(value, self.root, value.is_array().then_some(&none));
        // The root as a whole is no setting.
        walk.leaves.retain(|(path, _)| !path.is_root() || !value.is_object());
        walk.leaves.sort_by(|(a, _), (b, _)| a.cmp(b));
        walk.leaves
    }

    /// The leaves that differ from their defaults, of the value under one `key` of a struct.
    pub fn non_defaults_under(&self, key: &str, value: &Value) -> Vec<(Path, Value)> {
        let Shape::Map(map) = &self.node(self.root).shape else { return vec![] };
        let Some(property) = map.property(key) else { return vec![] };
        let mut walk = Walk { schema: self, path: Path::root(), leaves: Vec::new() };
        walk.property(value, property, None);
        walk.leaves.sort_by(|(a, _), (b, _)| a.cmp(b));
        walk.leaves
    }

    /// The canonical form of a value on its own: maps sorted and without what is default in them.
    fn pruned(&self, value: &Value, id: Option<NodeId>) -> Value {
        let id = id.map(|id| self.settle(id, value));
        let shape = id.map(|id| &self.node(id).shape);
        match value {
            Value::Number(number) => Value::Number(canonical(number)),
            Value::Array(entries) => {
                let node = |index| match shape {
                    Some(Shape::List(list)) => list.entry(index),
                    _ => None,
                };
                entries.iter().enumerate().map(|(index, entry)| self.pruned(entry, node(index))).collect()
            }
            Value::Object(entries) => {
                let mut kept = BTreeMap::new();
                match shape {
                    Some(Shape::Map(map)) => self.prune_map(entries, map, &mut kept),
                    Some(Shape::Kinds(kinds)) => match component(entries, kinds, self) {
                        Some((kind, map)) => {
                            self.prune_map(entries, map, &mut kept);
                            kept.insert(KIND.to_owned(), kind.into());
                        }
                        None => self.prune_any(entries, |_| None, &mut kept),
                    },
                    Some(Shape::Tagged { contents, .. }) => {
                        let node = |key: &str| contents.iter().find(|(name, _)| name == key).map(|(_, node)| *node);
                        self.prune_any(entries, node, &mut kept);
                    }
                    _ => self.prune_any(entries, |_| None, &mut kept),
                }
                Value::Object(kept.into_iter().collect())
            }
            other => other.clone(),
        }
    }

    /// The canonical form of the value at `path` of a value of this type, of which `tree` is the complete part under the path's
    /// first key: without what is default in a component. Nothing where there is no such value.
    pub fn canonical(&self, path: &Path, tree: &Value) -> Option<Value> {
        let (first, rest) = path.segments().split_first()?;
        let mut value = tree;
        let Shape::Map(root) = &self.node(self.root).shape else { return None };
        let mut node = root.under(&key_of(first));
        for segment in rest {
            let settled = node.map(|node| self.settle(node, value));
            node = match (settled.map(|node| &self.node(node).shape), value) {
                (Some(Shape::Map(map)), _) => map.under(&key_of(segment)),
                (Some(Shape::Kinds(kinds)), Value::Object(entries)) => {
                    component(entries, kinds, self).and_then(|(_, map)| map.under(&key_of(segment)))
                }
                (Some(Shape::Tagged { contents, .. }), _) => {
                    contents.iter().find(|(name, _)| *name == key_of(segment)).map(|(_, node)| *node)
                }
                (Some(Shape::List(list)), _) => match segment {
                    Segment::Index(index) => list.entry(*index),
                    Segment::Key(_) => None,
                },
                _ => None,
            };
            value = step(value, segment)?;
        }
        Some(self.pruned(value, node))
    }

    fn prune_any(
        &self,
        entries: &Json<String, Value>,
        node: impl Fn(&str) -> Option<NodeId>,
        kept: &mut BTreeMap<String, Value>,
    ) {
        kept.extend(entries.iter().map(|(key, value)| (key.clone(), self.pruned(value, node(key)))));
    }

    fn prune_map(&self, entries: &Json<String, Value>, map: &Map, kept: &mut BTreeMap<String, Value>) {
        for property in map.properties.iter().filter(|property| property.name != KIND) {
            let value = entries.get(&property.name).unwrap_or(&Value::Null);
            let default = property.default.as_ref().unwrap_or(&Value::Null);
            let value = self.pruned(value, Some(property.node));
            if value != self.pruned(default, Some(property.node)) {
                kept.insert(property.name.clone(), value);
            }
        }
        for (key, value) in entries.iter().filter(|(key, _)| map.property(key).is_none()) {
            kept.insert(key.clone(), self.pruned(value, map.under(key)));
        }
    }
}

struct Walk<'a> {
    schema: &'a Schema,
    path: Path,
    leaves: Vec<(Path, Value)>,
}

impl Walk<'_> {
    /// Adds the leaves of `value` that differ from those of `default`.
    fn value(&mut self, value: &Value, id: NodeId, default: Option<&Value>) {
        let schema = self.schema;
        let id = schema.settle(id, value);
        match (&schema.node(id).shape, value) {
            (Shape::Map(map), Value::Object(entries)) => self.marked(default, |walk, default| {
                walk.map(entries, map, default);
            }),
            (Shape::Kinds(kinds), Value::Object(entries)) => match component(entries, kinds, schema) {
                Some((kind, map)) => {
                    let same =
                        default.and_then(Value::as_object).filter(|default| default.get(KIND) == entries.get(KIND));
                    if same.is_none() {
                        self.leaf(Segment::Key(KIND.to_owned()), kind.into());
                    }
                    self.map(entries, map, same);
                }
                None => self.whole(value, id, default),
            },
            (Shape::Tagged { contents, .. }, Value::Object(entries)) if entries.len() == 1 => {
                self.marked(default, |walk, default| {
                    for (key, value) in entries {
                        let same = default.and_then(|default| default.get(key));
                        match contents.iter().find(|(name, _)| name == key) {
                            Some((_, node)) => walk.entry(key, value, Some(*node), same),
                            None => walk.entry(key, value, None, same),
                        }
                    }
                });
            }
            _ => self.whole(value, id, default),
        }
    }

    fn map(&mut self, entries: &Json<String, Value>, map: &Map, default: Option<&Json<String, Value>>) {
        for property in map.properties.iter().filter(|property| property.name != KIND && property.identity) {
            self.property(entries.get(&property.name).unwrap_or(&Value::Null), property, default);
        }
        for (key, value) in entries.iter().filter(|(key, _)| map.property(key).is_none() && *key != KIND) {
            self.entry(key, value, map.under(key), default.and_then(|default| default.get(key)));
        }
        for key in default.into_iter().flat_map(Json::keys) {
            if map.property(key).is_none() && key != KIND && !entries.contains_key(key) {
                self.leaf(Segment::Key(key.clone()), Value::Null);
            }
        }
    }

    /// A key of a struct, for which absence is null.
    fn property(&mut self, value: &Value, property: &Property, default: Option<&Json<String, Value>>) {
        let default = default.and_then(|default| default.get(&property.name)).or(property.default.as_ref());
        let default = default.filter(|default| !default.is_null());
        match (value, default) {
            (Value::Null, None) => {}
            (value, Some(default)) if is_same(value, default) => {}
            (Value::Null, Some(_)) => self.leaf(Segment::Key(property.name.clone()), Value::Null),
            _ => {
                self.path.push(Segment::Key(property.name.clone()));
                self.value(value, property.node, default);
                self.path.pop();
            }
        }
    }

    /// An entry of a free map, for which absence is a thing of its own.
    fn entry(&mut self, key: &str, value: &Value, node: Option<NodeId>, default: Option<&Value>) {
        self.path.push(Segment::Key(key.to_owned()));
        match node {
            Some(node) => self.value(value, node, default),
            None => {
                let value = self.schema.pruned(value, None);
                if default.map(|default| self.schema.pruned(default, None)).as_ref() != Some(&value) {
                    self.leaves.push((self.path.clone(), value));
                }
            }
        }
        self.path.pop();
    }

    /// Runs `inside`; if it adds nothing, and the default is no map, leaves an empty map as a trace.
    fn marked(&mut self, default: Option<&Value>, inside: impl FnOnce(&mut Self, Option<&Json<String, Value>>)) {
        let before = self.leaves.len();
        let default = default.and_then(Value::as_object);
        inside(self, default);
        if default.is_none() && self.leaves.len() == before {
            self.leaves.push((self.path.clone(), Value::Object(Json::new())));
        }
    }

    /// A value without settings of its own.
    fn whole(&mut self, value: &Value, id: NodeId, default: Option<&Value>) {
        let value = self.schema.pruned(value, Some(id));
        if default.map(|default| self.schema.pruned(default, Some(id))).as_ref() != Some(&value) {
            self.leaves.push((self.path.clone(), value));
        }
    }

    fn leaf(&mut self, segment: Segment, value: Value) {
        self.path.push(segment);
        self.leaves.push((self.path.clone(), value));
        self.path.pop();
    }
}

/// Whether both are one text, truth value or number, bit for bit.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::String(one), Value::String(other)) => one == other,
        // 0.0 equals −0.0, which is another value.
        (Value::Number(one), Value::Number(other)) => one == other && !(one.is_f64() && one.as_f64() == Some(0.0)),
        _ => false,
    }
}

/// The registered kind of a component and its settings.
fn component<'a>(
    entries: &Json<String, Value>,
    kinds: &'a [(String, NodeId)],
    schema: &'a Schema,
) -> Option<(&'a str, &'a Map)> {
    let named = entries.get(KIND)?.as_str()?;
    let (kind, node) = kinds.iter().find(|(kind, _)| kind == named)?;
    match &schema.node(*node).shape {
        Shape::Map(map) => Some((kind, map)),
        _ => None,
    }
}

fn canonical(number: &Number) -> Number {
    let exact = 1_i128 << 53;
    let negative_zero =
        number.is_f64() && number.as_f64().is_some_and(|number| number == 0.0 && number.is_sign_negative());
    let integer = whole(number).filter(|integer| !negative_zero && (-exact..=exact).contains(integer));
    integer.and_then(Number::from_i128).unwrap_or_else(|| number.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::suite::sample::{
        self, Activation, Cell, Clamp, Constant, Elman, GradientClip, Initializer, Law, Nested, Norm,
    };
    use crate::suite::sample::{Lstm, Stack, Suite, Zeros};

    fn non_defaults(suite: &Suite) -> Vec<String> {
        let leaves = Schema::of::<Suite>().non_defaults(&serde_json::to_value(suite).expect("JSON"));
        leaves.iter().map(|(path, value)| format!("{path}={value}")).filter(|leaf| !is_required(leaf)).collect()
    }

    fn is_required(leaf: &str) -> bool {
        leaf == "name=\"plain\"" || leaf == "updates=10"
    }

    #[test]
    fn defaults_leave_no_trace() {
        assert_eq!(non_defaults(&Suite::plain()), [""; 0]);
        let leaves = Schema::of::<Suite>().non_defaults(&serde_json::to_value(Suite::plain()).expect("JSON"));
        assert_eq!(leaves, [(Path::root().key("name"), json!("plain")), (Path::root().key("updates"), json!(10))]);
    }

    #[test]
    fn a_component_of_the_defaults_kind_gives_its_settings() {
        let cell = Cell::Elman(Elman { activation: Activation::Relu, ..Elman::default() });
        assert_eq!(non_defaults(&Suite { cell, ..Suite::plain() }), ["cell.activation=\"relu\""]);
    }

    #[test]
    fn a_component_of_another_kind_is_held_against_its_own_defaults() {
        let cell = Cell::Lstm(Lstm { peepholes: true, ..Lstm::default() });
        assert_eq!(non_defaults(&Suite { cell, ..Suite::plain() }), ["cell.kind=\"lstm\"", "cell.peepholes=true"]);
        let spare = Some(Cell::Elman(Elman::default()));
        assert_eq!(non_defaults(&Suite { spare, ..Suite::plain() }), ["spare.kind=\"elman\""]);
        let inner = Some(Box::new(Cell::Elman(Elman { dropout: 0.5, ..Elman::default() })));
        assert_eq!(non_defaults(&Suite { cell: Cell::Stack(Stack { inner }), ..Suite::plain() }), {
            ["cell.inner.dropout=0.5", "cell.inner.kind=\"elman\"", "cell.kind=\"stack\""]
        });
    }

    #[test]
    fn the_struct_arounds_default_goes_before_the_keys_own() {
        // Peepholes are off in an LSTM, but on in the default of `nested`.
        let nested = Nested { cell: Cell::Lstm(Lstm::default()), ..Nested::default() };
        assert_eq!(non_defaults(&Suite { nested: nested.clone(), ..Suite::plain() }), ["nested.cell.peepholes=false"]);
        assert_eq!(non_defaults(&Suite { extra: Some(nested), ..Suite::plain() }), ["extra.cell.peepholes=false"]);
        assert_eq!(non_defaults(&Suite { extra: Some(Nested::default()), ..Suite::plain() }), ["extra={}"]);
    }

    #[test]
    fn lists_maps_and_enums_with_contents() {
        let clip = vec![GradientClip::Norm(Norm { max: None }), GradientClip::Clamp(Clamp { max: 1.0 })];
        assert_eq!(
            non_defaults(&Suite { clip, ..Suite::plain() }),
            [r#"clip=[{"kind":"norm"},{"kind":"value","max":1}]"#]
        );
        let init = BTreeMap::from([
            ("b".to_owned(), Initializer::Constant(Constant { value: 2.0 })),
            ("a".to_owned(), Initializer::Zeros(Zeros {})),
        ]);
        assert_eq!(non_defaults(&Suite { init, ..Suite::plain() }), {
            ["init.a.kind=\"zeros\"", "init.b.kind=\"constant\"", "init.b.value=2"]
        });
        assert_eq!(non_defaults(&Suite { law: Law::Values(vec![]), ..Suite::plain() }), ["law.values=[]"]);
    }

    #[test]
    fn neither_order_nor_spelling_of_numbers_matters() {
        let schema = Schema::of::<Suite>();
        let one = json!({"name": "x", "updates": 5, "rate": 1, "init": {"a": {"kind": "constant", "value": 1}, "b": {"kind": "zeros"}}});
        let two = json!({"init": {"b": {"kind": "zeros"}, "a": {"value": 1.0, "kind": "constant"}}, "rate": 1.0, "updates": 5.0, "name": "x"});
        let text = |value| serde_json::to_string(&schema.non_defaults(&value)).expect("JSON");
        assert_eq!(text(one), text(two));
        let zero = |rate: f64| text(json!({"name": "x", "updates": 5, "free": rate}));
        assert_ne!(zero(-0.0), zero(0.0));
    }

    #[test]
    fn a_list_on_its_own_is_held_against_the_empty_one() {
        let schema = Schema::of::<Vec<GradientClip>>();
        assert_eq!(schema.non_defaults(&json!([])), []);
        assert_eq!(
            schema.non_defaults(&json!([{"kind": "norm", "max": null}])),
            [(Path::root(), json!([{"kind": "norm"}]))]
        );
    }

    #[test]
    fn a_default_taken_away_is_seen() {
        let json = json!({"type": "object", "properties": {
            "a": {"type": ["integer", "null"], "default": 3},
            "m": {"type": "object", "additionalProperties": {"type": "integer"}, "default": {"x": 1, "y": 2}}}});
        let schema = Schema::new(&json);
        let show = |value| {
            schema.non_defaults(&value).iter().map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>()
        };
        assert_eq!(show(json!({"a": 3, "m": {"x": 1, "y": 2}})), [""; 0]);
        assert_eq!(show(json!({"a": null, "m": {"x": 1}})), ["a=null", "m.y=null"]);
        assert_eq!(show(json!({"m": {"x": 1, "y": 3, "z": 4}})), ["a=null", "m.y=3", "m.z=4"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn two_suites_have_the_same_leaves_only_if_they_are_the_same(a in sample::suite(), b in sample::suite()) {
            let schema = Schema::of::<Suite>();
            let leaves = |suite: &Suite| schema.non_defaults(&serde_json::to_value(suite).expect("JSON"));
            prop_assert_eq!(leaves(&a) == leaves(&b), a == b);
            prop_assert_eq!(leaves(&a), leaves(&a.clone()));
        }
    }

    proptest! {
        #[test]
        fn one_changed_setting_is_seen(a in sample::suite(), b in sample::suite(), place in 0_usize..12) {
            let schema = Schema::of::<Suite>();
            let (mut one, other) = (serde_json::to_value(&a).expect("JSON"), serde_json::to_value(&b).expect("JSON"));
            let before = schema.non_defaults(&one);
            let (key, value) = other.as_object().expect("a map").iter().nth(place).expect("a key");
            let changed = one[key] != *value;
            one[key] = value.clone();
            prop_assert_eq!(schema.non_defaults(&one) != before, changed);
        }
    }
}
