//! The training loop, its data, dropout and probes, by the reference engine on small networks.

mod divergence;
mod dropout;
mod epochs;
mod gradient_by_lag;
mod guessing;
mod laboratory;
mod learning;
mod order;
mod resuming;
mod roles;
mod scores;
mod stopping;
mod transforms;
