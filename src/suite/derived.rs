//! Numbers that depend on another setting of the same arm: `{per: task.length, factor: 1.5}` in place of a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map as Json, Value, json};

use super::schema::{KIND, NodeId, Number, Schema, Shape};
use super::{Path, Problem, Segment, SuiteFile, typed};

/// The key that tells a derived number from other maps.
const PER: &str = "per";

/// A number that depends on another setting of the same arm: `factor` times that number, plus `plus`, at least `least`, rounded where
/// a whole number belongs.
///
/// # Definition
///
/// Wherever a suite takes a number, in a section, in `with` or among the values of a sweep, a map with `per` may stand in its place.
/// It is resolved in each arm, after `--set` and the sweep, and then counts as any number does: for names, columns and the
/// trial's identity. What it depends on must not be derived itself.
///
/// # Why it is here
///
/// What a method needs often grows with the lag: the largest lag of a chrono initialization, the bound of a recurrent weight, the
/// updates of a training. A sweep over lengths then stays one entry.
///
/// # Example
///
/// ```yaml
/// init: {parameters: {b_f: {kind: chrono, max-lag: {per: task.length}}}}
/// sweep:
///   - kind: grid
///     with: {train.updates: {per: task.length, factor: 20, plus: 500}}
///     over: {task.length: [50, 100, 200]}
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DerivedNumber {
    /// The path of the setting that it depends on, such as `task.length`.
    pub per: Path,
    /// The factor of that setting. Defaults to 1.
    #[serde(default = "one")]
    pub factor: f64,
    /// A number added to the product. Defaults to 0.
    #[serde(default)]
    pub plus: f64,
    /// The least that it is. Without it there is none.
    #[serde(default)]
    pub least: Option<f64>,
}

fn one() -> f64 {
    1.0
}

impl DerivedNumber {
    /// The number where the other setting is `number`.
    pub fn of(&self, number: f64) -> f64 {
        let value = self.factor * number + self.plus;
        self.least.map_or(value, |least| value.max(least))
    }
}

/// A derived number in a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    /// Its place.
    pub path: Path,
    /// Its rule.
    pub number: DerivedNumber,
    /// Whether a whole number belongs there.
    pub whole: bool,
}

impl Derived {
    /// The value where the setting it depends on is `number`.
    pub fn value(&self, number: f64) -> Value {
        let value = self.number.of(number);
        let rounded = libm::floor(value + 0.5);
        if self.whole && rounded.abs() < 1e18 { json!(rounded as i64) } else { json!(value) }
    }
}

/// Whether a value may hold a derived number.
pub fn may_derive(value: &Value) -> bool {
    match value {
        Value::Object(node) => node.contains_key(PER) || node.values().any(may_derive),
        Value::Array(list) => list.iter().any(may_derive),
        _ => false,
    }
}

impl Schema {
    /// Takes the derived numbers out of the value at `path` of a value of this type, and leaves some valid number in the place of
    /// each.
    ///
    /// # Errors
    ///
    /// When one is not well formed.
    pub fn take_derived(&self, path: &Path, tree: &mut Value) -> Result<Vec<Derived>, Vec<Problem>> {
        let mut taken = Taken { schema: self, path: path.clone(), derived: vec![], problems: vec![] };
        for node in self.at(path) {
            taken.value(tree, node);
        }
        if taken.problems.is_empty() { Ok(taken.derived) } else { Err(taken.problems) }
    }
}

struct Taken<'a> {
    schema: &'a Schema,
    path: Path,
    derived: Vec<Derived>,
    problems: Vec<Problem>,
}

