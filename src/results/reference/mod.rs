//! Every registered component on one page, in Markdown or as HTML that needs no other file.
//!
//! The pages are the doc comments, the settings the JSON schemas: nothing is written twice.

mod component;
mod equations;
mod group;
mod html;
mod kinds;
mod markdown;
mod settings;
mod tables;
mod text;

pub use self::{
    component::component,
    equations::equations,
    group::Group,
    html::{Article, articles, html},
    kinds::{KINDS, Kind},
    markdown::markdown,
    settings::{Setting, settings},
    tables::tables,
};

#[cfg(test)]
mod tests;
