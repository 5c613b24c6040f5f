//! From JSON schema to [`Schema`]: the one place that knows how schemars writes Rust's types.

use std::{
    any::TypeId,
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use regex::Regex;
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use super::schema::{Bound, KIND, List, Map, Node, NodeId, Number, Property, Schema, Shape, Text};
use super::wording::noun;

type Json = serde_json::Map<String, Value>;

/// Says in words what texts match a `pattern`; of our own.
const FORM: &str = "x-form";
/// The key under which a type says that a setting is no part of a trial's identity.
const IDENTITY: &str = "x-identity";
/// Keywords that say nothing about what is valid.
const ANNOTATIONS: &[&str] =
    &["$defs", "$id", "$schema", "default", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"];

pub(super) fn compile(json: &Value) -> Schema {
    let mut compiler = Compiler { document: json, nodes: Vec::new(), known: BTreeMap::new() };
    let root = compiler.node(json);
    Schema { nodes: compiler.nodes, root }
}

struct Compiler<'a> {
    document: &'a Value,
    nodes: Vec<Node>,
    /// Finished and begun nodes by their text, so that recursive types end.
    known: BTreeMap<String, NodeId>,
}

impl Compiler<'_> {
    fn node(&mut self, json: &Value) -> NodeId {
        let Value::Object(json) = json else { return self.add(Shape::Any) };
        let bare: Json = json.iter().filter(|(key, _)| !is_annotation(key)).map(owned).collect();
        let title = json.get("title").and_then(Value::as_str);
        let text = format!("{} {}", title.unwrap_or_default(), Value::Object(bare.clone()));
        if let Some(id) = self.known.get(&text) {
            return *id;
        }
        let id = self.add(Shape::Any);
        self.known.insert(text, id);
        let (json, name) = self.resolved(bare);
        let (shape, nullable) = self.shape(&json);
        let noun = name.or(title.map(str::to_owned)).map(|name| noun(&name));
        self.nodes[id.0] = Node { shape, nullable, noun };
        id
    }

    fn add(&mut self, shape: Shape) -> NodeId {
        self.nodes.push(Node { shape, nullable: false, noun: None });
        NodeId(self.nodes.len() - 1)
    }

    /// Replaces `$ref` and `allOf` by what they stand for; also the name of the type referred to.
    fn resolved(&self, mut json: Json) -> (Json, Option<String>) {
        let mut name = None;
        // A schema that refers to nothing but itself would never end.
        for _ in 0..64 {
            let target = json.remove("$ref").and_then(|reference| {
                let pointer = reference.as_str()?.strip_prefix('#')?.to_owned();
                let target = self.document.pointer(&pointer)?.as_object()?;
                let title = target.get("title").and_then(Value::as_str);
                let last = pointer.rsplit('/').next().filter(|last| !last.is_empty());
                name = name.take().or(last.or(title).map(str::to_owned));
                Some(target.clone())
            });
            let all = match json.remove("allOf") {
                Some(Value::Array(all)) => all,
                _ => vec![],
            };
            if target.is_none() && all.is_empty() {
                break;
            }
            for part in target.into_iter().chain(all.into_iter().filter_map(|part| part.as_object().cloned())) {
                merge(&mut json, part);
            }
        }
        (json, name)
    }

    fn shape(&mut self, json: &Json) -> (Shape, bool) {
        if let Some(value) = json.get("const") {
            return choice(std::slice::from_ref(value));
        }
        if let Some(Value::Array(values)) = json.get("enum") {
            return choice(values);
        }
        if let Some(Value::Array(branches)) = json.get("oneOf").or_else(|| json.get("anyOf")) {
            return self.branches(branches);
        }
        let types: Vec<&str> = match json.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ if json.contains_key("properties") || json.contains_key("additionalProperties") => vec!["object"],
            _ if json.contains_key("items") || json.contains_key("prefixItems") => vec!["array"],
            _ => return (Shape::Any, true),
        };
        let nullable = types.contains(&"null");
        let mut shapes: Vec<Shape> =
            types.iter().filter(|name| **name != "null").map(|name| self.typed(name, json)).collect();
        match shapes.len() {
            0 => (Shape::Null, true),
            1 => (shapes.remove(0), nullable),
            _ => (Shape::Union(shapes.into_iter().map(|shape| self.add(shape)).collect()), nullable),
        }
    }

    fn typed(&mut self, name: &str, json: &Json) -> Shape {
        match name {
            "boolean" => Shape::Bool,
            "integer" | "number" => Shape::Number(number(json, name == "integer")),
            "string" => Shape::Text(Text {
                shortest: size(json, "minLength").unwrap_or(0),
                longest: size(json, "maxLength"),
                pattern: json.get("pattern").and_then(Value::as_str).and_then(|pattern| Regex::new(pattern).ok()),
                form: json.get(FORM).and_then(Value::as_str).map(str::to_owned),
            }),
            "array" => Shape::List(self.list(json)),
            "object" => Shape::Map(self.map(json)),
            _ => Shape::Any,
        }
    }

    fn list(&mut self, json: &Json) -> List {
        let first = json.get("prefixItems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let first: Vec<NodeId> = first.iter().map(|entry| self.node(entry)).collect();
        let items = json.get("items");
        let closed = (items == Some(&Value::Bool(false))).then_some(first.len());
        List {
            rest: items.filter(|items| items.is_object()).map(|items| self.node(items)),
            fewest: size(json, "minItems").unwrap_or(0),
            most: size(json, "maxItems").or(closed),
            unique: json.get("uniqueItems") == Some(&Value::Bool(true)),
            first,
        }
    }

    fn map(&mut self, json: &Json) -> Map {
        let mut map = Map { fewest: size(json, "minProperties").unwrap_or(0), ..Map::default() };
        let required = json.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for (name, property) in json.get("properties").and_then(Value::as_object).into_iter().flatten() {
            map.places.insert(name.clone(), map.properties.len());
            map.properties.push(Property {
                name: name.clone(),
                node: self.node(property),
                required: required.iter().any(|required| required == name),
                identity: property.get(IDENTITY) != Some(&Value::Bool(false)),
                default: property.get("default").cloned(),
            });
        }
        for (pattern, node) in json.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            if let Ok(pattern) = Regex::new(pattern) {
                let node = self.node(node);
                map.patterns.push((pattern, node));
            }
        }
        map.rest = match json.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            Some(rest) => Some(self.node(rest)),
            None if map.properties.is_empty() && map.patterns.is_empty() => Some(self.node(&Value::Bool(true))),
            None => None,
        };
        map
    }

    /// Rust's enums: `Option`, lists of names, registered kinds, names with contents, or else just alternatives.
    fn branches(&mut self, branches: &[Value]) -> (Shape, bool) {
        let mut nullable = false;
        let mut resolved: Vec<(&Value, Json)> = Vec::new();
        for branch in branches {
            let json = branch.as_object().cloned().unwrap_or_default();
            let (json, _) = self.resolved(json);
            if json.get("type").is_some_and(|name| name == "null") || json.get("const") == Some(&Value::Null) {
                nullable = true;
            } else {
                resolved.push((branch, json));
            }
        }
        let names: Vec<Option<Vec<Value>>> = resolved.iter().map(|(_, json)| names(json)).collect();
        if let Some(all) = names.iter().cloned().collect::<Option<Vec<_>>>().filter(|all| !all.is_empty()) {
            let (shape, null) = choice(&all.concat());
            return (shape, nullable || null);
        }
        let kinds = resolved.iter().map(|(branch, json)| Some((kind(json)?, *branch)));
        if let Some(kinds) = kinds.collect::<Option<Vec<_>>>() {
            let kinds = kinds.into_iter().map(|(kind, branch)| (kind, self.node(branch))).collect();
            return (Shape::Kinds(kinds), nullable);
        }
        let contents: Vec<Option<(String, Value)>> = resolved.iter().map(|(_, json)| content(json)).collect();
        if contents.iter().zip(&names).all(|(content, names)| content.is_some() || names.is_some()) {
            let names = names.iter().flatten().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
            let contents = contents.iter().flatten().map(|(name, json)| (name.clone(), self.node(json))).collect();
            return (Shape::Tagged { names, contents }, nullable);
        }
        (Shape::Union(resolved.iter().map(|(branch, _)| self.node(branch)).collect()), nullable)
    }
}

