//! The circumstances under which stored bits can be the same again.

use std::fmt;

use super::record::TrialRow;

/// The engine, device and numerics version that compute a trial: two computations of one definition with one provenance give the
/// same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// `fused` or `dfdx`.
    pub engine: &'static str,
    /// `cpu` or `cuda`.
    pub device: &'static str,
    /// The numerics version.
    pub numerics: u32,
}

/// A part of what decides a trial's bits, by which a stored trial may differ from the one that would be computed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The engine, `fused` or `dfdx`.
    Engine,
    /// The device, `cpu` or `cuda`.
    Device,
    /// [`NUMERICS`](crate::engine::NUMERICS), the version of all that decides bits.
    Numerics,
    /// The task: hashes of sequences that it makes.
    Task,
    /// The network: its graphs with their modifiers, parametrizations and initial laws.
    Network,
    /// The training: all that becomes of a gradient, and when it ends.
    Training,
    /// It was not written down.
    Unknown,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Engine => "by another engine",
            Self::Device => "on another device",
            Self::Numerics => "under another numerics version",
            Self::Task => "with another definition of the task",
            Self::Network => "with another definition of the network",
            Self::Training => "with another definition of the training",
            Self::Unknown => "by a version that kept no definitions",
        })
    }
}

impl Provenance {
    /// Whether `trial` was computed so.
    pub fn is_of(&self, trial: &TrialRow) -> bool {
        self.difference(trial).is_none()
    }

    /// The first part in which `trial` was computed otherwise, if there is one.
    pub fn difference(&self, trial: &TrialRow) -> Option<Part> {
        [
            (Part::Engine, trial.engine == self.engine),
            (Part::Device, trial.device == self.device),
            (Part::Numerics, trial.numerics == self.numerics),
        ]
        .into_iter()
        .find_map(|(part, same)| (!same).then_some(part))
    }
}
