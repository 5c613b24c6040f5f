//! What a trial needs of the machine's memory.

use std::sync::OnceLock;

use super::Sections;
use crate::engine::{Backend, TILE_ROWS};

/// Bytes that one trial needs at most, roughly: parameters with their gradient and optimizer state, activations, and the
/// sequences of the evaluation sets. In f64, so that nothing overflows.
pub(super) fn bytes(sections: &Sections, backend: Backend) -> f64 {
    let dimensions = sections.task.dimensions();
    let (model, train) = (&sections.model, &sections.train);
    // The graph of a narrow cell tells how many vectors a step makes; the widths are put in here, so that sizes too large
    // to build are never built.
    let probe = 8;
    let graph = model.cell.graph(probe, probe);
    let vectors = graph.activations() as f64 / probe as f64;
    let matrices = graph.parameter_count() as f64 / (probe * probe) as f64;
    let (hidden, layers) = (model.hidden as f64, model.layers as f64);
    let copies = 2.0 + sections.optimizer.slots() as f64;
    let (steps, batch) = (dimensions.steps as f64, train.batch as f64);
    let per_row = vectors * hidden * layers;
    let (copies, activations) = match backend {
        // Packed weights, forward and transposed, and each thread's sums; of a tile a value at every step, and its cotangent
        // during a block of steps.
        Backend::Fused { threads, .. } => {
            let threads = threads.min(train.batch.div_ceil(TILE_ROWS)) as f64;
            (copies + 3.0 + threads, per_row * (steps + 32.0) * batch.min(TILE_ROWS as f64) * threads)
        }
        // A value, its gradient, and what the tape keeps.
        _ => (copies, 3.0 * per_row * steps * batch),
    };
    let weights = matrices * hidden * hidden * layers * copies;
    let per_sequence = steps * (dimensions.inputs + dimensions.goal.width() + 1) as f64;
    let sequences = per_sequence * (batch + (train.validation + train.test) as f64);
    4.0 * (weights + activations + sequences)
}

/// The machine's memory in bytes, where the system tells.
pub(super) fn available() -> Option<u64> {
    static AVAILABLE: OnceLock<Option<u64>> = OnceLock::new();
    *AVAILABLE.get_or_init(read)
}

fn read() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
