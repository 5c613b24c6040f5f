//! The fused engine: step graphs run forward and backward through time at the speed of their matrix products, with the same
//! bits on every CPU and for any number of threads.
//!
//! A network is compiled once: each graph and its reverse become lists of calls (`compile`, `compute::ir`), and these kernel calls
//! over an arena ([`lower`](crate::compute::lower)); [`listing`] prints the lists. A batch is cut into tiles of up to 16 sequences;
//! a tile runs forward through all steps, then backward (`tile`), side by side with others as far as there are threads (`pass`).
//! Sums over tiles are taken in the order of the tiles.

mod compile;
mod engine;
mod evaluator;
mod gradient;
mod listing;
mod loss;
mod mode;
mod network;
mod pass;
mod retention;
mod stage;
mod tape;
mod tile;

pub use self::{
    engine::FusedEngine, evaluator::GraphEvaluator, listing::listing, network::BLOCK, tile::ROWS as TILE_ROWS,
};
