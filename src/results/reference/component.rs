//! The page of one component, for a terminal.

use super::settings::{Setting, heading, settings};
use crate::component::registry::Page;

/// The page of a component of the kind `kind`, in Markdown: its doc comment, then its settings as the schema has them.
pub fn component(kind: &str, page: &Page) -> String {
    // The doc comment is written for rustdoc, which needs its brackets escaped.
    let text = page.text().replace("\\[", "[").replace("\\]", "]");
    let mut lines = vec![format!("# {} ({kind})", page.name), String::new(), text, String::new()];
    let settings = settings(page);
    if settings.is_empty() {
        lines.push("It has no settings.".to_owned());
    } else {
        lines.push(format!("# {}", heading(page)));
        lines.push(String::new());
        lines.extend(settings.iter().map(line));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A setting as `- name (default, bounds): meaning`, then the words that it takes.
fn line(setting: &Setting) -> String {
    let default = setting.default.as_ref().map(|default| match default.as_str() {
        "none" => "optional".to_owned(),
        default => format!("default {default}"),
    });
    let facts: Vec<String> = default.into_iter().chain(setting.bounds.iter().cloned()).collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    if let Some(choices) = setting.plain_choices() {
        return format!("- `{}`{facts}: {} {choices}", setting.name, setting.text);
    }
    let choices = setting.choices.iter().map(|(word, text)| format!("\n  - `{word}`: {text}"));
    format!("- `{}`{facts}: {}{}", setting.name, setting.text, choices.collect::<String>())
}
