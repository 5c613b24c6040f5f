//! `longlag describe`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    components::{kind, one_of},
};
use crate::{
    component::registry::Page,
    results::reference::{Setting, settings},
};

pub(super) fn describe(options: &arguments::Describe, out: &mut dyn Write) -> Result<Exit, Failure> {
    let kind = kind(&options.kind)?;
    let pages = (kind.pages)();
    let page = pages.iter().find(|page| page.name == options.name).ok_or_else(|| {
        let names: Vec<&str> = pages.iter().map(|page| page.name).collect();
        let message = format!("unknown {} `{}`; {}", kind.singular, options.name, one_of(&options.name, &names));
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
    let settings = settings(page);
    if settings.is_empty() {
        lines.push("It has no settings.".to_owned());
    } else {
        lines.push("# Settings".to_owned());
        lines.push(String::new());
        lines.extend(settings.iter().map(line));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// `- name (default, bounds): what it is`, then the words that it takes.
fn line(setting: &Setting) -> String {
    let default = setting.default.as_ref().map(|default| match default.as_str() {
        "none" => "optional".to_owned(),
        default => format!("default {default}"),
    });
    let facts: Vec<String> = default.into_iter().chain(setting.bounds.iter().cloned()).collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    let choices = setting.choices.iter().map(|(word, text)| format!("\n  - `{word}`: {text}"));
    format!("- `{}`{facts}: {}{}", setting.name, setting.text, choices.collect::<String>())
}
