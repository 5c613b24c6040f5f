//! A model: recurrent layers, a readout, and where their parameters lie in one flat buffer.

mod network;
mod parameter;
mod spec;

pub use self::{
    network::{Network, Stage},
    parameter::{Parameter, Role, ranges},
    spec::{Dense, InitSpec, ModelSpec, Readout},
};
