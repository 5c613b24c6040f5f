//! longlag measures how far back in time a recurrent network can learn, and shows why.
//!
//! Data flows one way: a suite file ([`suite`]) becomes trials ([`plan`]); each is trained ([`run`], [`train`], [`engine`])
//! and stored ([`store`]); tables ([`table`]), figures ([`figure`]) and the report ([`report`]) are drawn from the store alone.

pub mod activation;
pub mod backward;
pub mod cell;
pub mod cli;
pub mod clip;
pub mod curriculum;
pub mod eigenvalues;
pub mod engine;
pub mod figure;
pub mod graph;
pub mod init;
pub mod kernel;
pub mod matrix;
pub mod model;
pub mod modifier;
pub mod optim;
pub mod parametrization;
pub mod plan;
pub mod probe;
pub mod program;
pub mod reference;
pub mod registry;
pub mod regularizer;
pub mod report;
pub mod retraction;
pub mod run;
pub mod schedule;
pub mod seed;
pub mod stats;
pub mod store;
pub mod suite;
pub mod table;
pub mod task;
pub mod train;
