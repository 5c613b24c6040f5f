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
    let misfit = (0..plan.arms()).find_map(|arm| backend.misfit(&plan.sections(arm).regularizers));
    misfit.map_or(Ok(()), |misfit| Err(RunError::Unsupported(misfit)))
}

/// Trials at a time, each on `threads` threads and with `bytes` of memory, for which the cores and the memory that this process may
/// use have room.
pub fn default_jobs(threads: usize, bytes: f64) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = (cores / threads).max(1);
    let fit = memory_for_trials(jobs.saturating_mul(threads.saturating_add(1)))
        .map(|memory| (memory.bytes / bytes.max(1.0)) as usize);
    jobs.min(fit.unwrap_or(usize::MAX)).max(1)
}

/// The provenance of what the engine and device of these names compute in this version.
pub(super) fn provenance((engine, device): (&'static str, &'static str)) -> Provenance {
    Provenance { engine, device, numerics: NUMERICS }
}
