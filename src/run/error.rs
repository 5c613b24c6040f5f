//! Reasons why a run, or what reads one, could not go on.

use std::path::{Path, PathBuf};

use super::mishap::Mishap;
use crate::{
    component::misfit::Misfit, data::Fault, engine::DeviceError, results::table::TableError, store::StoreError,
    suite::Problems, text::shell_quote,
};

/// Why a suite could not be run, or a stored run not be read.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The suite, a setting or the sweep is wrong.
    #[error(transparent)]
    Suite(#[from] Problems),
    /// The engine cannot train an arm.
    #[error("{0}")]
    Unsupported(Misfit),
    /// The device cannot be trained on.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The file of a data set cannot be read, or has changed.
    #[error(transparent)]
    Data(#[from] Fault),
    /// The computation came to no end.
    #[error(transparent)]
    Mishap(#[from] Mishap),
    /// A file of the run's folder could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A table could not be shown.
    #[error(transparent)]
    Table(#[from] TableError),
    /// There is a run whose shards are not merged.
    #[error(
        "`{}` holds parts of a run that are not merged: `longlag merge {}` brings them together",
        path.display(),
        shell_quote(&path.display().to_string())
    )]
    NotMerged {
        /// The folder of the run.
        path: PathBuf,
    },
    /// There is no run where one was looked for.
    #[error(
        "`{}` holds no results: give the folder of a run, such as results/vanishing, or the name of a suite",
        path.display()
    )]
    NoRun {
        /// The folder that was looked at.
        path: PathBuf,
    },
    /// A run has no suite that can be read.
    #[error(
        "`{}` is missing, and without it nothing tells what is stored beside it: `longlag run` on the suite writes it anew, and trains nothing \
         that is stored",
        path.display()
    )]
    NoSuite {
        /// The file that is missing.
        path: PathBuf,
    },
    /// There is a folder, and nothing of it can be taken over.
    #[error("{}", nothing_to_merge(path, left_out))]
    NothingToMerge {
        /// The folder.
        path: PathBuf,
        /// Lines about what is there all the same.
        left_out: Vec<String>,
    },
    /// No trial of the plan is meant.
    #[error("no trial has an id that begins with `{prefix}`")]
    NoTrial {
        /// The beginning of an id that was given.
        prefix: String,
    },
    /// Several trials of the plan may be meant.
    #[error("{count} trials have ids that begin with `{prefix}`; give more of it")]
    AmbiguousTrial {
        /// The beginning of an id that was given.
        prefix: String,
        /// How many ids begin so, at least 2.
        count: usize,
    },
    /// The trial's parameters were not kept.
    #[error("there is no {}; add `save: [models]` to the suite and run it again", path.display())]
    NoModel {
        /// The safetensors file that would hold them.
        path: PathBuf,
    },
    /// The file of a trial's parameters is not one, or another trial's or network's.
    #[error("{} {fault}; run the suite again to write it anew", path.display())]
    DamagedModel {
        /// The safetensors file.
        path: PathBuf,
        /// The fault, as it follows the file's name.
        fault: String,
    },
    /// A trial diverged, and its parameters predict nothing.
    #[error(
        "trial {trial_id} ended with parameters that are not finite, which predict nothing; choose one that did not diverge"
    )]
    NotFinite {
        /// The trial's id.
        trial_id: String,
    },
    /// The system starts no thread to train on.
    #[error("cannot start a thread: {0}; raise the limit of processes (`ulimit -u`), or end some")]
    NoThread(std::io::Error),
    /// A baseline may not be called so.
    #[error(
        "a baseline cannot be called `{name}`: small letters, digits and single hyphens between them, such as `main`"
    )]
    BaselineName {
        /// The name that was given.
        name: String,
    },
    /// Rows of a table that has none of their own were asked for.
    #[error("{0}")]
    NoSuchRows(&'static str),
}

fn nothing_to_merge(path: &Path, left_out: &[String]) -> String {
    let path = path.display();
    if left_out.is_empty() {
        return format!("`{path}` and its shards hold no stored trials; run the suite first, or check the path");
    }
    format!("nothing of `{path}` and its shards can be merged: {}", left_out.join("; "))
}

impl RunError {
    /// Whether what was asked for is wrong; otherwise something outside failed.
    pub fn is_usage(&self) -> bool {
        !matches!(
            self,
            Self::Device(_) | Self::Mishap(_) | Self::Store(_) | Self::NoThread(_) | Self::DamagedModel { .. }
        )
    }

    /// For `map_err`: what was being done to which file.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let failed = StoreError::io(action, path);
        move |error| Self::Store(failed(error))
    }
}
