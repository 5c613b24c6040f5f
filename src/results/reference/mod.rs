//! Every registered component on one page, in Markdown or as HTML that needs no other file.
//!
//! The pages are the doc comments, the settings the JSON schemas: nothing is written twice.

mod component;
mod html;
mod kinds;
mod markdown;
mod settings;
mod text;

pub use self::{
    component::component,
    kinds::{KINDS, Kind},
    settings::{Setting, settings},
};
use crate::component::registry::Page;

/// The pages of one kind of component.
#[derive(Clone, Debug)]
pub struct Group {
    /// Such as `tasks`.
    pub plural: &'static str,
    /// Such as `task`.
    pub singular: &'static str,
    pub pages: Vec<Page>,
}

impl Group {
    /// All kinds with their pages.
    pub fn all() -> Vec<Self> {
        let group = |kind: &Kind| Self { plural: kind.plural, singular: kind.singular, pages: (kind.pages)() };
        KINDS.iter().map(group).collect()
    }

    /// What the page of `name` is called in links.
    fn anchor(&self, name: &str) -> String {
        format!("{}-{name}", self.singular)
    }

    /// Such as `Backward rules`.
    fn title(&self) -> String {
        let words = self.plural.replace('-', " ");
        let mut letters = words.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    }
}

/// The page as Markdown.
pub fn markdown(groups: &[Group]) -> String {
    markdown::write(groups)
}

/// The page as HTML, with a table of contents beside it; no script, no network.
pub fn html(groups: &[Group]) -> String {
    html::write(groups)
}

/// The page's first lines.
const TITLE: &str = "longlag: all components";
const ABOUT: &str = "Every task, cell, initializer, optimizer and remedy that a suite can name, with its definition, its settings \
                     and where it comes from.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{activation::ActivationSpec, cell::CellSpec};

    fn groups() -> Vec<Group> {
        vec![
            Group { plural: "cells", singular: "cell", pages: CellSpec::pages() },
            Group { plural: "activations", singular: "activation", pages: ActivationSpec::pages() },
        ]
    }

    #[test]
    fn both_forms_hold_every_component_and_setting() {
        let groups = groups();
        let (markdown, html) = (markdown(&groups), html(&groups));
        for group in &groups {
            for page in &group.pages {
                let anchor = format!("id=\"{}\"", group.anchor(page.name));
                assert_eq!(markdown.matches(&anchor).count(), 1, "{anchor} in Markdown");
                assert_eq!(html.matches(&anchor).count(), 1, "{anchor} in HTML");
                for setting in settings(page) {
                    assert!(markdown.contains(&format!("| `{}` |", setting.name)), "{} {}", page.name, setting.name);
                    assert!(html.contains(&format!("<code>{}</code>", setting.name)), "{} {}", page.name, setting.name);
                }
            }
        }
    }

    /// Links lead somewhere, and tags are closed in order.
    #[test]
    fn the_page_hangs_together() {
        let html = html(&groups());
        for part in html.split("href=\"#").skip(1) {
            let target = part.split('"').next().expect("a target");
            assert!(html.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
        }
        let mut open: Vec<&str> = vec![];
        for part in html.split('<').skip(1) {
            let tag = part.split(['>', ' ', '\n']).next().expect("a tag");
            match tag.strip_prefix('/') {
                Some(tag) => assert_eq!(open.pop(), Some(tag), "before </{tag}>{}", part.get(..40).unwrap_or(part)),
                None if matches!(tag, "!DOCTYPE" | "meta") => {}
                None => open.push(tag),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}