impl Taken<'_> {
    fn value(&mut self, value: &mut Value, id: NodeId) {
        let schema = self.schema;
        if let Value::Object(node) = value
            && node.contains_key(PER)
            && let Some(number) = schema.leaves(id).into_iter().find_map(|leaf| schema.as_number(leaf))
        {
            match typed::validate::<DerivedNumber>(value) {
                Ok((mut derived, _)) => {
                    derived.per = schema.understood(derived.per);
                    let whole = number.integer;
                    self.derived.push(Derived { path: self.path.clone(), number: derived, whole });
                }
                Err(found) => self.problems.extend(found.into_iter().map(|problem| problem.beneath(&self.path))),
            }
            *value = some_valid(number);
            return;
        }
        let id = schema.settle(id, value);
        match (&schema.node(id).shape, value) {
            (Shape::Map(map), Value::Object(entries)) => self.entries(entries, |key| map.under(key)),
            (Shape::Kinds(kinds), Value::Object(entries)) => {
                let kind = entries.get(KIND).and_then(Value::as_str);
                let node = kinds.iter().find(|(name, _)| Some(name.as_str()) == kind).map(|(_, node)| *node);
                let Some(Shape::Map(map)) = node.map(|node| &schema.node(node).shape) else { return };
                self.entries(entries, |key| map.under(key));
            }
            (Shape::Tagged { contents, .. }, Value::Object(entries)) => {
                self.entries(entries, |key| contents.iter().find(|(name, _)| name == key).map(|(_, node)| *node));
            }
            (Shape::List(list), Value::Array(entries)) => {
                for (index, value) in entries.iter_mut().enumerate() {
                    if let Some(node) = list.entry(index) {
                        self.beneath(Segment::Index(index), value, node);
                    }
                }
            }
            _ => {}
        }
    }

    fn entries(&mut self, entries: &mut Json<String, Value>, node: impl Fn(&str) -> Option<NodeId>) {
        for (key, value) in entries {
            if let Some(node) = node(key) {
                self.beneath(Segment::Key(key.clone()), value, node);
            }
        }
    }

    fn beneath(&mut self, segment: Segment, value: &mut Value, node: NodeId) {
        self.path.push(segment);
        self.value(value, node);
        self.path.pop();
    }
}

