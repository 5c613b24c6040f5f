//! Whether and how widely a backend can train a plan.

use super::error::RunError;
use crate::{
    engine::{Backend, NUMERICS},
    plan::Plan,
    store::Provenance,
};

/// Checks that `backend` can train every arm of `plan`.
///
/// # Errors
///
/// [`RunError::Unsupported`] with the reason.
pub fn check_backend(backend: Backend, plan: &Plan) -> Result<(), RunError> {
    let misfit = (0..plan.arms()).find_map(|arm| backend.misfit(&plan.sections(arm).regularizers));
    misfit.map_or(Ok(()), |misfit| Err(RunError::Unsupported(misfit)))
}

/// Trials at a time, each on `threads` threads, for which the cores that this process may use have room.
pub fn default_jobs(threads: usize) -> usize {
    (std::thread::available_parallelism().map_or(1, usize::from) / threads).max(1)
}

/// The provenance of what the engine and device of these names compute in this version.
pub(super) fn provenance((engine, device): (&'static str, &'static str)) -> Provenance {
    Provenance { engine, device, numerics: NUMERICS }
}
