//! Names of the files in the folder of a run.

use std::path::{Path, PathBuf};

/// The folder of all runs, unless told otherwise.
pub const RESULTS: &str = "results";
/// The folder of baselines within that of all runs.
pub const BASELINES: &str = "baselines";
/// The suite as its author wrote it.
pub const SUITE: &str = "suite.yaml";
/// The suite as it was run, every default written out.
pub const RESOLVED: &str = "resolved.yaml";
/// The circumstances of the run: command, machine, times.
pub const MANIFEST: &str = "manifest.json";
/// Finished trials that are not in the tables yet.
pub const JOURNAL: &str = "journal.bin";
/// The lock of the process that writes. The file stays behind: only the lock on it has a meaning, and that ends with the process.
pub const LOCK: &str = ".lock";
/// The folder of checkpoints of trials under way.
pub const CHECKPOINTS: &str = "checkpoints";
/// The file that stands for the lock where the file system has none: it is there while the process that writes lives.
pub const OWNER: &str = ".owner";
/// The folder of damaged bytes that were put aside.
pub const DAMAGED: &str = "damaged";
/// The trials of a baseline, one per line; only a baseline has it, and no probes.
pub const BASELINE_TRIALS: &str = "trials.csv";
/// The folder of trained parameters.
pub const MODELS: &str = "models";
/// The folder of the folders of shards.
pub const SHARDS: &str = "shards";
/// The folder of the scripts and logs of jobs on a cluster.
pub const SLURM: &str = "slurm";
/// The folder of figures.
pub const FIGURES: &str = "figures";
/// The folder of the report's tables as CSV.
pub const TABLES: &str = "tables";
/// The verdicts on the suite's claims.
pub const CLAIMS: &str = "claims.json";
/// The report as a page.
pub const REPORT_HTML: &str = "report.html";
/// The report as Markdown.
pub const REPORT_MARKDOWN: &str = "report.md";

/// The file of a table.
pub fn table(name: &str) -> String {
    format!("{name}.parquet")
}

/// The file of a table of the report as CSV.
pub fn csv(name: &str) -> PathBuf {
    Path::new(TABLES).join(format!("{name}.csv"))
}

/// The file of a trial's checkpoint.
pub fn checkpoint(trial_id: &str) -> PathBuf {
    Path::new(CHECKPOINTS).join(format!("{trial_id}.{CHECKPOINT}"))
}

/// The ending of the names of checkpoints.
pub const CHECKPOINT: &str = "checkpoint";

/// The file of a trial's trained parameters.
pub fn model(trial_id: &str) -> PathBuf {
    Path::new(MODELS).join(format!("{trial_id}.safetensors"))
}

/// The folder of part `index` of `count` of a run that several processes train.
pub fn shard(index: u32, count: u32) -> PathBuf {
    Path::new(SHARDS).join(format!("{index}-of-{count}"))
}

/// The file of a figure, whose name ends with its format, such as `ranking.svg`.
pub fn figure(name: &str) -> PathBuf {
    Path::new(FIGURES).join(name)
}
