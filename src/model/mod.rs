//! A model: recurrent layers, a readout, and where their parameters lie in one flat buffer.

mod identity;
mod network;
mod spec;

pub use self::{
    network::{Network, Stage},
    spec::{Dense, Embedding, ModelSpec, Readout},
};
