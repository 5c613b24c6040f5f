//! The arguments of the program, as they may be typed.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::{ArgValueCandidates, ArgValueCompleter};

use super::{
    Exit, candidates,
    time::{parse_some_time, parse_time},
    versions::versions,
};
use crate::{
    plan::PlanOptions,
    results::{JUNIT, comparison::Strictness, reference::KINDS, table::Format},
    run::{CheckpointInterval, RunTable, Shard},
    store::layout::RESULTS,
    suite::{Problems, Setting, Suite},
};

mod submit;

pub(super) use self::submit::{Scheduler, Submit};

/// Measures how far back in time a recurrent network can learn, and shows why.
#[derive(Debug, Parser)]
#[command(name = "longlag", version, long_version = versions(), max_term_width = 100, arg_required_else_help = true, after_help = exit_codes())]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// The codes with which the program ends, one per line.
fn exit_codes() -> String {
    let lines = Exit::ALL.iter().map(|exit| format!("\n  {:>3}  {}", *exit as u8, exit.meaning()));
    format!("Exit codes:{}", lines.collect::<String>())
}

/// The names of all table formats after `about`.
fn formats(about: &str) -> String {
    format!("{about}: {}", Format::ALL.map(|(name, _)| name).join(", "))
}

/// The names of all formats of verdicts.
fn verdict_formats() -> String {
    format!("{}, {JUNIT} (XML for continuous integration)", formats("How to show them"))
}

/// The names of all kinds of component.
fn kinds() -> String {
    format!("One kind: {}", KINDS.iter().map(|kind| kind.plural).collect::<Vec<_>>().join(", "))
}

/// The names of all tables of a run.
fn tables() -> String {
    format!("Which table: {}", RunTable::ALL.map(RunTable::name).join(", "))
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Train the trials of a suite that are not stored yet, then draw the report
    Run(Run),
    /// Show what a run would do: arms, trials, what is stored already, time and memory
    Plan(PlanArguments),
    /// Check suites without running them
    Check(Check),
    /// List the registered components
    List(List),
    /// Show the page of a component (definition, settings, references), of a part of a suite or of a table
    Describe(Describe),
    /// Write the pages of all components as one reference, in Markdown or as an HTML page
    Reference(Reference),
    /// Show a table of stored results
    Show(Show),
    /// List the runs in a folder: suite, date, trials, program
    Runs(Runs),
    /// Show the verdicts on the suite's claims, or on those of --expect: exit with 3 if one is refuted, else 4 if one is inconclusive or there is none
    Claims(Claims),
    /// Compare a run with a baseline, bits trial by trial and results arm by arm: exit with 3 if numerics changed or an arm regressed,
    /// else 4 if something could not be compared
    Compare(Compare),
    /// Submit a suite to a cluster: an array job that trains its parts, then a job that merges them and draws the report
    Submit(Submit),
    /// Bring the trials of a run's shards, and of copies of its folder, into the folder of the run, and draw the report: exit with 3 if
    /// a trial has other bits in one folder than in another, naming the first such update
    Merge(Merge),
    /// Draw tables, figures, report.html and report.md again, from what is stored
    Report(Report),
    /// Run stored trials again and compare their hash chains: exit with 3 if one has other bits, naming the first such update
    Reproduce(Reproduce),
    /// Write everything of one update to a safetensors file: batch, parameters, loss, gradients, updated parameters
    Audit(Audit),
    /// Show what a trained network (`save: [models]`) predicts on fresh sequences
    Predict(Predict),
    /// Print the JSON schema of suite files, for editors
    Schema,
    /// Print the script that completes commands, options and their values in a shell: source it where the shell starts
    Completions(Completions),
    /// Print a manual page in troff, as in `longlag man run | man -l -`; with --out write all of them to files
    Man(Man),
}

