//! Trains the trials of a suite and stores them; reads, repeats and shows what is stored.
//!
//! [`Session`] is a suite opened to be trained, [`StoredRun`] one opened to be read.

mod arms;
mod audit;
mod backend;
mod baseline;
mod circumstances;
mod contents;
mod course;
mod definition;
mod description;
mod elsewhere;
mod error;
mod event;
mod experimental_setup;
mod figures;
mod finished;
mod forecast;
mod in_flight;
mod interim;
mod limits;
mod memory;
mod merge;
mod mishap;
mod mixture;
mod model;
mod observer;
mod other_lengths;
mod patience;
mod pending;
mod pool;
mod predict;
mod reach;
mod record;
mod reproduce;
mod reuse;
mod runs;
mod sameness;
mod searches;
mod session;
mod session_options;
mod setup;
mod shard;
mod slurm;
mod stages;
mod standing;
mod stored;
mod stores;
mod table;
mod trainer;
mod tuning;
mod unmerged;
mod watch;

pub use self::{
    arms::arms,
    audit::{AuditError, audit, find_trial_of_any_stage},
    backend::{check_backend, check_backend_for, default_jobs},
    baseline::{baseline_folder, save_baseline},
    course::{Course, Next},
    error::RunError,
    event::PoolEvent,
    figures::undrawable_figures,
    finished::Finished,
    forecast::{ArmForecast, Forecast, forecast},
    in_flight::{InFlight, in_flight},
    limits::{CheckpointInterval, Limits},
    memory::{AvailableMemory, Crowding, MemoryLimit, memory_for_trials, too_little_to_draw},
    merge::{Conflict, LeftOut, Merged, merge},
    mishap::Mishap,
    observer::{Observer, Stage},
    pending::Pending,
    pool::{PoolOptions, Summary, WORKER_NAME, alone, train_trials},
    predict::{Prediction, predict},
    record::{failed, record},
    reproduce::{Mismatch, ReproduceOptions, Reproduction, reproduce},
    runs::runs,
    searches::{ArmSearch, Searches},
    session::Session,
    session_options::SessionOptions,
    setup::setup,
    shard::{NotAShard, Shard},
    slurm::{Job, SlurmOptions, SlurmTime, SlurmTimeError, Submission, SubmitError},
    stages::{Stages, outcomes},
    standing::Standing,
    stored::{StoredRun, find_trial, read_store},
    stores::Stores,
    table::{RunTable, TRIAL_ID},
    trainer::{EngineTrainer, Trainer},
    unmerged::Unmerged,
    watch::Keeping,
};
