//! The circumstances under which stored bits can be the same again.

use super::record::TrialRow;

/// The engine, device and numerics version that compute a trial: two computations with one provenance give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// `fused` or `dfdx`.
    pub engine: &'static str,
    /// `cpu` or `cuda`.
    pub device: &'static str,
    /// The numerics version.
    pub numerics: u32,
}

impl Provenance {
    /// Whether `trial` was computed so.
    pub fn is_of(&self, trial: &TrialRow) -> bool {
        trial.engine == self.engine && trial.device == self.device && trial.numerics == self.numerics
    }
}
