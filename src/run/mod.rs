//! Runs the trials of a plan side by side and stores each as it ends.

mod arms;
mod audit;
mod choose;
mod compare;
mod pool;
mod record;
mod setup;
mod trainer;

pub use self::{
    arms::arms,
    audit::{AuditError, audit},
    choose::{Stages, outcomes},
    compare::{Difference, first_difference},
    pool::{Finished, Observer, Options, Summary, WORKER_NAME, alone, run},
    record::{failed, record},
    setup::setup,
    trainer::{EngineTrainer, Trainer},
};
