//! The cost of a store of many trials. Ignored, since it measures times, which no test asserts:
//!
//! ```text
//! LONGLAG_TRIALS=100000 LONGLAG_PROBES=0 TMPDIR=/dev/shm cargo test --test cli scale -- --ignored --nocapture
//! ```
//!
//! `LONGLAG_PROBES` is the number of rows of probes per trial: 500 of them are 50 million with 100,000 trials.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use longlag::{
    plan::{Plan, PlanOptions, Trial},
    run::{Course, Finished, Session, SessionOptions, Trainer, failed},
    store::{Link, MetricRow, ProbeRow, Record, Status, TrialRow},
    suite::Suite,
};

use crate::program::Folder;

fn asked(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Trains nothing.
struct Fake {
    probes: u32,
}

impl Trainer for Fake {
    fn train(&self, plan: &Plan, trial: Trial, _: &mut dyn Course) -> Option<Finished> {
        let Record { trial: row, .. } = failed(plan, trial, self.names(), Status::Error, String::new());
        let id = row.trial_id.clone();
        let of = |k: u32| f64::from(trial.replicate * 31 + trial.arm as u32 * 17 + k) / 1e4;
        let metric = |(k, (update, split, metric)): (usize, (u64, &str, &str))| MetricRow {
            trial_id: id.clone(),
            update,
            split: split.to_owned(),
            metric: metric.to_owned(),
            value: of(k as u32),
        };
        let evaluations =
            [0, 100, 200].into_iter().flat_map(|update| [(update, "train", "loss"), (update, "validation", "loss")]);
        let metrics = evaluations.chain([(200, "test", "loss"), (200, "test", "accuracy")]).enumerate().map(metric);
        let probe = |lag: u32| ProbeRow {
            trial_id: id.clone(),
            update: 0,
            probe: "gradient-by-lag".to_owned(),
            layer: Some(0),
            state: Some("h".to_owned()),
            lag: Some(lag),
            index: None,
            statistic: "median".to_owned(),
            value: of(lag),
        };
        let hash = blake3(&id);
        let link = |update: u64| Link { trial_id: id.clone(), update, link: hash[..16].to_owned() };
        let trial = TrialRow { status: Status::Finished, reason: None, updates: 200, hash: hash.clone(), ..row };
        let (probes, chain) = ((0..self.probes).map(probe).collect(), [0, 100, 200].map(link).to_vec());
        Some(Finished { record: Record { metrics: metrics.collect(), probes, chain, trial }, model: None })
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("fused", "cpu")
    }
}

/// Sixty-four digits that differ from trial to trial.
fn blake3(id: &str) -> String {
    id.trim_start_matches('t').repeat(5)[..64].to_owned()
}

/// Runs the program, and prints its time and the most memory that it held.
fn measured(folder: &Folder, arguments: &[&str]) {
    let program = env!("CARGO_BIN_EXE_longlag");
    let mut shell = Command::new("bash");
    let line = format!("TIMEFORMAT='%U + %S CPU s, %R s'; time {program} {} > out 2> err", arguments.join(" "));
    let shell = shell.args(["-c", &line]).current_dir(folder.path("")).stderr(Stdio::piped());
    let child = shell.spawn().expect("a shell");
    let (id, mut most) = (child.id(), 0_u64);
    let waiting = std::thread::spawn(move || child.wait_with_output().expect("it ends"));
    while !waiting.is_finished() {
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        for process in children.split_whitespace() {
            let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            let high =
                status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse().ok());
            most = most.max(high.unwrap_or(0));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = waiting.join().expect("it was waited for");
    let time = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    println!("{}: {time}, {} MiB", arguments.join(" "), most / 1024);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&folder.read("err")));
}

fn size(dir: &Path) -> u64 {
    std::fs::read_dir(dir).expect("the folder").flatten().map(|file| file.metadata().map_or(0, |file| file.len())).sum()
}

#[test]
#[ignore = "it measures times"]
fn many_trials() {
    let (trials, probes) = (asked("LONGLAG_TRIALS", 100_000), asked("LONGLAG_PROBES", 0));
    let replicates = (trials / 1000).max(1);
    let folder = Folder::new();
    folder.write(
        "wide.yaml",
        &format!(
            "version: 1\nname: wide\nabout: Many trials.\nreplicates: {replicates}\ntask: {{kind: adding, length: 100}}\nsweep:\n  - kind: grid\n    over:\n      \
             model.cell: [elman, gru]\n      task.length: [10, 20, 30, 40, 50]\n      model.hidden: [8, 16, 24, 32, 40, 48, 56, 64, 72, 80]\n      \
             optimizer.learning-rate: [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1]\n"
        ),
    );
    let suite = Suite::load(&folder.path("wide.yaml"), vec![], false).expect("it is valid");
    let plan = PlanOptions { max_trials: u64::MAX, ..PlanOptions::default() };
    let options = SessionOptions { out: folder.path("results"), jobs: Some(1), plan, ..SessionOptions::default() };
    let started = Instant::now();
    let mut session = Session::open(suite, options).expect("it is opened");
    let summary = session.run(&Fake { probes }, &mut (), &AtomicBool::new(false)).expect("it runs");
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{} trials stored in {seconds:.1} s: {:.3} ms each",
        summary.finished,
        1e3 * seconds / summary.finished as f64
    );
    println!("{:.1} MB in {}", size(session.dir()) as f64 / 1e6, session.dir().display());
    drop(session);
    let most = ["--max-trials", "1000000"];
    measured(&folder, &[&["run", "wide.yaml"], &most[..]].concat());
    measured(&folder, &[&["run", "wide.yaml"], &most[..]].concat());
    measured(&folder, &["show", "wide"]);
    measured(&folder, &["show", "wide", "--table", "trials", "--format", "csv"]);
    measured(&folder, &["report", "wide"]);
    // As if one part of a run had trained all of them.
    let shards = folder.path("results/merged/shards");
    std::fs::create_dir_all(&shards).expect("a folder");
    std::fs::rename(folder.path("results/wide"), shards.join("1-of-1")).expect("it is moved");
    measured(&folder, &["merge", "merged"]);
    measured(&folder, &["merge", "merged"]);
}
