//! Comparing runs, from suites to the exit code.

use serde_json::Value;

use crate::program::{Folder, SMALL};

#[test]
fn a_run_is_held_against_a_baseline() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    let missing = folder.run(&["compare", "--baseline", "main", "small"]);
    assert_eq!(missing.code, Some(4), "{missing:?}");
    assert!(missing.err.contains("--save-baseline main"), "{}", missing.err);
    let ran = folder.succeed(&["run", file, "--save-baseline", "main"]);
    assert!(ran.err.contains("baseline: results/baselines/main"), "{}", ran.err);
    let kept = std::fs::read_to_string(folder.path("results/baselines/main/trials.csv")).unwrap();
    assert!(kept.starts_with("arm,replicate,trial_id,status,updates,solved,hash\n"), "{kept}");

    // The same again, from nothing.
    std::fs::remove_dir_all(folder.path("results/small")).unwrap();
    folder.succeed(&["run", file]);
    let same = folder.succeed(&["compare", "--baseline", "main", "small"]);
    assert!(same.err.contains("passed: 8 trials: 8 identical; 4 arms: 4 no change"), "{}", same.err);
    assert!(!same.out.contains("Trials whose bits"), "{}", same.out);

    // A longer training of the same arms is another training.
    let other =
        folder.write("other.yaml", &SMALL.replace("name: small", "name: other").replace("updates: 12", "updates: 16"));
    folder.succeed(&["run", other]);
    let found = folder.run(&["compare", "small", "other", "--format", "json"]);
    let json: Value = serde_json::from_str(&found.out).unwrap();
    // Two replicates show nothing.
    assert_eq!((found.code, &json["arms"][0]["standing"]), (Some(4), &Value::from("too few replicates")));
    assert_eq!(json["arms"][0]["effects"][0]["n"], 2);
    assert_eq!(json["settings"][0]["path"], "train.updates", "{json}");
    assert_eq!((json["settings"][0]["before"].as_u64(), json["settings"][0]["now"].as_u64()), (Some(12), Some(16)));
    assert_eq!(json["arms"][0]["same-settings"], false);
    assert_eq!((json["verdict"].as_str(), json["suite-now"].as_str()), (Some("incomplete"), Some("other")));

    // Another seed is a setting, and other trials.
    folder.succeed(&["run", file, "--set", "seed=7", "--out", "seeded"]);
    let seeded = folder.run(&["compare", "small", "seeded/small", "--format", "json"]);
    let json: Value = serde_json::from_str(&seeded.out).unwrap();
    assert_eq!((seeded.code, json["changed"].as_u64()), (Some(4), Some(0)), "{json}");
    assert_eq!((&json["settings"][0]["path"], &json["settings"][0]["now"]), (&Value::from("seed"), &Value::from(7)));

    // Whoever reads the output, and however little of it, the exit is the verdict.
    let program = env!("CARGO_BIN_EXE_longlag");
    let read = format!("{program} compare small other | head -c 0; exit ${{PIPESTATUS[0]}}");
    let ended = std::process::Command::new("bash").args(["-c", &read]).current_dir(folder.path("")).output().unwrap();
    assert_eq!(ended.status.code(), Some(4));

    // Wherever the run is, its baseline is where `compare` looks for it.
    let kept = folder.succeed(&["run", file, "--out", "elsewhere", "--save-baseline", "main"]);
    assert!(kept.err.contains("baseline: results/baselines/main"), "{}", kept.err);
    let left: Vec<String> = std::fs::read_dir(folder.path("results/baselines"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(left, ["main"]);
    // Of a version that this program does not know nothing is judged.
    let manifest = folder.path("elsewhere/small/manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let schema = text.lines().find(|line| line.contains("\"schema\"")).unwrap();
    std::fs::write(&manifest, sealed_anew(&text.replace(schema, "  \"schema\": 99,"))).unwrap();
    let newer = folder.run(&["compare", "small", "elsewhere/small"]);
    assert!(newer.code == Some(1) && newer.err.contains("schema version 99"), "{}", newer.err);
    // A workflow takes no row of a table for a command.
    let run = format!("GITHUB_ACTIONS=1 {program} show small | cat");
    let ended = std::process::Command::new("bash").args(["-c", &run]).current_dir(folder.path("")).output().unwrap();
    let shown = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(shown.starts_with("::stop-commands::longlag-") && shown.trim_end().ends_with("::"), "{shown}");
}

/// A manifest as the program that wrote it would have left it: with the BLAKE3 of its text, where zeros stand for it.
fn sealed_anew(text: &str) -> String {
    let start = text.rfind("\"checksum\": \"").expect("a checksum") + "\"checksum\": \"".len();
    let with = |digits: &str| [&text[..start], digits, &text[start + 64..]].concat();
    with(&blake3::hash(with(&"0".repeat(64)).as_bytes()).to_hex())
}

#[test]
fn mistakes_are_told_in_a_sentence() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    for (arguments, said) in [
        (&["compare", "a"][..], "name two runs"),
        (&["compare", "a", "b", "--baseline", "c"], "name one run"),
        (&["compare", "a", "b"], "`a` holds no results"),
        (&["compare", "a", "b", "--threshold", "-1"], "at least 0"),
        (&["compare", "a", "b", "--alpha", "2"], "at most 0.5"),
        (&["compare", "a", "--baseline", "../b"], "cannot be called `../b`"),
        (&["run", file, "--save-baseline", "A b"], "cannot be called `A b`"),
    ] {
        let complaint = folder.refuse(arguments);
        assert!(complaint.contains(said), "{arguments:?}: {complaint}");
    }
    assert!(!folder.path("results/small").exists(), "nothing is trained for a baseline of no name");
}
