//! Whether and how widely a backend can train a plan.

use super::error::RunError;
use crate::{
    engine::{Backend, NUMERICS},
    plan::{Plan, available_memory},
    store::Provenance,
};

/// Checks that `backend` can train every arm of `plan`.
///
/// # Errors
///
/// [`RunError::Unsupported`] with the reason.
pub fn check_backend(backend: Backend, plan: &Plan) -> Result<(), RunError> {
    (0..plan.arms()).try_for_each(|arm| check_backend_for(backend, plan, arm))
}

/// Checks that `backend` can train this arm of `plan`, whatever the others are.
///
/// # Errors
///
/// [`RunError::Unsupported`] with the reason.
pub fn check_backend_for(backend: Backend, plan: &Plan, arm: usize) -> Result<(), RunError> {
    let misfit = backend.misfit(&plan.sections(arm).regularizers);
    misfit.map_or(Ok(()), |misfit| Err(RunError::Unsupported(misfit)))
}

/// Trials at a time, each with `bytes` of memory, for which the cores that this process may use and the machine's memory have room; one
/// on a GPU, where those side by side would only wait for each other.
pub fn default_jobs(backend: Backend, bytes: f64) -> usize {
    if !backend.is_on_cpu() {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores / backend.threads()).min(memory_for(bytes)).max(1)
}

/// Trials of `bytes` each that fit in the machine's memory.
pub fn memory_for(bytes: f64) -> usize {
    available_memory().map_or(usize::MAX, |available| (available as f64 / bytes.max(1.0)) as usize)
}

/// The provenance of what the engine and device of these names compute in this version.
pub(super) fn provenance((engine, device): (&'static str, &'static str)) -> Provenance {
    Provenance { engine, device, numerics: NUMERICS }
}
