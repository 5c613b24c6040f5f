//! `longlag describe`.

use std::io::Write;

use serde_json::Value;

use super::{
    Exit, Failure, arguments,
    registered::{choice, kind},
};
use crate::registry::Page;

pub(super) fn describe(options: &arguments::Describe, out: &mut dyn Write) -> Result<Exit, Failure> {
    let kind = kind(&options.kind)?;
    let pages = (kind.pages)();
    let page = pages.iter().find(|page| page.name == options.name).ok_or_else(|| {
        let names: Vec<&str> = pages.iter().map(|page| page.name).collect();
        let message = format!("unknown {} `{}`; {}", kind.singular, options.name, choice(&options.name, &names));
        Failure::usage(message)
    })?;
    write!(out, "{}", markdown(kind.singular, page))?;
    Ok(Exit::Ok)
}

/// A component's page: its doc comment, then its settings as the schema has them.
fn markdown(kind: &str, page: &Page) -> String {
    // The doc comment is written for rustdoc, which needs its brackets escaped.
    let text = page.text().replace("\\[", "[").replace("\\]", "]");
    let mut lines = vec![format!("# {} ({kind})", page.name), String::new(), text, String::new()];
    let properties = page.schema.get("properties").and_then(Value::as_object);
    match properties.filter(|properties| !properties.is_empty()) {
        None => lines.push("It has no settings.".to_owned()),
        Some(properties) => {
            lines.push("# Settings".to_owned());
            lines.push(String::new());
            let types = page.schema.get("$defs");
            lines.extend(properties.iter().map(|(name, property)| setting(name, property, types)));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// `- name (default, bounds): what it is`.
fn setting(name: &str, property: &Value, types: Option<&Value>) -> String {
    let type_name = property.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    let bounds = type_name.and_then(|name| types?.get(name)).unwrap_or(property);
    // A length is a number or a range of such numbers.
    let bounds = bounds.get("anyOf").map_or(bounds, |either| &either[0]);
    let shown = |key: &str| bounds.get(key).map(ToString::to_string);
    let bound = |key: &str, words: &str| shown(key).map(|bound| format!("{words} {bound}"));
    let default = match property.get("default") {
        None => None,
        Some(Value::Null) => Some("optional".to_owned()),
        Some(Value::Object(node)) => node.get("kind").map(|kind| format!("default {}", kind.as_str().unwrap_or("?"))),
        Some(Value::String(text)) => Some(format!("default {text}")),
        Some(other) => Some(format!("default {other}")),
    };
    let facts: Vec<String> = [
        default,
        bound("minimum", "at least"),
        bound("exclusiveMinimum", "above"),
        bound("maximum", "at most"),
        bound("exclusiveMaximum", "below"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    let text = property.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
    format!("- `{name}`{facts}: {text}")
}