/// A suite and what the command line changes in it.
#[derive(Args, Debug)]
pub(super) struct SuiteArguments {
    /// The suite file
    #[arg(value_name = "SUITE.yaml", add = ArgValueCompleter::new(candidates::suites))]
    pub suite: PathBuf,
    /// Change a setting before the sweep, as in --set train.updates=500 (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Keep only arms with this setting, as in --only model.cell=lstm (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    pub only: Vec<String>,
    /// Run the suite's own small version, into results/NAME-quick/
    #[arg(long)]
    pub quick: bool,
    /// The most trials that the sweep may have
    #[arg(long, value_name = "N", default_value_t = PlanOptions::default().max_trials)]
    pub max_trials: u64,
}

impl Run {
    /// How often checkpoints are written; nothing where none are to be.
    pub fn checkpoints(&self) -> Option<CheckpointInterval> {
        match self.checkpoint_every {
            None => Some(CheckpointInterval::default()),
            Some(Duration::ZERO) => None,
            Some(every) => Some(CheckpointInterval::of(every)),
        }
    }
}

impl SuiteArguments {
    /// Loads the suite, with how to plan it.
    pub fn load(&self) -> Result<(Suite, PlanOptions), Problems> {
        self.load_with(vec![])
    }

    /// Loads the suite with further settings, with how to plan it.
    pub fn load_with(&self, further: Vec<Setting>) -> Result<(Suite, PlanOptions), Problems> {
        let parse = |flag: &str, texts: &[String]| -> Result<Vec<Setting>, Problems> {
            texts.iter().map(|text| Setting::parse(flag, text)).collect()
        };
        let suite = Suite::load(&self.suite, [parse("--set", &self.set)?, further].concat(), self.quick)?;
        Ok((suite, PlanOptions { only: parse("--only", &self.only)?, max_trials: self.max_trials }))
    }
}

#[derive(Args, Debug)]
pub(super) struct Run {
    #[command(flatten)]
    pub suite: SuiteArguments,
    /// Folder of results; the suite gets a folder of its name in it
    #[arg(long, value_name = "DIR", default_value = RESULTS)]
    pub out: PathBuf,
    /// Trials at a time; if not given, as many as there are cores for their threads, on a GPU one
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    #[command(flatten)]
    pub backend: BackendArguments,
    /// Train trials that are stored already once more, too, each from its beginning
    #[arg(long)]
    pub again: bool,
    /// Stop at the first trial that ends in an error, a timeout or out of memory; otherwise the others go on
    #[arg(long)]
    pub fail_fast: bool,
    /// The time between two checkpoints of a trial, from which the next run goes on to the same bits after an interruption (seconds, or as
    /// in 30m, 1h30m); 0 for none. If not given, a minute, and more where writing one takes more than a hundredth of that
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub checkpoint_every: Option<Duration>,
    /// The time that one trial may take, over all runs that have a part in it (seconds, or as in 30m, 1h30m); it ends as `timeout` then, and
    /// a run that allows more goes on from there
    #[arg(long, value_name = "TIME", value_parser = parse_some_time)]
    pub timeout: Option<Duration>,
    /// The time that this run may take (seconds, or as in 30m, 1h30m); it ends then as if interrupted, and the same command does the rest
    #[arg(long, value_name = "TIME", value_parser = parse_some_time)]
    pub max_time: Option<Duration>,
    /// Train part I of N alone, as one of several processes or machines, into a folder of its own in that of the run; `longlag merge`
    /// brings the parts together
    #[arg(long, value_name = "I/N", conflicts_with_all = ["save_baseline", "expect"])]
    pub shard: Option<Shard>,
    /// Keep what `compare --baseline NAME` needs of the finished run in results/baselines/NAME/, whatever --out is, in place of what is
    /// there; nothing is kept where a trial has no result or an expectation is not met
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(candidates::baselines))]
    pub save_baseline: Option<String>,
    #[command(flatten)]
    pub expectations: Expectations,
    /// No progress and no summary
    #[arg(short, long)]
    pub quiet: bool,
}

