//! Running the binary in a folder of its own.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// A folder to write suites and results in.
pub struct Folder(TempDir);

/// The output of a command, and its exit code.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and gives its name.
    pub fn write<'a>(&self, name: &'a str, text: &str) -> &'a str {
        std::fs::write(self.path(name), text).expect("the file is written");
        name
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_longlag"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    /// Runs to the end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).output().expect("the binary starts"))
    }

    /// Runs to the end and expects success.
    pub fn succeed(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:#?}");
        ended
    }

    /// Runs to the end in a folder below and expects success.
    pub fn succeed_in(&self, folder: &str, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        let ended = ended(command.current_dir(self.path(folder)).output().expect("the binary starts"));
        assert_eq!(ended.code, Some(0), "{folder}: {arguments:?}: {ended:#?}");
        ended
    }

    /// Runs to the end and expects the exit code for misuse; gives what was said.
    pub fn refuse(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:#?}");
        assert_eq!(ended.out, "", "{arguments:?} writes to stdout what is no result");
        ended.err
    }

    /// Starts without waiting.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    }

    pub fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        let path = self.0.path().join(name);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A table without the columns that measure time.
    pub fn rows(&self, run: &str, table: &str) -> Vec<Vec<String>> {
        let csv = self.succeed(&["show", run, "--table", table, "--format", "csv"]).out;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let timed = reader.headers().expect("a head").iter().position(|name| name == "train_seconds");
        let rows = reader.records().map(|row| {
            let row = row.expect("a row");
            let cells = row.iter().enumerate().filter(|(column, _)| Some(*column) != timed);
            cells.map(|(_, cell)| cell.to_owned()).collect()
        });
        rows.collect()
    }
}

pub fn ended(output: Output) -> Ended {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A suite of the repository.
pub fn suite(name: &str) -> String {
    format!("{}/suites/{name}.yaml", env!("CARGO_MANIFEST_DIR"))
}

/// Eight short trials with an lstm, dropout and a probe.
pub const SMALL: &str = "\
version: 1
name: small
about: A few short trials.
replicates: 2
task: {kind: adding, length: 8}
model: {cell: elman, hidden: 6, readout: {dropout: 0.2}}
train: {batch: 4, updates: 12, evaluate-every: 4, validation-sequences: 8, test-sequences: 16, target: {metric: validation/loss, below: 0.01}}
probes: [{kind: gradient-by-lag, every: 6, sequences: 4}]
save: [models]
sweep:
  - kind: grid
    over: {model.cell: [elman, lstm], task.length: [6, 8]}
";