fn is_annotation(key: &str) -> bool {
    ANNOTATIONS.contains(&key)
}

fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

/// Adds the demands of `part`; where both make the same one, that of `json` stands.
fn merge(json: &mut Json, part: Json) {
    for (key, value) in part {
        match (json.get_mut(&key), value) {
            (Some(Value::Object(ours)), Value::Object(theirs)) if key == "properties" => {
                theirs.into_iter().for_each(|(name, property)| {
                    ours.entry(name).or_insert(property);
                });
            }
            (Some(Value::Array(ours)), Value::Array(theirs)) if key == "required" || key == "allOf" => {
                ours.extend(theirs)
            }
            (Some(_), _) => {}
            (None, value) => {
                json.insert(key, value);
            }
        }
    }
}

fn choice(values: &[Value]) -> (Shape, bool) {
    let some: Vec<Value> = values.iter().filter(|value| !value.is_null()).cloned().collect();
    let nullable = some.len() < values.len();
    (if some.is_empty() { Shape::Null } else { Shape::Choice(some) }, nullable)
}

/// The names of a branch that allows only texts given one by one.
fn names(json: &Json) -> Option<Vec<Value>> {
    let values = match (json.get("const"), json.get("enum")) {
        (Some(value), _) => vec![value.clone()],
        (None, Some(Value::Array(values))) => values.clone(),
        _ => return None,
    };
    values.iter().all(|value| value.is_string() || value.is_null()).then_some(values)
}

