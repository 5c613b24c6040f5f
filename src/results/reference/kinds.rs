//! All kinds of component.

use crate::{
    component::{
        activation::ActivationSpec, algorithm::AlgorithmSpec, bptt::BpttSpec, cell::CellSpec, clip::ClipSpec,
        constraint::ConstraintSpec, curriculum::CurriculumSpec, init::InitializerSpec, modifier::ModifierSpec,
        optim::OptimizerSpec, parametrization::ParametrizationSpec, probe::ProbeSpec, registry::Page,
        regularizer::RegularizerSpec, schedule::ScheduleSpec, task::TaskSpec,
    },
    results::figure::FigureSpec,
};

/// A kind of component.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name in the plural, as `list` shows it.
    pub plural: &'static str,
    /// The name in the singular, as `describe` takes it.
    pub singular: &'static str,
    /// The pages of its components, in the order of the registry.
    pub pages: fn() -> Vec<Page>,
}

/// All kinds, in the order in which a suite meets them.
pub const KINDS: [Kind; 16] = [
    Kind { plural: "tasks", singular: "task", pages: TaskSpec::pages },
    Kind { plural: "cells", singular: "cell", pages: CellSpec::pages },
    Kind { plural: "modifiers", singular: "modifier", pages: ModifierSpec::pages },
    Kind { plural: "activations", singular: "activation", pages: ActivationSpec::pages },
    Kind { plural: "initializers", singular: "initializer", pages: InitializerSpec::pages },
    Kind { plural: "parametrizations", singular: "parametrization", pages: ParametrizationSpec::pages },
    Kind { plural: "regularizers", singular: "regularizer", pages: RegularizerSpec::pages },
    Kind { plural: "algorithms", singular: "algorithm", pages: AlgorithmSpec::pages },
    Kind { plural: "optimizers", singular: "optimizer", pages: OptimizerSpec::pages },
    Kind { plural: "schedules", singular: "schedule", pages: ScheduleSpec::pages },
    Kind { plural: "curricula", singular: "curriculum", pages: CurriculumSpec::pages },
    Kind { plural: "clips", singular: "clip", pages: ClipSpec::pages },
    Kind { plural: "bptt-rules", singular: "bptt-rule", pages: BpttSpec::pages },
    Kind { plural: "constraints", singular: "constraint", pages: ConstraintSpec::pages },
    Kind { plural: "probes", singular: "probe", pages: ProbeSpec::pages },
    Kind { plural: "figures", singular: "figure", pages: FigureSpec::pages },
];

impl Kind {
    /// The kind of that name: in the singular, in the plural, or as the suite's key that takes it.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = if name == "bptt" { "bptt-rule" } else { name };
        KINDS.iter().find(|kind| kind.singular == name || kind.plural == name)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::KINDS;

    /// The registries declared in the files below `folder`.
    fn registries(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let of = |path: std::path::PathBuf| match path.is_dir() {
            true => registries(&path),
            false => {
                fs::read_to_string(&path).unwrap_or_default().lines().filter(|line| *line == "registry! {").count()
            }
        };
        entries.map(of).sum()
    }

    #[test]
    fn every_registry_is_a_kind() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert_eq!(registries(&source), KINDS.len());
    }
}