/// The engine, the device and the threads.
#[derive(Args, Clone, Debug)]
pub(super) struct BackendArguments {
    /// The engine that trains: fused (the default), or dfdx, the reference and the only one on a GPU
    #[arg(long, value_enum)]
    pub engine: Option<EngineName>,
    /// The device to train on: cpu (the default), or cuda, the first NVIDIA GPU, in a build with `--features cuda`: a reference for other
    /// engines, not made for speed
    #[arg(long, value_enum)]
    pub device: Option<Device>,
    /// Threads that work on one trial (fused engine); they change no result
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub threads_per_trial: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineName {
    Fused,
    Dfdx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Device {
    Cpu,
    Cuda,
}

#[derive(Args, Debug)]
pub(super) struct PlanArguments {
    #[command(flatten)]
    pub suite: SuiteArguments,
    /// Folder of results, to see what is stored already
    #[arg(long, value_name = "DIR", default_value = RESULTS)]
    pub out: PathBuf,
    #[command(flatten)]
    pub backend: BackendArguments,
    #[arg(long, default_value = "table", help = formats("How to show the arms"), add = ArgValueCandidates::new(candidates::formats))]
    pub format: String,
}

#[derive(Args, Debug)]
pub(super) struct Check {
    /// The suite files
    #[arg(value_name = "SUITE.yaml", required = true, add = ArgValueCompleter::new(candidates::suites))]
    pub suites: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct List {
    #[arg(help = kinds(), add = ArgValueCandidates::new(candidates::plural_kinds))]
    pub kind: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub(super) struct Describe {
    /// The kind, such as cell; or suite, or table
    #[arg(add = ArgValueCandidates::new(candidates::kinds))]
    pub kind: String,
    /// The name, such as lstm; without it all of the kind
    pub name: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct Reference {
    /// How to write it; if not given, html for an --out that ends so, else markdown
    #[arg(long, value_enum)]
    pub format: Option<ReferenceFormat>,
    /// The file to write; standard output if not given
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReferenceFormat {
    Markdown,
    Html,
}

/// A folder of results.
#[derive(Args, Debug)]
pub(super) struct RunFolder {
    /// The folder of a run, or a suite's name for its folder in results/
    #[arg(value_name = "RUN", add = ArgValueCompleter::new(candidates::runs))]
    pub run: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct Show {
    #[command(flatten)]
    pub folder: RunFolder,
    #[arg(long, default_value = "summary", help = tables(), add = ArgValueCandidates::new(candidates::tables))]
    pub table: String,
    /// Keep rows of this value, as in --where status=diverged; also with != < > <= >=, or ~ and a regular expression (repeatable)
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub conditions: Vec<String>,
    /// Sort by these columns, the largest first after a minus, as in --sort -test_loss
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', allow_hyphen_values = true)]
    pub sort: Vec<String>,
    /// Show so many rows at most
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Show these columns, in this order, or `all`; a table of trials for readers has the most asked for otherwise
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Show the rows of trials that are no longer in the plan, too
    #[arg(long)]
    pub all: bool,
    /// Instead of a table: the arms against the values of this swept setting, as in --pivot task.length
    #[arg(long, value_name = "SETTING", conflicts_with_all = ["table", "all"])]
    pub pivot: Option<String>,
    /// The metric of a pivot, such as test/loss; if not given, how many replicates reached the target and when, else the test loss
    #[arg(long, value_name = "METRIC", requires = "pivot", add = ArgValueCandidates::new(candidates::metrics))]
    pub metric: Option<String>,
    #[arg(long, default_value = "table", help = formats("How to show it"), add = ArgValueCandidates::new(candidates::formats))]
    pub format: String,
}

#[derive(Args, Debug)]
pub(super) struct Runs {
    /// The folder that holds the folders of runs
    #[arg(value_name = "DIR", default_value = RESULTS)]
    pub dir: PathBuf,
    #[arg(long, default_value = "table", help = formats("How to show them"), add = ArgValueCandidates::new(candidates::formats))]
    pub format: String,
}

#[derive(Args, Debug)]
pub(super) struct Claims {
    #[command(flatten)]
    pub folder: RunFolder,
    #[command(flatten)]
    pub expectations: Expectations,
    #[arg(long, default_value = "table", help = verdict_formats(), add = ArgValueCandidates::new(candidates::verdict_formats))]
    pub format: String,
}

/// Claims on the command line.
#[derive(Args, Debug)]
pub(super) struct Expectations {
    /// Judge this claim in place of those of the suite, its keys in YAML on one line, as in
    /// --expect 'metric: solved, left: {model.cell: gru, task.length: 200}, in-at-least: 9 of 10' (repeatable)
    #[arg(long, value_name = "CLAIM")]
    pub expect: Vec<String>,
}

impl Expectations {
    /// The claims as settings of a suite; none where nothing is expected.
    pub fn claims(&self) -> Result<Vec<Setting>, Problems> {
        Setting::claims("--expect", &self.expect)
    }
}

#[derive(Args, Debug)]
pub(super) struct Compare {
    /// The folders of the baseline and of the run, or suites' names for their folders in results/; with --baseline that of the run alone
    #[arg(value_name = "BASELINE RUN", required = true, num_args = 1..=2, add = ArgValueCompleter::new(candidates::runs))]
    pub folders: Vec<PathBuf>,
    /// Compare with the baseline of this name, in results/baselines/
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(candidates::baselines))]
    pub baseline: Option<String>,
    /// The smallest change that counts: of a share of solved trials as it is, of other metrics relative to the baseline's median
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, default_value_t = Strictness::default().threshold)]
    pub threshold: f64,
    /// The probability of calling anything better or worse by chance, over all arms and metrics
    #[arg(long, value_name = "P", allow_negative_numbers = true, default_value_t = Strictness::default().alpha)]
    pub alpha: f64,
    /// Let other bits pass: only what regressed decides
    #[arg(long)]
    pub accept_numerics: bool,
    #[arg(long, default_value = "table", help = verdict_formats(), add = ArgValueCandidates::new(candidates::verdict_formats))]
    pub format: String,
}

#[derive(Args, Debug)]
pub(super) struct Merge {
    /// The folder of a run, or a suite's name for its folder in results/, which takes the trials of its shards; then other folders of
    /// the same suite to take trials from, with their shards
    #[arg(value_name = "RUN", required = true, add = ArgValueCompleter::new(candidates::runs))]
    pub runs: Vec<PathBuf>,
    /// No summary
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(super) struct Report {
    #[command(flatten)]
    pub folder: RunFolder,
    /// Write nothing; exit with 3 if the report is not what the stored results give
    #[arg(long)]
    pub check: bool,
}

#[derive(Args, Debug)]
pub(super) struct Predict {
    #[command(flatten)]
    pub folder: RunFolder,
    /// The trial's id, or its beginning
    #[arg(long, value_name = "ID")]
    pub trial: String,
    /// How many fresh sequences
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub sequences: u16,
    #[command(flatten)]
    pub backend: BackendArguments,
    #[arg(long, default_value = "table", help = formats("How to show it"), add = ArgValueCandidates::new(candidates::formats))]
    pub format: String,
}

#[derive(Args, Debug)]
pub(super) struct Reproduce {
    #[command(flatten)]
    pub folder: RunFolder,
    /// Run only so many of the trials again; the same ones each time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: Option<u32>,
    /// Trials at a time; if not given, as many as there are cores for their threads, on a GPU one
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    #[command(flatten)]
    pub backend: BackendArguments,
    #[arg(long, default_value = "table", help = formats("How to show the trials that differ"), add = ArgValueCandidates::new(candidates::formats))]
    pub format: String,
    /// No progress
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(super) struct Audit {
    #[command(flatten)]
    pub suite: SuiteArguments,
    /// The trial's id, or its beginning
    #[arg(long, value_name = "ID")]
    pub trial: String,
    /// Which update, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub update: u64,
    /// The file to write
    #[arg(long, value_name = "F.safetensors")]
    pub out: PathBuf,
    #[command(flatten)]
    pub backend: BackendArguments,
}

#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    pub shell: clap_complete::aot::Shell,
}

#[derive(Args, Debug)]
pub(super) struct Man {
    /// The command whose page to print; if not given, the program's own
    #[arg(conflicts_with = "out")]
    pub command: Option<String>,
    /// The folder to write all pages to, one file for each command
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