/// The name of a branch that is a component.
fn kind(json: &Json) -> Option<String> {
    Some(json.get("properties")?.get(KIND)?.get("const")?.as_str()?.to_owned())
}

/// The key and contents of a branch that is a map of exactly one key.
fn content(json: &Json) -> Option<(String, Value)> {
    let properties = json.get("properties")?.as_object()?;
    let (name, content) = properties.iter().next().filter(|_| properties.len() == 1)?;
    let required = json.get("required")?.as_array()?;
    (required.len() == 1 && required[0] == *name).then(|| (name.clone(), content.clone()))
}

fn size(json: &Json, key: &str) -> Option<usize> {
    usize::try_from(json.get(key)?.as_u64()?).ok()
}

fn number(json: &Json, integer: bool) -> Number {
    let bound = |key: &str, open: bool| Some(Bound { value: json.get(key)?.as_f64()?, open });
    let low = [bound("minimum", false), bound("exclusiveMinimum", true)].into_iter().flatten();
    let high = [bound("maximum", false), bound("exclusiveMaximum", true)].into_iter().flatten();
    let format = json.get("format").and_then(Value::as_str).unwrap_or_default();
    let range = match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "uint8" => (u8::MIN.into(), u8::MAX.into()),
        "uint16" => (u16::MIN.into(), u16::MAX.into()),
        "uint32" => (u32::MIN.into(), u32::MAX.into()),
        "uint64" | "uint" => (u64::MIN.into(), u64::MAX.into()),
        "int64" | "int" => (i64::MIN.into(), i64::MAX.into()),
        _ => (i64::MIN.into(), u64::MAX.into()),
    };
    Number {
        integer,
        // Whatever the type, training computes in 32 bits.
        single: !integer,
        range: integer.then_some(range),
        // Of two ends, the narrower; at the same place, the open one.
        low: low.max_by(|a, b| a.value.total_cmp(&b.value).then(a.open.cmp(&b.open))),
        high: high.min_by(|a, b| a.value.total_cmp(&b.value).then(b.open.cmp(&a.open))),
    }
}

