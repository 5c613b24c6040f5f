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

/// Four trials of a second or so, without a target.
fn longer() -> String {
    SMALL
        .replace("name: small", "name: longer")
        .replace("replicates: 2", "replicates: 1")
        .replace(", target: {metric: validation/loss, below: 0.01}", "")
        .replace("updates: 12, evaluate-every: 4", "updates: 20000, evaluate-every: 1000")
        .replace("every: 6", "every: 2500")
}

/// Runs the longer suite, and stops it so soon each time that no trial would ever end without checkpoints; `LONGLAG_KILLS` times.
#[expect(clippy::print_stdout, reason = "whoever cuts hundreds of times asks how often trials went on")]
fn cut_by(name: &str) {
    let count = std::env::var("LONGLAG_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(5);
    let folder = Folder::new();
    folder.write("longer.yaml", &longer());
    folder.succeed(&["run", "longer.yaml", "-q", "--out", "whole"]);
    let run = ["run", "longer.yaml", "-j", "2", "--checkpoint-every", "0.02"];
    let (mut cuts, mut resumed, mut lost, mut delay) = (0, 0, 0.0, 7);
    while cuts < count {
        let started = Instant::now();
        let mut child = folder.start(&run);
        // Every other time once there is a checkpoint, however slow the machine is; some numbers of no regularity.
        let waits = cuts % 2 == 1;
        while waits && !any_checkpoint(&folder) && child.try_wait().expect("its state is known").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        delay = (delay * 131 + 17) % 311;
        std::thread::sleep(Duration::from_millis(if waits { delay / 8 } else { 60 + delay }));
        if child.try_wait().expect("its state is known").is_none() {
            signal(&child, name);
            if name == "-KILL" {
                let files =
                    std::fs::read_dir(folder.path("results/longer/checkpoints")).into_iter().flatten().flatten();
                let age = |file: std::fs::DirEntry| file.metadata().ok()?.modified().ok()?.elapsed().ok();
                let ages: Vec<f64> = files.filter_map(age).map(|age| age.as_secs_f64()).collect();
                lost += if ages.is_empty() { started.elapsed().as_secs_f64() } else { ages.iter().sum() };
            }
        }
        let stopped = ended(child.wait_with_output().expect("it ends"));
        resumed += stopped.err.matches(" goes on at update ").count();
        assert!(!stopped.err.contains("starts over"), "{}", stopped.err);
        match stopped.code {
            // Before it listens, or by a signal that nobody can listen to.
            None | Some(130 | 143) => cuts += 1,
            Some(0) => {
                same_tables(&folder, "longer");
                std::fs::remove_dir_all(folder.path("results")).expect("it goes");
            }
            code => panic!("{code:?}: {}", stopped.err),
        }
    }
    resumed += folder.succeed(&run).err.matches(" goes on at update ").count();
    same_tables(&folder, "longer");
    assert!(!folder.path("results/longer/checkpoints").exists());
    assert!(resumed > 0, "{cuts} cuts, and no trial went on");
    println!("{name}: {cuts} cuts, {resumed} trials went on, {lost:.2} s of them trained again");
}

fn same_tables(folder: &Folder, run: &str) {
    for table in ["trials", "metrics", "probes", "chains"] {
        assert_eq!(folder.rows(run, table), folder.rows(&format!("whole/{run}"), table), "{table}");
    }
    for model in std::fs::read_dir(folder.path(&format!("whole/{run}/models"))).expect("models") {
        let name = model.expect("an entry").file_name().into_string().expect("a name");
        let of = |out: &str| folder.read(format!("{out}/{run}/models/{name}"));
        assert!(of("results") == of("whole"), "{name}");
    }
}

#[test]
fn killed_within_trials_a_run_goes_on_to_the_same_tables() {
    cut_by("-KILL");
}

#[test]
fn terminated_within_trials_a_run_goes_on_to_the_same_tables() {
    cut_by("-TERM");
}

fn any_checkpoint(folder: &Folder) -> bool {
    std::fs::read_dir(folder.path("results/longer/checkpoints")).is_ok_and(|mut files| files.next().is_some())
}

/// Waits for a checkpoint.
fn wait_for_checkpoint(folder: &Folder, child: &mut Child) {
    let started = Instant::now();
    while !any_checkpoint(folder) {
        assert!(child.try_wait().expect("its state is known").is_none(), "it ended before it could be stopped");
        assert!(started.elapsed() < Duration::from_secs(60), "no checkpoint within a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_trial_under_way_is_told_and_a_damaged_checkpoint_too() {
    let folder = Folder::new();
    folder.write("longer.yaml", &longer().replace("updates: 20000", "updates: 200000"));
    let mut child = folder.start(&["run", "longer.yaml", "-j", "1", "--checkpoint-every", "0.02"]);
    wait_for_checkpoint(&folder, &mut child);
    signal(&child, "-TERM");
    let stopped = ended(child.wait_with_output().expect("it ends"));
    assert_eq!(stopped.code, Some(130), "{stopped:?}");
    assert!(stopped.err.contains("what is under way is kept as checkpoints"), "{}", stopped.err);
    let told = "under way by the last checkpoints: 1 trial: ";
    for command in [&["show", "longer"][..], &["show", "longer", "--table", "trials"], &["plan", "longer.yaml"]] {
        let shown = folder.succeed(command);
        assert!(shown.err.contains(told) && shown.err.contains(" of 200000, 2"), "{command:?}: {}", shown.err);
    }
    let mut files = std::fs::read_dir(folder.path("results/longer/checkpoints")).expect("checkpoints");
    let file = files.next().expect("one").expect("an entry").path();
    let mut bytes = std::fs::read(&file).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("it is written");
    assert!(!folder.succeed(&["show", "longer"]).err.contains(told));
    let again = folder.run(&["run", "longer.yaml", "-j", "1", "--max-time", "0.3"]);
    assert_eq!(again.code, Some(130), "{again:?}");
    assert!(
        again.err.contains(".checkpoint` is damaged: trial ") && again.err.contains(" starts over"),
        "{}",
        again.err
    );
    assert!(again.err.contains("the time of --max-time is over: 0 of 4 trials are stored"), "{}", again.err);
}

#[test]
fn a_trial_that_takes_too_long_is_a_timeout_and_goes_on_where_more_is_allowed() {
    let folder = Folder::new();
    folder.write("longer.yaml", &longer());
    let stopped = folder.run(&["run", "longer.yaml", "--timeout", "0.02"]);
    assert_eq!(stopped.code, Some(5), "{stopped:?}");
    assert!(stopped.err.contains("4 trials ended as timeout"), "{}", stopped.err);
    let reasons =
        folder.succeed(&["show", "longer", "--table", "trials", "--columns", "status,reason", "--format", "csv"]);
    assert_eq!(reasons.out.matches("\ntimeout,").count(), 4, "{}", reasons.out);
    assert!(reasons.out.contains("--timeout allows 0.02 s; a run with more, or without --timeout, goes on from there"));
    let again = folder.succeed(&["run", "longer.yaml"]);
    assert!(again.err.contains(" goes on at update "), "{}", again.err);
    folder.succeed(&["run", "longer.yaml", "-q", "--out", "whole"]);
    same_tables(&folder, "longer");
    for (option, value, said) in [
        ("--timeout", "0", "more than 0"),
        ("--timeout", "soon", "such as 90, 30m, 1h30m or 2d"),
        ("--max-time", "1y", "such as 90, 30m, 1h30m or 2d"),
        ("--checkpoint-every", "-1", "such as 90, 30m, 1h30m or 2d"),
    ] {
        let refused = folder.refuse(&["run", "longer.yaml", &format!("{option}={value}")]);
        assert!(refused.contains(said), "{refused}");
    }
}
