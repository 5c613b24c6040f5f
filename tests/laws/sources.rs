//! The sources' doc comments, and what they may call.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Beginnings of what only the line before explains, or of a question.
const FRAGMENTS: [&str; 11] = [
    "What ",
    "Those ",
    "Also ",
    "Likewise",
    "Ditto",
    "As above",
    "The same as ",
    "The same for ",
    "The same in ",
    "The same with ",
    "The same, ",
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

/// A doc comment is shown alone by rustdoc: it is a sentence or a noun phrase about its item.
#[test]
fn doc_comments_can_be_read_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = vec![];
    for path in ["src", "tests", "benches"].iter().flat_map(|folder| files(&root.join(folder))) {
        let name = path.strip_prefix(root).expect("a file of the project").display().to_string();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut before = None;
        for (number, line) in text.lines().enumerate() {
            let now = doc(line);
            let begins =
                before.is_none() && now.is_some_and(|now| FRAGMENTS.iter().any(|fragment| now.starts_with(fragment)));
            wrong.extend(begins.then(|| format!("{name}:{}: {}", number + 1, line.trim())));
            before = now;
        }
    }
    assert!(wrong.is_empty(), "doc comments that cannot be read alone:\n{}", wrong.join("\n"));
}

/// Files that read the system's own files, or open a folder to sync it; all others read by `store::read_regular` and its kin.
const READERS: [&str; 5] =
    ["src/data/regular.rs", "src/data/memory.rs", "src/store/atomic.rs", "src/store/machine.rs", "src/run/memory.rs"];

/// A pipe where a file is meant would be waited for for ever.
#[test]
fn files_of_users_are_read_as_regular_files_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = vec![];
    for path in files(&root.join("src")) {
        let name = path.strip_prefix(root).expect("a file of the project").display().to_string();
        let of_tests = name.contains("/tests") || name.contains("laws") || name.contains("results/figure/");
        if of_tests || READERS.contains(&name.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let compiled = text.split("#[cfg(test)]").next().unwrap_or_default().split("#[cfg(all(test").next();
        for (number, line) in compiled.unwrap_or_default().lines().enumerate() {
            let reads = ["fs::read(", "fs::read_to_string(", "File::open("].iter().any(|call| line.contains(call));
            wrong.extend(reads.then(|| format!("{name}:{}: {}", number + 1, line.trim())));
        }
    }
    assert!(wrong.is_empty(), "read with `store::read_regular` or its kin:\n{}", wrong.join("\n"));
}
