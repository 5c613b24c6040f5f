//! The registered kinds, and `longlag list`.

use std::io::Write;

use super::{Exit, Failure, arguments};
use crate::{
    component::{
        activation::ActivationSpec, bptt::BackwardSpec, cell::CellSpec, clip::ClipSpec, constraint::RetractionSpec,
        curriculum::CurriculumSpec, init::InitializerSpec, modifier::ModifierSpec, optim::OptimizerSpec,
        parametrization::ParametrizationSpec, probe::ProbeSpec, registry::Page, regularizer::RegularizerSpec,
        schedule::ScheduleSpec, task::TaskSpec,
    },
    results::figure::FigureSpec,
    suite::nearest,
};

/// A kind of component.
pub(super) struct Kind {
    /// In the plural, as `list` shows it.
    pub plural: &'static str,
    /// In the singular, as `describe` takes it.
    pub singular: &'static str,
    pub pages: fn() -> Vec<Page>,
}

/// All kinds, in the order in which a suite meets them.
pub(super) const KINDS: [Kind; 15] = [
    Kind { plural: "tasks", singular: "task", pages: TaskSpec::pages },
    Kind { plural: "cells", singular: "cell", pages: CellSpec::pages },
    Kind { plural: "modifiers", singular: "modifier", pages: ModifierSpec::pages },
    Kind { plural: "activations", singular: "activation", pages: ActivationSpec::pages },
    Kind { plural: "initializers", singular: "initializer", pages: InitializerSpec::pages },
    Kind { plural: "parametrizations", singular: "parametrization", pages: ParametrizationSpec::pages },
    Kind { plural: "regularizers", singular: "regularizer", pages: RegularizerSpec::pages },
    Kind { plural: "optimizers", singular: "optimizer", pages: OptimizerSpec::pages },
    Kind { plural: "schedules", singular: "schedule", pages: ScheduleSpec::pages },
    Kind { plural: "curricula", singular: "curriculum", pages: CurriculumSpec::pages },
    Kind { plural: "clips", singular: "clip", pages: ClipSpec::pages },
    Kind { plural: "backward-rules", singular: "backward-rule", pages: BackwardSpec::pages },
    Kind { plural: "retractions", singular: "retraction", pages: RetractionSpec::pages },
    Kind { plural: "probes", singular: "probe", pages: ProbeSpec::pages },
    Kind { plural: "figures", singular: "figure", pages: FigureSpec::pages },
];

/// The kind of that name: in the singular, in the plural, or as the suite's key that takes it.
pub(super) fn kind(name: &str) -> Result<&'static Kind, Failure> {
    let name = if name == "backward" { "backward-rule" } else { name };
    KINDS.iter().find(|kind| kind.singular == name || kind.plural == name).ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.singular).collect();
        Failure::usage(format!("unknown kind `{name}`; {}", one_of(name, &names)))
    })
}

/// `did you mean x? one of: x, y`.
pub(super) fn one_of(name: &str, names: &[&str]) -> String {
    let hint = nearest(name, names).map(|nearest| format!("did you mean `{nearest}`? ")).unwrap_or_default();
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
