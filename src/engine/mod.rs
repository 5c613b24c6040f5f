//! Engines run a network forward and backward through time.

mod averaging;
mod backend;
#[cfg(feature = "cuda")]
mod cuda;
mod device_error;
mod device_failure;
pub mod dfdx;
pub mod fused;
mod gpu;
mod noise;

pub use averaging::Averaging;
pub use backend::Backend;
pub use device_error::{DeviceError, tells_of_memory};
pub use device_failure::DeviceFailure;
pub use fused::{BLOCK, TILE_ROWS};
pub use gpu::Gpu;
pub use noise::SITES;

use crate::{
    component::{probe::StateGradients, task::Batch},
    seed::Stream,
};

/// The version of everything that decides bits: raised by any change that changes results.
///
/// The fused engine's sums are in orders that a machine with thousands of threads can follow as well as a CPU:
///
/// - A product adds its terms one after another, from the bias on, the factor of each rounded once; it is never divided among
///   threads, and no sum takes part in another's rounding.
/// - The gradient of a parameter is summed within a tile of 16 sequences ([`TILE_ROWS`]): over steps from the last to the first, over
///   sequences in order within a step, over its uses in the graph in order. So a thread can hold it in a register while it walks
///   back through time; how many steps are worked on at a time is no part of the order. Tiles are added in order.
/// - A loss is summed over the outputs of each sequence in order, then over sequences in order; it is a number to report, and no
///   gradient depends on it.
/// - Sums over classes or bits run in 16 lanes, then in a tree; squared norms as well, by chunks of 4096 numbers: a chain of
///   additions that depend on each other would be as long as the network has parameters.
/// - The sum over the units of a layer, as normalizations take it, is a product with ones: a chain of as many additions as there
///   are units. Slow where threads are many, but there is one for each sequence.
/// - Initial values, and matrices made of others by factorizations, are computed in the order of the program on the CPU.
pub const NUMERICS: u32 = 5;

/// The results of one pass over a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Forward {
    /// Averaged over the outputs that are read.
    pub loss: f64,
    /// \[read steps, size, width\]: numbers, or logits.
    pub outputs: Vec<f32>,
}

/// Runs one network. Parameters and gradients are flat buffers laid out by [`Network`](crate::model::Network).
pub trait Engine: StateGradients {
    /// Loss and outputs of `batch`, and the loss's gradient into `gradient`. Masks come from `dropout`, the update's stream.
    fn gradient(&mut self, parameters: &[f32], batch: &Batch, dropout: &Stream, gradient: &mut [f32]) -> Forward;

    /// Outputs of `batch` \[read steps, size, width\], without dropout.
    fn outputs(&mut self, parameters: &[f32], batch: &Batch) -> Vec<f32>;
}