impl Schema {
    /// The schema of `T`, made on the first call and shared by later ones.
    pub fn of<T: JsonSchema + 'static>() -> Arc<Self> {
        static KNOWN: RwLock<BTreeMap<TypeId, Arc<Schema>>> = RwLock::new(BTreeMap::new());
        let id = TypeId::of::<T>();
        if let Some(schema) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Arc::clone(schema);
        }
        let schema = Arc::new(Self::new(schema_for!(T).as_value()));
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(id).or_insert(schema))
    }

    /// Compiles a JSON schema (draft 2020-12, as schemars writes it). Keywords it does not know allow everything.
    pub fn new(json: &Value) -> Self {
        compile(json)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accepts(schema: &Value, value: Value) -> bool {
        Schema::new(schema).check(&value).is_empty()
    }

    #[test]
    fn types_may_contain_themselves() {
        let tree = json!({"title": "Tree", "type": "object", "required": ["size"], "properties": {
            "size": {"type": "integer"},
            "left": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "right": {"$ref": "#/$defs/Side", "default": null}},
            "$defs": {"Side": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}});
        assert!(accepts(&tree, json!({"size": 1, "left": {"size": 2, "right": null}, "right": {"size": 3}})));
        assert!(!accepts(&tree, json!({"size": 1, "left": {"size": 2, "right": {"size": "x"}}})));
        let circle = json!({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}});
        assert!(accepts(&circle, json!(1)));
        let alternatives = json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]});
        assert!(!accepts(&alternatives, json!(1)), "a type that is nothing but itself has no values");
    }

    #[test]
    fn a_reference_may_be_narrowed_where_it_stands() {
        let schema = json!({"type": "object", "properties": {
            "a": {"$ref": "#/$defs/N", "maximum": 5, "description": "at most five"},
            "b": {"$ref": "#/$defs/N"},
            "c": {"allOf": [{"$ref": "#/$defs/N"}, {"exclusiveMaximum": 3}]}},
            "$defs": {"N": {"type": "integer", "minimum": 0}}});
        assert!(accepts(&schema, json!({"a": 5, "b": 6, "c": 2})));
        assert_eq!(Schema::new(&schema).check(&json!({"a": 6, "b": -1, "c": 3})).len(), 3);
    }

    #[test]
    fn maps_with_keys_of_a_form() {
        let schema = json!({"type": "object", "additionalProperties": false,
            "patternProperties": {"^[0-9]+$": {"type": "boolean"}}});
        assert!(accepts(&schema, json!({"1": true, "20": false})));
        assert_eq!(Schema::new(&schema).check(&json!({"1": 1, "x": true})).len(), 2);
        assert!(accepts(&json!({"type": "object"}), json!({"anything": [1]})));
        assert!(!accepts(&json!({"type": "object", "minProperties": 1}), json!({})));
    }

    #[test]
    fn lists_of_a_form() {
        let pair = json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}], "items": false});
        assert!(accepts(&pair, json!(["x", 1])));
        assert!(!accepts(&pair, json!([1, 1])) && !accepts(&pair, json!(["x", 1, 2])));
        let set = json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true});
        assert_eq!(Schema::new(&set).check(&json!(["a", "b", "a"]))[0].to_string(), "[2]: stands in the list already");
    }

    #[test]
    fn the_narrower_of_two_bounds_counts() {
        let schema =
            json!({"type": "number", "minimum": 0, "exclusiveMinimum": 0, "maximum": 5, "exclusiveMaximum": 9});
        let message = |value: f64| Schema::new(&schema).check(&json!(value)).first().map(ToString::to_string);
        assert_eq!(message(0.0).as_deref(), Some("must be above 0 and at most 5, found 0.0"));
        assert_eq!(message(5.0), None);
        assert!(message(5.5).is_some());
    }
}
