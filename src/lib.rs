//! longlag measures how far back in time a recurrent network can learn, and shows why.
//!
//! Data flows one way: a suite file ([`suite`]) becomes trials ([`plan`]); each is trained ([`run`], [`train`], [`engine`])
//! and stored ([`store`]); tables ([`results::table`]), figures ([`results::figure`]) and the report ([`results::report`]) are drawn from the store alone.

pub mod cli;
pub mod component;
pub mod compute;
pub mod engine;
pub mod graph;
#[cfg(test)]
mod laws;
pub mod model;
pub mod plan;
pub mod results;
pub mod run;
pub mod seed;
pub mod stats;
pub mod store;
pub mod suite;
pub mod text;
pub mod train;
