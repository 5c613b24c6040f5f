//! Too little memory.

#[cfg(target_os = "linux")]
use crate::program::Folder;

/// A network that does not fit in the address space costs its own trial; before, the process aborted.
#[cfg(target_os = "linux")]
#[test]
fn a_network_too_large_for_the_memory_costs_its_own_trial() {
    let folder = Folder::new();
    folder.write(
        "large.yaml",
        "version: 1
name: large
replicates: 1
task: {kind: adding, length: 4}
model: {cell: elman, hidden: 4}
init: {recurrent: zeros}
train: {batch: 2, updates: 1, evaluate-every: 1, validation-sequences: 2, test-sequences: 2}
figures: []
sweep: [{kind: grid, over: {model.hidden: [4, 5000, 6]}}]
",
    );
    let program = env!("CARGO_BIN_EXE_longlag");
    let run = format!("ulimit -v 1000000; exec {program} run large.yaml --out out -j 2");
    let ended =
        std::process::Command::new("sh").args(["-c", &run]).current_dir(folder.path("")).output().expect("a shell");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(5), "{said}");
    assert!(said.contains("1 trial ended as out-of-memory: `longlag show out/large --table trials"), "{said}");
    assert!(said.contains("2 trials at a time may need "), "{said}");
    let shown =
        folder.run(&["show", "out/large", "--table", "trials", "--where", "status=out-of-memory", "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&shown.out).expect("JSON");
    let reason = rows[0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("it needs about 2.") && reason.contains(" are left by `ulimit -v`; lower "), "{reason}");
    let finished =
        folder.run(&["show", "out/large", "--table", "trials", "--where", "status=finished", "--format", "json"]);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&finished.out).expect("JSON").as_array().map(Vec::len),
        Some(2)
    );
}

/// A report that does not fit in the address space is refused in a sentence before anything is trained; before, the process aborted.
#[cfg(target_os = "linux")]
#[test]
fn a_report_too_large_for_the_memory_is_refused_in_a_sentence() {
    let folder = Folder::new();
    folder.write("small.yaml", crate::program::SMALL);
    folder.succeed(&["run", "small.yaml", "-q"]);
    let program = env!("CARGO_BIN_EXE_longlag");
    for command in ["report small", "report small --check", "run small.yaml --again"] {
        let run = format!("ulimit -v 200000; exec {program} {command}");
        let ended =
            std::process::Command::new("sh").args(["-c", &run]).current_dir(folder.path("")).output().expect("a shell");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{command}: {said}");
        assert!(
            said.starts_with("error: a report needs 320 MiB to be drawn, and ") && said.lines().count() == 1,
            "{said}"
        );
        assert!(said.trim_end().ends_with(" are left by `ulimit -v`; raise that limit"), "{said}");
    }
}
