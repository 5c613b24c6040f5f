//! Runs on a cluster whose machines Slurm shares out: one job for each shard, then one that merges them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub use self::script::{SlurmOptions, SlurmTime, SlurmTimeError};
use super::error::RunError;
use crate::{
    plan::Plan,
    store::{StoreError, layout, write_atomically},
    suite::Suite,
};

mod script;

/// The jobs that train a suite in shards and merge them, as Slurm takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The folder of the run, absolute.
    pub dir: PathBuf,
    /// The jobs in their order: each begins when all tasks of the one before have ended, however they did.
    pub jobs: Vec<Job>,
    /// The suite as it is now, and the file that keeps it for jobs that begin later.
    suite: (PathBuf, String),
    dependency: Option<String>,
}

/// A job and its script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The work that it does, in a word or two.
    pub task: &'static str,
    /// The script, in the folder `slurm` of the run.
    pub script: PathBuf,
    /// The text of the script.
    pub text: String,
}

/// Why jobs could not be handed over.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// A file could not be written, or the suite is wrong.
    #[error(transparent)]
    Run(#[from] RunError),
    /// There is no Slurm here.
    #[error("cannot start `sbatch`: {0}; submit where the cluster's Slurm is, or print the scripts with --dry-run")]
    NoSbatch(io::Error),
    /// Slurm refuses a job.
    #[error("Slurm refuses `{}`: {answer}{}", script.display(), cancel(before))]
    Refused {
        /// The script of the job.
        script: PathBuf,
        /// The answer of `sbatch`.
        answer: String,
        /// Jobs that were taken before, which wait or run.
        before: Vec<String>,
    },
}

/// The advice on jobs that were handed over before one was refused.
fn cancel(before: &[String]) -> String {
    if before.is_empty() {
        String::new()
    } else {
        format!("; `scancel {}` takes back what was submitted before", before.join(" "))
    }
}

impl Submission {
    /// The jobs of `suite` with this plan, whose results lie in `out`, an absolute path.
    ///
    /// Where candidates are tuned the shards run twice: the first time each ends where it waits for others, and the second time all
    /// that was tuned is there. A search's arms wait for nobody.
    pub fn new(suite: &Suite, plan: &Plan, out: &Path, options: &SlurmOptions) -> Self {
        let dir = out.join(suite.folder());
        let folder = dir.join(layout::SLURM);
        let text = suite.written_yaml().to_owned();
        let digest = blake3::hash(text.as_bytes()).to_hex();
        let kept = folder.join(format!("suite-{}.yaml", &digest[..16]));
        let job = |task: &'static str, name: &str, text: String| Job { task, script: folder.join(name), text };
        let name = suite.folder();
        let twice = plan.tune().is_some() && plan.along().is_none();
        let mut jobs = vec![];
        if twice {
            jobs.push(job("tuning", "tuning.sh", options.shards_script(&name, &kept, out, &folder, true)));
        }
        jobs.push(job("shards", "shards.sh", options.shards_script(&name, &kept, out, &folder, false)));
        jobs.push(job("merge", "merge.sh", options.merge_script(&name, &dir, &folder)));
        Self { dir, jobs, suite: (kept, text), dependency: options.dependency.clone() }
    }

    /// Writes the scripts and the suite into the folder of the run.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write(&self) -> Result<(), RunError> {
        let folder = self.dir.join(layout::SLURM);
        fs::create_dir_all(&folder).map_err(StoreError::io("create the folder", &folder))?;
        let scripts = self.jobs.iter().map(|job| (&job.script, &job.text));
        for (path, text) in scripts.chain([(&self.suite.0, &self.suite.1)]) {
            write_atomically(path, text.as_bytes()).map_err(StoreError::io("write", path))?;
        }
        Ok(())
    }

    /// The arguments of `sbatch` for job `number`, after jobs of these ids.
    pub fn arguments(&self, number: usize, before: &[String]) -> Vec<String> {
        let mut arguments = vec!["--parsable".to_owned()];
        match before.last() {
            Some(last) => arguments.push(format!("--dependency=afterany:{last}")),
            None => arguments.extend(self.dependency.as_ref().map(|after| format!("--dependency={after}"))),
        }
        arguments.push(self.jobs[number].script.display().to_string());
        arguments
    }

    /// Writes the scripts, hands the jobs over to Slurm, and gives their ids; waits for none of them.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, there is no `sbatch`, or Slurm refuses a job.
    pub fn submit(&self) -> Result<Vec<String>, SubmitError> {
        self.write()?;
        let mut ids = vec![];
        for number in 0..self.jobs.len() {
            let mut sbatch = Command::new("sbatch");
            let sbatch = sbatch.args(self.arguments(number, &ids)).stdin(Stdio::null());
            let ended = sbatch.output().map_err(SubmitError::NoSbatch)?;
            let text = String::from_utf8_lossy(&ended.stdout);
            // With several clusters its name follows.
            let id = text.trim().split(';').next().unwrap_or_default().to_owned();
            if !ended.status.success() || id.is_empty() {
                let answer = String::from_utf8_lossy(&ended.stderr).trim().replace('\n', "; ");
                let script = self.jobs[number].script.clone();
                return Err(SubmitError::Refused { script, answer, before: ids });
            }
            ids.push(id);
        }
        Ok(ids)
    }
}
