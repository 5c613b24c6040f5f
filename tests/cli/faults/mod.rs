//! Killed at any call of the system, with calls that fail and writes that are torn: nothing finished is lost or trained again, and the
//! tables end as those of a run that nothing happened to.
//!
//! `LONGLAG_EXHAUSTIVE=1` tries every call; otherwise there are samples.

#![expect(clippy::print_stdout, reason = "whoever runs the long form asks how much was tried")]

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use longlag::store::Store;

use crate::program::{Ended, Folder, SMALL, ended};

/// The tables whose bytes no clock changes.
const TABLES: [&str; 3] = ["metrics", "probes", "chains"];

/// Every so many of a number of calls.
fn sampled(calls: usize, samples: usize) -> Vec<usize> {
    let step = if std::env::var_os("LONGLAG_EXHAUSTIVE").is_some() { 1 } else { (calls / samples).max(1) };
    (1..=calls).step_by(step).collect()
}

/// A folder with the suite, and the shim between the program and the system.
struct Faults {
    shim: PathBuf,
    folder: Folder,
    whole: Vec<Vec<u8>>,
    trials: Vec<Vec<String>>,
}

impl Faults {
    fn new() -> Self {
        let folder = Folder::new();
        folder.write("small.yaml", &format!("{SMALL}figures: []\n"));
        let shim = folder.path("shim.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/faults/shim.c");
        let made =
            Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(source).arg("-ldl").status();
        assert!(made.expect("there is a C compiler, which the dependencies ask for too").success());
        folder.succeed(&["run", "small.yaml", "-q", "--out", "whole"]);
        let whole = TABLES.map(|table| folder.read(format!("whole/small/{table}.parquet"))).to_vec();
        let trials = folder.rows("whole/small", "trials");
        Self { shim, folder, whole, trials }
    }

    fn run_with(&self, fault: &str) -> Ended {
        let mut command = self.folder.command(&["run", "small.yaml", "-q", "-j", "1"]);
        command.env("LD_PRELOAD", &self.shim).env("LONGLAG_FAULT", fault).env("LONGLAG_WAIT_FOR_ROOM", "0");
        ended(command.output().expect("the binary starts"))
    }

    /// The number of calls of an undisturbed run.
    fn calls(&self) -> usize {
        let count = self.folder.path("count");
        let run = self.run_with(&format!("count {}", count.display()));
        assert_eq!(run.code, Some(0), "{run:?}");
        self.clear();
        std::fs::read_to_string(count).expect("it is counted").parse().expect("a number")
    }

    fn clear(&self) {
        std::fs::remove_dir_all(self.folder.path("results")).unwrap_or_default();
    }

    /// Trials that are stored.
    fn stored(&self) -> usize {
        Store::read(&self.folder.path("results/small")).map_or(0, |store| store.trials().len())
    }

    /// Does the rest, and compares with what nothing happened to; says how many trials were trained.
    fn finish(&self, context: &str) -> usize {
        let before = self.stored();
        let run = self.folder.run(&["run", "small.yaml"]);
        assert_eq!(run.code, Some(0), "{context}: {run:?}");
        let to_do = 8 - before;
        let told = match to_do {
            0 => run.err.contains("nothing to do: 8 trials"),
            _ => run.err.contains(&format!("{to_do} trial")),
        };
        assert!(told, "{context}: {to_do} trials were not stored: {}", run.err);
        assert!(!run.err.contains("damage: "), "{context}: {}", run.err);
        for (table, whole) in TABLES.iter().zip(&self.whole) {
            assert!(self.folder.read(format!("results/small/{table}.parquet")) == *whole, "{context}: {table}");
        }
        assert_eq!(self.folder.rows("small", "trials"), self.trials, "{context}");
        let left = std::fs::read_dir(self.folder.path("results/small")).expect("the folder").flatten();
        let left = left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".tmp"));
        assert_eq!(left.count(), 0, "{context}: temporary files are left");
        to_do
    }
}

