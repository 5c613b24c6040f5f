//! Engines, threads and instruction sets.

use crate::program::{Folder, SMALL, ended};

const TABLES: [&str; 4] = ["trials", "metrics", "probes", "chains"];

#[test]
fn neither_threads_nor_the_instruction_set_change_a_result() {
    let folder = Folder::new();
    // A whole tile and a part of one, so that two threads have work.
    let file = folder.write("small.yaml", &SMALL.replace("batch: 4", "batch: 21"));
    folder.succeed(&["run", file, "-q", "--out", "one"]);
    folder.succeed(&["run", file, "-q", "--out", "two", "--threads-per-trial", "2", "-j", "2"]);
    let mut portable = folder.command(&["run", file, "-q", "--out", "portable"]);
    let portable = ended(portable.env("LONGLAG_ISA", "portable").output().expect("the binary starts"));
    assert_eq!(portable.code, Some(0), "{portable:#?}");
    for table in TABLES {
        let rows = folder.rows("one/small", table);
        assert!(!rows.is_empty(), "{table}");
        assert_eq!(rows, folder.rows("two/small", table), "{table}");
        assert_eq!(rows, folder.rows("portable/small", table), "{table}");
    }
}

#[test]
fn a_trial_is_stored_by_one_engine_and_run_again_by_another() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    let stored_by = |engine: &str| {
        let condition = format!("engine={engine}");
        let shown = ["show", "results/small", "--table", "trials", "--where", &condition, "--format", "csv"];
        folder.succeed(&shown).out.lines().count() - 1
    };
    folder.succeed(&["run", file, "-q"]);
    assert_eq!((stored_by("fused"), stored_by("dfdx")), (8, 0), "fused is the default");
    let planned = folder.succeed(&["plan", file, "--engine", "dfdx"]);
    assert!(planned.err.contains(" 0 stored"), "{}", planned.err);
    folder.succeed(&["run", file, "-q", "--engine", "dfdx"]);
    assert_eq!((stored_by("fused"), stored_by("dfdx")), (0, 8));
    let again = folder.succeed(&["plan", file, "--engine", "dfdx"]);
    assert!(again.err.contains(" 8 stored"), "{}", again.err);
}

/// The largest share of memory that a run held, in KiB, as the system counts it.
#[cfg(target_os = "linux")]
fn peak(folder: &Folder, arguments: &[&str]) -> u64 {
    let mut child = folder.start(arguments);
    let file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let status = std::fs::read_to_string(&file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(now.unwrap_or(0));
        if let Some(ended) = child.try_wait().expect("the run's state") {
            assert!(ended.success(), "{arguments:?}");
            return peak;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// dfdx keeps freed buffers for the next update and frees none by itself: 16 MiB of each trial here.
#[cfg(target_os = "linux")]
#[test]
fn the_reference_engine_gives_back_the_memory_of_each_trial() {
    let folder = Folder::new();
    let suite = "\
version: 1
name: wide
about: One update of a network with many activations.
task: {kind: adding, length: 100}
model: {cell: lstm, hidden: 64}
train: {batch: 24, updates: 1, evaluate-every: 1, validation-sequences: 1, test-sequences: 1}
";
    let of = |replicates: usize| {
        let file = format!("wide{replicates}.yaml");
        folder.write(&file, &format!("{suite}replicates: {replicates}\n"));
        peak(&folder, &["run", &file, "-q", "-j", "1", "--engine", "dfdx", "--out", &file[..5]])
    };
    let (few, many) = (of(2), of(9));
    assert!(many < few + 40 * 1024, "{few} KiB for 2 trials, {many} KiB for 9");
}

#[test]
fn an_arm_that_the_engine_cannot_train_keeps_no_other_from_being_audited() {
    let folder = Folder::new();
    let file = folder
        .write("mixed.yaml", &format!("{SMALL}  - kind: grid\n    over: {{regularizers: [[], [pascanu-omega]]}}\n"));
    folder.succeed(&["run", file, "-q"]);
    let audit = |omega: bool| {
        let condition = format!("regularizers={}", if omega { "[pascanu-omega]" } else { "[]" });
        let shown = ["show", "results/small", "--table", "trials", "--where", &condition, "--format", "csv"];
        let rows = folder.succeed(&shown).out;
        let id = rows.lines().nth(1).and_then(|row| row.split(',').next()).expect("a trial").to_owned();
        folder.run(&["audit", file, "--trial", &id, "--update", "1", "--out", "one.safetensors", "--engine", "dfdx"])
    };
    let (plain, penalized) = (audit(false), audit(true));
    assert_eq!(plain.code, Some(0), "{plain:#?}");
    assert_eq!(penalized.code, Some(2), "{penalized:#?}");
    assert!(penalized.err.contains("pascanu-omega"), "{penalized:#?}");
}

#[test]
fn what_cannot_compute_is_said_before_anything_runs() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    let said = folder.refuse(&["run", file, "--device", "cuda"]);
    assert!(said.contains("--features cuda"), "{said}");
    let said = folder.refuse(&["run", file, "--engine", "dfdx", "--threads-per-trial", "2"]);
    assert!(said.contains("--threads-per-trial"), "{said}");
    let penalized = folder.write("penalized.yaml", &format!("{SMALL}\nregularizers: [pascanu-omega]\n"));
    for command in ["run", "plan"] {
        let said = folder.refuse(&[command, penalized, "--engine", "dfdx"]);
        assert!(said.contains("pascanu-omega") && said.contains("--engine fused"), "{said}");
    }
    folder.refuse(&["run", file, "--threads-per-trial", "0"]);
    for command in ["run", "plan"] {
        let mut wrong = folder.command(&[command, file]);
        let wrong = ended(wrong.env("LONGLAG_ISA", "neon512").output().expect("the binary starts"));
        assert_eq!((wrong.code, wrong.out.as_str()), (Some(2), ""), "{wrong:#?}");
        assert_eq!(wrong.err.lines().count(), 1, "{wrong:#?}");
        assert!(wrong.err.contains("LONGLAG_ISA is `neon512`") && wrong.err.contains("portable"), "{wrong:#?}");
    }
    assert!(!folder.path("results").exists(), "something was written");
}
