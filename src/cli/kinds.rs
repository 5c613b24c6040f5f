//! The kinds of page that `list` and `describe` know, and names to choose from.

use super::Failure;
use crate::{
    results::reference::{KINDS, Kind, tables},
    suite::{intended, pages},
};

/// The parts of a suite that are no components, among the kinds.
static SUITE: Kind = Kind { plural: "suite", singular: "suite", pages };

/// The tables of a run, among the kinds.
static TABLES: Kind = Kind { plural: "tables", singular: "table", pages: tables };

/// The kinds that are no components.
const OTHERS: [&Kind; 2] = [&SUITE, &TABLES];

/// Every kind: those of components, then the others.
pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().chain(OTHERS)
}

/// The kind of that name, singular or plural.
pub(super) fn kind(name: &str) -> Result<&'static Kind, Failure> {
    let other = OTHERS.into_iter().find(|kind| kind.singular == name || kind.plural == name);
    other.or_else(|| Kind::find(name)).ok_or_else(|| {
        let names: Vec<&str> = kinds().map(|kind| kind.singular).collect();
        Failure::usage(format!("unknown kind `{name}`; {}", one_of(name, &names)))
    })
}

/// Names to choose from, the nearest first: `did you mean x? one of: x, y`.
pub(super) fn one_of(name: &str, names: &[&str]) -> String {
    let hint = intended(name, names).map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
    format!("{hint}one of: {}", names.join(", "))
}
