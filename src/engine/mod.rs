//! Engines run a network forward and backward through time.

mod averaging;
mod backend;
pub mod dfdx;
pub mod fused;
mod noise;

pub use averaging::Averaging;
pub use backend::Backend;
pub use fused::TILE_ROWS;
pub use noise::SITES;

use crate::{
    component::{probe::StateGradients, task::Batch},
    seed::Stream,
};

/// The version of everything that decides bits: raised by any change that changes results.
pub const NUMERICS: u32 = 3;

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
