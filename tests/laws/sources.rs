//! The sources' doc comments.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Rooms whose doc comments are not yet sentences of their own.
const TO_DO: &[&str] = &[
    "benches",
    "src/cli",
    "src/component/clip",
    "src/component/constraint",
    "src/component/curriculum",
    "src/component/optim",
    "src/component/probe",
    "src/component/regularizer",
    "src/component/schedule",
    "src/compute",
    "src/engine",
    "src/graph",
    "src/model",
    "src/plan",
    "src/results",
    "src/run",
    "src/stats",
    "src/store",
    "src/suite",
    "src/text",
    "src/train",
    "tests/laws/training",
];

/// The Rust files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let below = paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    below.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The text of a doc comment's line.
fn doc(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::trim_start)
}

/// rustdoc shows a doc comment alone: it is a sentence or a noun phrase about its item, where "What …" is neither.
#[test]
fn no_doc_comment_begins_with_what() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = vec![];
    for path in ["src", "tests", "benches"].iter().flat_map(|folder| files(&root.join(folder))) {
        let name = path.strip_prefix(root).expect("a file of the project").display().to_string();
        if TO_DO.iter().any(|room| name.starts_with(room)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut before = None;
        for (number, line) in text.lines().enumerate() {
            let now = doc(line);
            let begins = now.is_some_and(|now| now.starts_with("What ")) && before.is_none();
            wrong.extend(begins.then(|| format!("{name}:{}: {}", number + 1, line.trim())));
            before = now;
        }
    }
    assert!(wrong.is_empty(), "doc comments that cannot be read alone:\n{}", wrong.join("\n"));
}
