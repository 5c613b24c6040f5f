//! The README's map of the sources, and the code and the paths that it shows.

use std::{collections::BTreeSet, fs, path::Path};

const README: &str = include_str!("../../README.md");

/// The folders in `folder`, by name.
fn folders(folder: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let folders = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
}

fn map() -> &'static str {
    let (_, section) = README.split_once("## Find your way").expect("the section");
    let (_, block) = section.split_once("```text\n").expect("the map");
    block.split_once("```").expect("the end of the map").0
}

/// Every folder of the sources is on the map as `src/NAME/`, and nothing else is.
#[test]
fn the_map_names_every_folder() {
    let places = map().split_whitespace().filter_map(|word| word.strip_prefix("src/")?.strip_suffix('/'));
    let named: BTreeSet<String> = places.map(str::to_owned).collect();
    assert_eq!(named, folders("src"), "README, `Find your way`");
}

/// Rooms with folders of their own are told folder by folder.
#[test]
fn the_map_names_the_folders_of_the_larger_rooms() {
    for room in ["component", "compute", "results"] {
        let (_, line) = map().split_once(&format!("src/{room}/")).expect("a line of the room");
        let told = line.split_once("\nsrc/").map_or(line, |(told, _)| told);
        let words: BTreeSet<&str> = told.split(|c: char| !c.is_alphanumeric()).collect();
        for folder in folders(&format!("src/{room}")) {
            assert!(words.contains(folder.as_str()), "README, `Find your way`: {room} has a folder `{folder}`");
        }
    }
}

/// The cell that a newcomer copies is the one that is compiled.
#[test]
fn the_cell_to_copy_is_a_cell_of_the_sources() {
    let file = include_str!("../../src/component/cell/ugrnn.rs");
    assert!(README.contains(&format!("```rust\n{file}```\n")), "README, `Add a cell`, does not show ugrnn.rs");
}

/// Every quoted path is there, but for the task that a newcomer adds and for names to fill in.
#[test]
fn paths_lead_somewhere() {
    let quoted = README.split('`').skip(1).step_by(2);
    let rooms = ["src/", "tests/", "scripts/", "suites/", "examples/"];
    for path in quoted.filter(|path| rooms.iter().any(|room| path.starts_with(room))) {
        let to_add = path.contains("NAME") || path == "src/component/task/even_pairs.rs";
        let first = path.split_whitespace().next().expect("a path");
        assert!(to_add || Path::new(env!("CARGO_MANIFEST_DIR")).join(first).exists(), "README: there is no {path}");
    }
}
