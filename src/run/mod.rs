//! Runs the trials of a plan side by side and stores each as it ends.

mod pool;
mod record;
mod setup;
mod trainer;

pub use self::{
    pool::{Finished, Observer, Options, Summary, WORKER_NAME, run},
    record::{failed, record},
    setup::setup,
    trainer::{EngineTrainer, Trainer},
};
