//! The arguments of `longlag submit`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SuiteArguments;
use crate::{run::SlurmTime, store::layout::RESULTS};

#[derive(Args, Debug)]
pub(in crate::cli) struct Submit {
    #[command(flatten)]
    pub suite: SuiteArguments,
    /// Folder of results, which all machines of the cluster see; the suite gets a folder of its name in it
    #[arg(long, value_name = "DIR", default_value = RESULTS)]
    pub out: PathBuf,
    /// The scheduler that shares out the machines of the cluster
    #[arg(long, value_enum, default_value = "slurm")]
    pub engine: Scheduler,
    /// The number of parts, each a task of an array job; of a suite with `reach` no more than its arms are of use
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub shards: u32,
    /// Tasks that run at a time at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub at_once: Option<u32>,
    /// The partition
    #[arg(long, value_name = "NAME")]
    pub partition: Option<String>,
    /// The limit of each task's time, as Slurm writes it: minutes, hours:minutes:seconds or days-hours
    #[arg(long, value_name = "TIME")]
    pub time: Option<SlurmTime>,
    /// Seconds before that limit at which a task stops, stores what is finished and, with requeueing, queues again
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=65_535))]
    pub grace: u32,
    /// The memory of each task, as Slurm writes it, such as 4G
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Cores of each task, for as many trials at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub cpus: u16,
    /// Do not run a task again whose machine died or whose time was up
    #[arg(long)]
    pub no_requeue: bool,
    /// Begin after other jobs, as Slurm writes it, such as afterok:123
    #[arg(long, value_name = "CONDITION")]
    pub dependency: Option<String>,
    /// A further option of sbatch, as in --sbatch=--account=physics (repeatable)
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub sbatch: Vec<String>,
    /// Print the scripts, write and submit nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Further options of `longlag run`, after --, as in -- --threads-per-trial 2
    #[arg(last = true, value_name = "OPTION OF RUN")]
    pub run: Vec<String>,
}

/// A scheduler that shares out machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Scheduler {
    Slurm,
}