#[test]
fn killed_at_any_call_and_in_any_write_nothing_is_lost() {
    let faults = Faults::new();
    let calls = faults.calls();
    assert!(calls > 50, "{calls} calls");
    let (mut kills, mut trained) = (0, 0);
    for kind in ["kill", "torn"] {
        for at in sampled(calls, 6) {
            faults.clear();
            let killed = faults.run_with(&format!("{kind} {at}"));
            // The last calls may not come where a thread had less to do.
            assert!(killed.code.is_none() || killed.code == Some(0), "{kind} {at}: {killed:?}");
            trained += faults.finish(&format!("{kind} at call {at} of {calls}"));
            kills += 1;
        }
    }
    println!("{kills} kills at {calls} calls, {trained} trials trained afterwards");
}

#[test]
fn a_call_that_fails_ends_the_run_with_a_sentence_or_is_got_over() {
    // ENOSPC, EIO, EMFILE, EACCES, for one call and for all from there on.
    let faults = Faults::new();
    let calls = faults.calls();
    let mut errors = 0;
    for (number, name) in [(28, "ENOSPC"), (5, "EIO"), (24, "EMFILE"), (13, "EACCES")] {
        for many in [1, 1_000_000] {
            for at in sampled(calls, 3) {
                faults.clear();
                let run = faults.run_with(&format!("fail {at} {many} {number}"));
                let context = format!("{name} from call {at} of {calls}, {many} times");
                assert!(matches!(run.code, Some(0..=2)), "{context}: {run:?}");
                assert!(!run.err.contains("panicked"), "{context}: {}", run.err);
                if run.code != Some(0) {
                    assert!(
                        run.err.lines().last().is_some_and(|line| line.starts_with("error: ")),
                        "{context}: {run:?}"
                    );
                }
                faults.finish(&context);
                errors += 1;
            }
        }
    }
    println!("{errors} errors at {calls} calls");
}

/// On a disk that is full for a while the run waits, says so once, and trains nothing twice.
#[test]
fn a_run_waits_for_room() {
    let faults = Faults::new();
    let calls = faults.calls();
    let mut waited = 0;
    for at in sampled(calls, 12) {
        faults.clear();
        let mut command = faults.folder.command(&["run", "small.yaml", "-j", "1"]);
        command.env("LD_PRELOAD", &faults.shim).env("LONGLAG_FAULT", format!("fail {at} 3 28"));
        let run = ended(command.output().expect("the binary starts"));
        let told = run.err.contains("the run waits for room");
        assert!(!told || run.err.contains("there is room again"), "{}", run.err);
        waited += usize::from(told && run.code == Some(0));
        faults.finish(&format!("no room at call {at} of {calls}"));
    }
    assert!(waited > 0, "no call was waited for");
}

/// `kill -9` at instants that differ from run to run.
#[test]
fn killed_at_random_instants_nothing_is_lost() {
    let faults = Faults::new();
    let times = if std::env::var_os("LONGLAG_EXHAUSTIVE").is_some() { 200 } else { 6 };
    let mut trained = 0;
    for time in 0..times {
        faults.clear();
        let mut killed = 0;
        loop {
            let before = faults.stored();
            let mut child = faults.folder.start(&["run", "small.yaml", "-q", "-j", "2"]);
            // Multiples of the golden ratio spread evenly.
            let share = f64::from(time * 7 + killed) * 0.618_033_988_75 % 1.0;
            std::thread::sleep(Duration::from_secs_f64(0.02 + 0.4 * share));
            let _ = child.kill();
            let _ = child.wait();
            assert!(faults.stored() >= before, "time {time}: a stored trial is gone");
            killed += 1;
            if killed == 3 {
                break;
            }
        }
        trained += faults.finish(&format!("time {time}"));
    }
    println!("{} kills, {trained} trials trained afterwards", 3 * times);
}

#[test]
fn a_file_system_that_does_not_sync_folders_is_told_of() {
    let faults = Faults::new();
    let run = faults.run_with("foldersync");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains("warning: the file system of `results/small` cannot sync folders"), "{}", run.err);
    assert_eq!(faults.finish("folders are not synced"), 0);
}