impl Schema {
    fn as_number(&self, id: NodeId) -> Option<&Number> {
        match &self.node(id).shape {
            Shape::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// Some number within the bounds.
fn some_valid(number: &Number) -> Value {
    let low = number.low.map(|low| (low.value, low.open));
    let high = number.high.map(|high| (high.value, high.open));
    let value = match (low, high) {
        (Some((low, false)), _) => low,
        (_, Some((high, false))) => high,
        (Some((low, true)), Some((high, true))) if !number.integer => low + (high - low) / 2.0,
        (Some((low, true)), _) => low + 1.0,
        (None, Some((high, true))) => high - 1.0,
        (None, None) => 1.0,
    };
    if number.integer { json!(value as i64) } else { json!(value) }
}

/// The numbers of `complete`, the complete tree that holds `derived`, with what each is derived from.
///
/// # Errors
///
/// When there is no number at the path that one of them depends on, or that is derived itself.
pub fn number_at(derived: &Derived, all: &[Derived], value: Option<&Value>) -> Result<f64, Problem> {
    let per = derived.number.per.spelled();
    let refuse = |message: String, help: &str| Err(Problem::new(derived.path.key(PER), message).help(help));
    if all.iter().any(|other| other.path == derived.number.per) {
        return refuse(format!("`{per}` is derived itself"), "name the setting that it is derived from");
    }
    match value.map(Value::as_f64) {
        Some(Some(number)) => Ok(number),
        Some(None) => refuse(format!("`{per}` is no number"), "name a setting that is a number, such as `task.length`"),
        None => {
            let meant = Schema::of::<SuiteFile>().meant(&derived.number.per);
            let help = meant.map(|meant| format!("did you mean `{}`?", meant.spelled()));
            let usual = "name a setting that is a number, such as `task.length`";
            refuse(format!("there is no setting `{per}`"), help.as_deref().unwrap_or(usual))
        }
    }
}

/// Allows derived numbers in the sections of `names` of the JSON schema of a suite.
pub(super) fn allow_derived(schema: &mut Value, names: &[&str]) {
    let mut pending: Vec<String> = vec![];
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let sections = properties.iter_mut().filter(|(name, _)| names.contains(&name.as_str()));
        sections.for_each(|(_, section)| allow(section, &mut pending));
    }
    let mut seen = std::collections::BTreeSet::new();
    while let Some(name) = pending.pop() {
        if seen.insert(name.clone())
            && let Some(definition) = schema.pointer_mut(&format!("/$defs/{name}"))
        {
            allow(definition, &mut pending);
        }
    }
    if let (false, Some(definitions)) = (seen.is_empty(), schema.get_mut("$defs").and_then(Value::as_object_mut)) {
        let mut derived = schemars::schema_for!(DerivedNumber).to_value();
        if let Some(map) = derived.as_object_mut() {
            map.shift_remove("$schema");
        }
        definitions.insert("DerivedNumber".to_owned(), derived);
    }
}

fn allow(json: &mut Value, pending: &mut Vec<String>) {
    match json {
        Value::Array(list) => list.iter_mut().for_each(|one| allow(one, pending)),
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/$defs/")) {
                pending.push(name.to_owned());
            }
            map.iter_mut()
                .filter(|(key, _)| !["default", "examples", "const", "enum"].contains(&key.as_str()))
                .for_each(|(_, value)| allow(value, pending));
            let is_number = |name: &Value| name == "number" || name == "integer";
            let numeric = map.get("type").is_some_and(|name| match name {
                Value::Array(names) => names.iter().any(is_number),
                name => is_number(name),
            });
            if numeric {
                // What is said of the key stays with it.
                let said = ["description", "default"].map(|key| (key, map.shift_remove(key)));
                let number = Value::Object(std::mem::take(map));
                map.extend(said.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
                map.insert("anyOf".to_owned(), json!([number, {"$ref": "#/$defs/DerivedNumber"}]));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{SuiteFile, editor_schema};

    #[test]
    fn a_map_with_per_is_a_number_only_where_a_number_belongs() {
        let schema = Schema::of::<SuiteFile>();
        let mut tree = json!({
            "init": {"parameters": {"b_f": {"kind": "chrono", "max-lag": {"per": "task.length", "factor": 1.5}}}},
            "train": {"updates": {"per": "task.length", "plus": 2}},
            "task": {"kind": "adding", "length": {"per": "model.hidden"}},
            "clip": [{"kind": "global-norm", "max": {"per": "model.hidden"}}],
            "figures": [{"per": "x"}],
        });
        let derived = schema.take_derived(&Path::root(), &mut tree).expect("derived numbers");
        let found: Vec<String> = derived.iter().map(|one| format!("{} {}", one.path, one.whole)).collect();
        assert_eq!(
            found,
            ["init.parameters.b_f.max-lag false", "train.updates true", "task.length true", "clip[0].max false",]
        );
        assert_eq!(tree["figures"], json!([{"per": "x"}]));
        assert_eq!((derived[0].value(9.0), derived[1].value(9.0)), (json!(13.5), json!(11)));
        let mut wrong = json!({"model": {"hidden": {"per": "task.length", "factr": 2}}});
        let problems = schema.take_derived(&Path::root(), &mut wrong).expect_err("a mistake");
        assert!(problems[0].to_string().starts_with("model.hidden: unknown key `factr`; did you mean `factor`?"));
    }

    #[test]
    fn editors_know_derived_numbers_where_they_may_stand() {
        let schema = editor_schema::<SuiteFile>();
        assert!(schema["$defs"]["DerivedNumber"]["properties"]["per"].is_object());
        let hidden = &schema["$defs"]["ModelSpec"]["properties"]["hidden"];
        assert_eq!(hidden["anyOf"][1]["$ref"], "#/$defs/DerivedNumber");
        assert!(hidden["description"].is_string());
        assert!(schema["properties"]["seed"].get("anyOf").is_none());
        assert!(schema["$defs"]["Points"]["properties"]["points"].get("anyOf").is_none());
    }
}
