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
    assert!(same.err.contains("0 changed, 0 missing"), "{}", same.err);
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
