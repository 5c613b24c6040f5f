//! Values of arguments that a shell may complete to.

use std::{ffi::OsStr, fs, path::Path};

use clap_complete::{CompletionCandidate, PathCompleter, engine::ValueCompleter as _};

use super::kinds;
use crate::{
    results::{JUNIT, reference::Kind, table::Format},
    run::RunTable,
    store::layout::{BASELINES, RESOLVED, RESULTS},
    train::MetricName,
};

/// Candidates of these names.
pub(super) fn named(names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<CompletionCandidate> {
    names.into_iter().map(|name| CompletionCandidate::new(name.as_ref())).collect()
}

/// Kinds in the singular, as `describe` names them.
pub(super) fn kinds() -> Vec<CompletionCandidate> {
    named(kinds::kinds().map(|kind| kind.singular))
}

/// Kinds in the plural, as `list` names them.
pub(super) fn plural_kinds() -> Vec<CompletionCandidate> {
    named(kinds::kinds().map(|kind| kind.plural))
}

/// The pages of a kind, each with its summary.
pub(super) fn pages(kind: &Kind) -> Vec<CompletionCandidate> {
    let candidate =
        |page: &crate::component::registry::Page| CompletionCandidate::new(page.name).help(Some(page.summary().into()));
    (kind.pages)().iter().map(candidate).collect()
}

/// Tables of a run.
pub(super) fn tables() -> Vec<CompletionCandidate> {
    named(RunTable::ALL.map(RunTable::name))
}

/// Formats of tables.
pub(super) fn formats() -> Vec<CompletionCandidate> {
    named(Format::ALL.map(|(name, _)| name))
}

/// Formats of verdicts.
pub(super) fn verdict_formats() -> Vec<CompletionCandidate> {
    named(Format::ALL.map(|(name, _)| name).into_iter().chain([JUNIT]))
}

/// Metrics of a trial.
pub(super) fn metrics() -> Vec<CompletionCandidate> {
    named(MetricName::ALL.map(|metric| metric.to_string()))
}

/// Baselines of this folder's results.
pub(super) fn baselines() -> Vec<CompletionCandidate> {
    named(runs_in(&Path::new(RESULTS).join(BASELINES)))
}

/// Suites are YAML files.
pub(super) fn suites(current: &OsStr) -> Vec<CompletionCandidate> {
    let is_yaml = |path: &Path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    PathCompleter::any().filter(is_yaml).complete(current)
}

/// Runs by the names of their suites, where they lie in this folder's results, else folders.
pub(super) fn runs(current: &OsStr) -> Vec<CompletionCandidate> {
    let begins = |name: &String| current.to_str().is_some_and(|current| name.starts_with(current));
    let runs: Vec<String> = runs_in(Path::new(RESULTS)).into_iter().filter(begins).collect();
    if runs.is_empty() { PathCompleter::dir().complete(current) } else { named(runs) }
}

/// The folders in `folder` that are of runs, by name.
fn runs_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let runs = entries.filter(|entry| entry.path().join(RESOLVED).is_file());
    let mut names: Vec<String> = runs.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
