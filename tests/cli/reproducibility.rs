//! The same results for any number of jobs, any order and any spelling of the same suite.

use crate::program::{Folder, SMALL};

const TABLES: [&str; 3] = ["trials", "metrics", "probes"];

#[test]
fn the_number_of_jobs_changes_nothing() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    folder.succeed(&["run", file, "-q", "-j", "1", "--out", "one"]);
    folder.succeed(&["run", file, "-q", "-j", "2", "--out", "two"]);
    for table in TABLES {
        assert_eq!(folder.rows("one/small", table), folder.rows("two/small", table), "{table}");
    }
    for table in ["metrics", "probes"] {
        let read = |out: &str| folder.read(format!("{out}/small/{table}.parquet"));
        assert!(read("one") == read("two"), "{table}.parquet differs");
    }
}

#[test]
fn some_arms_first_and_the_rest_later_is_the_same_run() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    folder.succeed(&["run", file, "-q", "--out", "whole"]);
    folder.succeed(&["run", file, "-q", "--out", "parts", "--only", "model.cell=lstm"]);
    assert_eq!(folder.rows("parts/small", "trials").len(), 4);
    folder.succeed(&["run", file, "-q", "--out", "parts"]);
    for table in TABLES {
        assert_eq!(folder.rows("whole/small", table), folder.rows("parts/small", table), "{table}");
    }
}

#[test]
fn a_trial_is_the_same_in_another_file_order_and_spelling() {
    let folder = Folder::new();
    let other = "\
sweep:
  - {kind: zip, over: {task.length: [8.0], model.cell: [{kind: lstm}]}}
save: []
train: {target: {below: 1e-2, metric: validation/loss}, test-sequences: 16, updates: 12, batch: 4, validation-sequences: 8, evaluate-every: 4}
probes: [{sequences: 4, every: 6, kind: gradient-by-lag}]
model: {readout: {dense: [], dropout: 0.2}, hidden: 6, cell: {kind: elman, activation: {kind: tanh}}}
task: adding
replicates: 1
seed: 0
name: small
version: 1
";
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q", "--out", "one", "--only", "model.cell=lstm"]);
    folder.succeed(&["run", folder.write("other.yaml", other), "-q", "--out", "two"]);
    let column =
        |run: &str| -> Vec<String> { folder.rows(run, "trials").into_iter().map(|row| row[0].clone()).collect() };
    let (many, one) = (column("one/small"), column("two/small"));
    assert_eq!(one.len(), 1);
    assert!(many.contains(&one[0]), "{one:?} is not among {many:?}");
}

#[test]
fn another_seed_is_another_trial() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    folder.succeed(&["run", file, "-q", "--out", "one", "--only", "model.cell=elman"]);
    folder.succeed(&["run", file, "-q", "--out", "two", "--only", "model.cell=elman", "--set", "seed=1"]);
    let metrics = |run: &str| folder.rows(run, "metrics");
    assert_ne!(metrics("one/small"), metrics("two/small"));
}
