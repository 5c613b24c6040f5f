//! Exit codes, and errors that carry one.

use std::{fmt, io, process::ExitCode};

use crate::{
    results::table::{TableError, WriteError},
    run::RunError,
    store::StoreError,
    suite::Problems,
    text::{ConditionError, shell_quote},
};

/// Declares the ways in which the program may end: each code with its name and meaning, from which help and documentation follow.
macro_rules! exits {
    ($($(#[doc = $meaning:literal])* $name:ident = $code:literal,)*) => {
        /// The way the program ended. The numbers are a contract with scripts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Exit {
            $($(#[doc = $meaning])* $name = $code,)*
        }

        impl Exit {
            /// Every code, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The meaning, as help and README tell it.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),*).trim_ascii(),)*
                }
            }
        }
    };
}

exits! {
    /// ok; a diverged trial is a result, not a failure
    Ok = 0,
    /// operational error, such as a folder that cannot be written
    Operational = 1,
    /// usage, or an invalid suite
    Usage = 2,
    /// mismatch: `report --check`, the report is not what the stored results give; `reproduce`, a trial has other bits; `claims`, a
    /// claim is refuted; `compare`, a trial has other bits or an arm regressed; `merge`, a trial has other bits in one folder than in another
    Mismatch = 3,
    /// nothing comparable: `reproduce`, no stored trial was computed by this engine, device and numerics version; `claims`, a claim is
    /// inconclusive, or the suite states none; `compare`, a trial is missing or of other circumstances, an arm has too few replicates, or the baseline is missing;
    /// `merge`, a folder or trials of one are of other circumstances and left out
    NothingComparable = 4,
    /// some trials ended in an error, a timeout or out of memory
    TrialsFailed = 5,
    /// unfinished: `run --shard`, what is left waits for trials of other shards; `merge`, trials are missing that no folder has
    Unfinished = 6,
    /// interrupted, by Ctrl-C, SIGTERM, SIGHUP or the end of --max-time; what was finished is stored, the same command does the rest
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// An error with its exit code.
#[derive(Debug)]
pub struct Failure {
    /// The code to end with.
    pub exit: Exit,
    /// Lines for the user, each saying where and what to do.
    pub message: String,
    /// Whether whoever reads the output has gone.
    pub broken_pipe: bool,
}

impl Failure {
    /// Misuse of the command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), broken_pipe: false }
    }

    /// The failure of a command that was given the id of a trial; `run` is the run that lists them.
    pub fn of_trial(error: RunError, run: &str) -> Self {
        let hint = match &error {
            RunError::NoTrial { .. } | RunError::AmbiguousTrial { .. } if run == "RUN" => {
                "; after a run, `longlag show RUN --table trials` lists them".to_owned()
            }
            RunError::NoTrial { .. } | RunError::AmbiguousTrial { .. } => {
                format!("; `longlag show {} --table trials` lists them", shell_quote(run))
            }
            _ => String::new(),
        };
        let failure = Self::from(error);
        Self { message: failure.message + &hint, ..failure }
    }

    /// A failure of something outside.
    pub fn operational(message: impl Into<String>) -> Self {
        Self { exit: Exit::Operational, message: message.into(), broken_pipe: false }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.message.lines();
        write!(f, "error: {}", lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| write!(f, "\nerror: {line}"))
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::usage(problems.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::operational(error.to_string())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let message = match &error {
            RunError::Device(error) => format!("{error}, or leave `--device cuda` away to train on the CPU"),
            error => error.to_string(),
        };
        if error.is_usage() { Self::usage(message) } else { Self::operational(message) }
    }
}

impl From<ConditionError> for Failure {
    fn from(error: ConditionError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Table(error) => error.into(),
            WriteError::Io(error) => error.into(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { exit: Exit::Operational, message: format!("could not write the output: {error}"), broken_pipe }
    }
}
