//! The kinds of component with their pages.

use super::{
    kinds::{KINDS, Kind},
    tables::tables,
};
use crate::component::registry::Page;

/// The pages of one kind of component.
#[derive(Clone, Debug)]
pub struct Group {
    /// The kind in the plural, such as `tasks`.
    pub plural: &'static str,
    /// The kind in the singular, such as `task`.
    pub singular: &'static str,
    /// The pages of its components, in the order of the registry.
    pub pages: Vec<Page>,
}

impl Group {
    /// All kinds with their pages.
    pub fn all() -> Vec<Self> {
        let group = |kind: &Kind| Self { plural: kind.plural, singular: kind.singular, pages: (kind.pages)() };
        KINDS.iter().map(group).collect()
    }

    /// The tables of a run, with their columns.
    pub fn tables() -> Self {
        Self { plural: "tables", singular: "table", pages: tables() }
    }

    /// The name of a component's place on the page, for links.
    pub(super) fn anchor(&self, name: &str) -> String {
        format!("{}-{name}", self.singular)
    }

    /// The plural as a heading, such as `Bptt rules`.
    pub(super) fn title(&self) -> String {
        let words = self.plural.replace('-', " ");
        let mut letters = words.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    }
}

/// The page's title.
pub(super) const TITLE: &str = "longlag: suites, tables, components";
/// The page's first paragraph.
pub(super) const ABOUT: &str = "Every setting of a suite, every column of a table, and every task, cell, initializer, optimizer and remedy that a suite can name, with its definition, its settings \
                     and where it comes from.";
