//! The page as Markdown. Anchors are written out, for names come again in several kinds.

use std::fmt::Write as _;

use super::{
    group::{ABOUT, Group, TITLE},
    settings::{Setting, heading, is_table, settings},
};
use crate::component::registry::Page;

/// The page of all `groups` as Markdown.
pub fn markdown(groups: &[Group]) -> String {
    let mut text = format!("# {TITLE}\n\n{ABOUT}\n\n");
    for group in groups {
        let links = group.pages.iter().map(|page| format!("[{}](#{})", page.name, group.anchor(page.name)));
        let links = links.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "- [{}](#{}) ({}): {links}", group.title(), group.plural, group.pages.len());
    }
    for group in groups {
        let _ = write!(text, "\n<a id=\"{}\"></a>\n\n## {} ({})\n", group.plural, group.title(), group.pages.len());
        for page in &group.pages {
            component(&mut text, group, page);
        }
    }
    text
}

fn component(text: &mut String, group: &Group, page: &Page) {
    let _ = write!(text, "\n<a id=\"{}\"></a>\n\n### {} ({})\n\n", group.anchor(page.name), page.name, group.singular);
    let mut code = false;
    for line in page.text().lines() {
        code ^= line.trim_start().starts_with("```");
        // A page's headings are two levels further down here.
        let level = if !code && line.starts_with('#') { "###" } else { "" };
        let _ = writeln!(text, "{level}{line}");
    }
    let _ = write!(text, "\n#### {}\n\n", heading(page));
    let settings = settings(page);
    if settings.is_empty() {
        text.push_str("None.\n");
        return;
    }
    if is_table(page) {
        text.push_str("| column | |\n|---|---|\n");
        for Setting { name, text: meaning, .. } in &settings {
            let _ = writeln!(text, "| `{name}` | {} |", meaning.replace('|', "\\|"));
        }
        return;
    }
    text.push_str("| setting | default | bounds | |\n|---|---|---|---|\n");
    for setting in &settings {
        let Setting { name, default, bounds, text: meaning, choices, kinds } = setting;
        let default = default.as_ref().map_or_else(|| "to be given".to_owned(), |default| format!("`{default}`"));
        let mut meaning = meaning.clone();
        match setting.plain_choices() {
            Some(choices) => {
                let _ = write!(meaning, "<br>{choices}");
            }
            None => choices.iter().for_each(|(word, explanation)| {
                let _ = write!(meaning, "<br>`{word}`: {explanation}");
            }),
        }
        if let Some(taken) = groups_word(kinds) {
            let _ = write!(meaning, "<br>{taken}");
        }
        let meaning = meaning.replace('|', "\\|");
        let _ = writeln!(text, "| `{name}` | {default} | {} | {meaning} |", bounds.join(", "));
    }
}

/// The kinds of component that a setting takes.
fn groups_word(kinds: &[String]) -> Option<String> {
    (!kinds.is_empty()).then(|| format!("One of: {}.", kinds.join(", ")))
}
