//! The settings of a component, read off its JSON schema.

use serde_json::{Map, Value};

use crate::component::registry::Page;

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key, as a suite writes it.
    pub name: String,
    /// The default as a suite would write it; `None` where there is none and the setting must be given.
    pub default: Option<String>,
    /// The bounds in words, such as `at least 0`.
    pub bounds: Vec<String>,
    /// The meaning, from the doc comment.
    pub text: String,
    /// The words that it takes, each with its meaning.
    pub choices: Vec<(String, String)>,
    /// The kinds of component that it takes.
    pub kinds: Vec<String>,
}

/// Whether a page is of a table: its settings are columns, which nobody gives.
pub(super) fn is_table(page: &Page) -> bool {
    page.schema.get("x-table").is_some()
}

/// The heading of a page's settings.
pub(super) fn heading(page: &Page) -> &'static str {
    if is_table(page) { "Columns" } else { "Settings" }
}

impl Setting {
    /// The words that it takes in one line, where they say all: `a`, `b`.
    pub(super) fn plain_choices(&self) -> Option<String> {
        let plain = !self.choices.is_empty() && self.choices.iter().all(|(_, meaning)| meaning.is_empty());
        let words = self.choices.iter().map(|(word, _)| format!("`{word}`"));
        plain.then(|| format!("One of {}.", words.collect::<Vec<_>>().join(", ")))
    }
}

/// The settings of `page` in their order.
pub fn settings(page: &Page) -> Vec<Setting> {
    let types = page.schema.get("$defs");
    let properties = page.schema.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten().filter(|(name, _)| *name != "kind");
    properties.map(|(name, property)| setting(name, property, types)).collect()
}

fn setting(name: &str, property: &Value, types: Option<&Value>) -> Setting {
    let shape = shape(property, types);
    let alternatives = shape.get("oneOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let choice = |value: &Value| Some((value.get("const")?.as_str()?.to_owned(), words(value)));
    let enumerated = shape.get("enum").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let plain = enumerated.iter().filter_map(|value| Some((value.as_str()?.to_owned(), String::new())));
    let kind = |value: &Value| Some(value.get("properties")?.get("kind")?.get("const")?.as_str()?.to_owned());
    Setting {
        name: name.to_owned(),
        default: property.get("default").map(|value| match value {
            Value::Null => "none".to_owned(),
            value => written(value),
        }),
        bounds: bounds(shape),
        text: words(property),
        choices: alternatives.iter().filter_map(choice).chain(plain).collect(),
        kinds: alternatives.iter().filter_map(kind).collect(),
    }
}

/// The schema that decides the values of `property`: itself, or the type that it names, also as one of a list or beside null.
fn shape<'a>(property: &'a Value, types: Option<&'a Value>) -> &'a Value {
    if let Some(name) = property.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return types.and_then(|types| types.get(name)).map_or(property, |named| shape(named, types));
    }
    let or_null = property.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let mut or_null = or_null.filter(|shape| shape.get("type") != Some(&Value::from("null")));
    if let Some(inner) = or_null.next().or(property.get("items")) {
        return shape(inner, types);
    }
    property
}

fn bounds(shape: &Value) -> Vec<String> {
    let bound = |key: &str, words: &str| Some(format!("{words} {}", written(shape.get(key)?)));
    [
        bound("minimum", "at least"),
        bound("exclusiveMinimum", "above"),
        bound("maximum", "at most"),
        bound("exclusiveMaximum", "below"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The doc comment on one line.
fn words(value: &Value) -> String {
    let text = value.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value as a suite would write it.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |x| written_number(x, number)),
        Value::Array(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => written_map(map),
        Value::Bool(_) | Value::Null => value.to_string(),
    }
}

/// Without `.0`, and large and small ones by powers of ten.
fn written_number(x: f64, number: &serde_json::Number) -> String {
    let large = x.abs() >= 1e5 && !number.is_u64() && !number.is_i64();
    if large || (x != 0.0 && x.abs() < 1e-3) { format!("{x:e}") } else { format!("{x}") }
}

/// A component with no settings but its defaults is its name alone.
fn written_map(map: &Map<String, Value>) -> String {
    if let (1, Some(Value::String(kind))) = (map.len(), map.get("kind")) {
        return kind.clone();
    }
    let entries = map.iter().map(|(key, value)| format!("{key}: {}", written(value)));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{cell::CellSpec, init::InitializerSpec, modifier::ModifierSpec};

    fn of(pages: Vec<Page>, component: &str, name: &str) -> Setting {
        let page = pages.into_iter().find(|page| page.name == component).expect("a component");
        settings(&page).into_iter().find(|setting| setting.name == name).expect("a setting")
    }

    #[test]
    fn defaults_and_bounds_are_those_of_the_schema() {
        let rate = of(ModifierSpec::pages(), "zoneout", "rate");
        assert_eq!(rate.default.as_deref(), Some("0.1"));
        assert_eq!(rate.bounds, ["at least 0", "below 1"]);
        let bound = of(InitializerSpec::pages(), "uniform", "bound");
        assert_eq!(bound.default.as_deref(), Some("none"));
        assert_eq!(bound.bounds, ["at least 0", "at most 1e6"]);
        assert_eq!(of(InitializerSpec::pages(), "echo-state", "non-zeros").bounds, ["at least 1", "at most 65536"]);
    }

    #[test]
    fn words_and_kinds_are_listed() {
        let reset = of(CellSpec::pages(), "gru", "reset");
        let words: Vec<&str> = reset.choices.iter().map(|(word, _)| word.as_str()).collect();
        assert_eq!(words, ["after-matrix", "before-matrix"]);
        assert!(reset.choices.iter().all(|(_, text)| !text.is_empty()));
        let activation = of(CellSpec::pages(), "elman", "activation");
        assert_eq!(activation.default.as_deref(), Some("tanh"));
        assert!(activation.kinds.contains(&"relu".to_owned()) && activation.choices.is_empty());
    }
}
