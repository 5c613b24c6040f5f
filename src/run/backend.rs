//! Whether and how widely a backend can train a plan.

use super::{error::RunError, memory::memory_for_trials};
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

/// Trials at a time, each with `bytes` of memory, for which the cores and the memory that this process may use have room; one on a GPU,
/// where those side by side would only wait for each other.
pub fn default_jobs(backend: Backend, bytes: f64) -> usize {
    if !backend.is_on_cpu() {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = (cores / backend.threads()).max(1);
    let fit = memory_for_trials(jobs.saturating_mul(backend.threads().saturating_add(1)))
        .map(|memory| (memory.bytes / bytes.max(1.0)) as usize);
    jobs.min(fit.unwrap_or(usize::MAX)).max(1)
}

/// The provenance of what the engine and device of these names compute in this version.
pub(super) fn provenance((engine, device): (&'static str, &'static str)) -> Provenance {
    Provenance { engine, device, numerics: NUMERICS }
}
