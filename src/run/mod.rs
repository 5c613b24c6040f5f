//! Runs the trials of a plan side by side and stores each as it ends.

mod pool;
mod record;
mod trainer;

pub use self::{
    pool::{Finished, Observer, Options, Summary, WORKER_NAME, run},
    record::{failed, record},
    trainer::{DfdxTrainer, Trainer},
};
