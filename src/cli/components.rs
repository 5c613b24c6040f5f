//! `longlag list`, and the names of kinds and components.

use std::io::Write;

use super::{Exit, Failure, arguments};
use crate::{
    component::registry::Page,
    results::reference::{KINDS, Kind, tables},
    suite::{intended, pages},
};

/// The parts of a suite that are no components, among the kinds.
static SUITE: Kind = Kind { plural: "suite", singular: "suite", pages };

/// The tables of a run, among the kinds.
static TABLES: Kind = Kind { plural: "tables", singular: "table", pages: tables };

/// The kinds that are no components.
const OTHERS: [&Kind; 2] = [&SUITE, &TABLES];

/// The kind of that name.
pub(super) fn kind(name: &str) -> Result<&'static Kind, Failure> {
    let other = OTHERS.into_iter().find(|kind| kind.singular == name || kind.plural == name);
    let kind = other.or_else(|| Kind::find(name));
    kind.ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().chain(OTHERS).map(|kind| kind.singular).collect();
        Failure::usage(format!("unknown kind `{name}`; {}", one_of(name, &names)))
    })
}

/// Names to choose from, the nearest first: `did you mean x? one of: x, y`.
pub(super) fn one_of(name: &str, names: &[&str]) -> String {
    let hint = intended(name, names).map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
    format!("{hint}one of: {}", names.join(", "))
}

pub(super) fn list(options: &arguments::List, out: &mut dyn Write) -> Result<Exit, Failure> {
    let kinds: Vec<&Kind> = match &options.kind {
        Some(name) => vec![kind(name)?],
        None => KINDS.iter().collect(),
    };
    if options.json {
        let entries = kinds.iter().map(|kind| {
            let pages = (kind.pages)();
            let pages = pages.iter().map(|page| serde_json::json!({"name": page.name, "summary": page.summary()}));
            (kind.plural.to_owned(), pages.collect())
        });
        let json = serde_json::Value::Object(entries.collect());
        writeln!(out, "{json:#}")?;
        return Ok(Exit::Ok);
    }
    let kinds: Vec<(&Kind, Vec<Page>)> = kinds.into_iter().map(|kind| (kind, (kind.pages)())).collect();
    let width = kinds.iter().flat_map(|(_, pages)| pages).map(|page| page.name.len()).max().unwrap_or(0);
    for (index, (kind, pages)) in kinds.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{} ({})", kind.plural, pages.len())?;
        for page in pages {
            writeln!(out, "  {:<width$}  {}", page.name, page.summary())?;
        }
    }
    Ok(Exit::Ok)
}
