//! longlag measures how far back in time a recurrent network can learn, and shows why.

pub mod activation;
pub mod cell;
pub mod clip;
pub mod engine;
pub mod graph;
pub mod init;
pub mod model;
pub mod optim;
pub mod probe;
pub mod registry;
pub mod seed;
pub mod stats;
pub mod store;
pub mod table;
pub mod task;
pub mod train;
