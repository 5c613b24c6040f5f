//! Stopped, killed, and continued.

use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

use crate::program::{Folder, SMALL, ended};

/// As the small suite, long enough to be stopped in the middle.
fn long() -> String {
    SMALL
        .replace("name: small", "name: long")
        .replace("updates: 12", "updates: 300")
        .replace("replicates: 2", "replicates: 6")
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
}

/// Waits until the run has stored something: its journal has grown beyond its head.
fn wait_for_trials(folder: &Folder, child: &mut Child) {
    let started = Instant::now();
    let journal = folder.path("results/long/journal.bin");
    while std::fs::metadata(&journal).map_or(0, |file| file.len()) < 2000 {
        assert!(child.try_wait().expect("its state is known").is_none(), "it ended before it could be stopped");
        assert!(started.elapsed() < Duration::from_secs(60), "nothing was stored within a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn same_as_uninterrupted(folder: &Folder) {
    folder.succeed(&["run", "long.yaml", "-q", "--out", "whole"]);
    for table in ["trials", "metrics", "probes"] {
        assert_eq!(folder.rows("long", table), folder.rows("whole/long", table), "{table}");
    }
}

#[test]
fn ctrl_c_stores_what_is_finished_and_a_second_run_does_the_rest() {
    let folder = Folder::new();
    folder.write("long.yaml", &long());
    let mut child = folder.start(&["run", "long.yaml", "-j", "2"]);
    wait_for_trials(&folder, &mut child);
    signal(&child, "-INT");
    let stopped = ended(child.wait_with_output().expect("it ends"));
    assert_eq!(stopped.code, Some(130), "{stopped:?}");
    let (at_once, at_last) = ("stopping: what is finished is stored", "the same command does the rest");
    assert!(stopped.err.find(at_once) < stopped.err.find(at_last), "{}", stopped.err);
    assert!(stopped.err.contains(at_once) && stopped.err.contains(at_last), "{}", stopped.err);
    let stored = folder.rows("long", "trials").len();
    assert!((1..24).contains(&stored), "{stored} trials are stored");
    let again = folder.succeed(&["run", "long.yaml"]);
    assert!(again.err.contains(&format!("{} trials to do, {stored} trial", 24 - stored)), "{}", again.err);
    same_as_uninterrupted(&folder);
}

/// On one core, where a trial leaves no other for the one who listens, the word comes at once, before the trial has ended.
#[test]
fn ctrl_c_is_answered_on_one_core_too() {
    use std::io::{BufRead as _, BufReader};
    let folder = Folder::new();
    folder.write("long.yaml", &long().replace("updates: 300", "updates: 1000000"));
    let program = env!("CARGO_BIN_EXE_longlag");
    let run = format!("core=$(taskset -cp $$ | sed 's/.*[:,-] *//'); exec taskset -c $core {program} run long.yaml");
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", &run]).current_dir(folder.path("")).stderr(std::process::Stdio::piped());
    let mut child = shell.spawn().expect("a shell");
    let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines().map(|line| line.expect("a line"));
    let mut next =
        |begins: &str| lines.find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("no `{begins}`"));
    next("24 trials to do");
    // Soon a trial is under way, which would take many minutes.
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "-INT");
    next("stopping: what is finished is stored, what is under way is kept as checkpoints; once more ends at once");
    next("interrupted: ");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn a_killed_run_loses_no_finished_trial() {
    let folder = Folder::new();
    folder.write("long.yaml", &long());
    let mut child = folder.start(&["run", "long.yaml", "-j", "2"]);
    wait_for_trials(&folder, &mut child);
    let ids = |folder: &Folder| -> Vec<String> {
        folder.rows("long", "trials").into_iter().map(|row| row[0].clone()).collect()
    };
    let before = ids(&folder);
    assert!(!before.is_empty());
    signal(&child, "-KILL");
    child.wait().expect("it ends");
    let after = ids(&folder);
    assert!(before.iter().all(|id| after.contains(id)), "{before:?} became {after:?}");
    folder.succeed(&["run", "long.yaml", "-q"]);
    same_as_uninterrupted(&folder);
}

#[test]
fn a_second_process_on_the_same_folder_says_so_and_harms_nothing() {
    let folder = Folder::new();
    folder.write("long.yaml", &long());
    let mut child = folder.start(&["run", "long.yaml", "-j", "1"]);
    wait_for_trials(&folder, &mut child);
    let second = folder.run(&["run", "long.yaml"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.err.contains("results/long"), "{}", second.err);
    let first = child.wait_with_output().expect("it ends");
    assert_eq!(first.status.code(), Some(0));
    assert_eq!(folder.rows("long", "trials").len(), 24);
}
