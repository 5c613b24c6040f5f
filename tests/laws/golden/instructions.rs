//! The instructions that every registered cell compiles to, forward and backward.
//!
//! A change of these files is no broken promise: it shows what a change of the compiler does. `LONGLAG_BLESS=1` writes them anew.

use std::{collections::BTreeSet, fs, path::PathBuf};

use longlag::{
    component::{
        cell::CellSpec,
        task::{Dimensions, Goal},
    },
    engine::fused,
    model::{ModelSpec, Network},
};

use crate::support::bless::bless;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/instructions")
}

/// The listing of a layer of two inputs and as few units as the cell can be had with.
fn listing(cell: CellSpec) -> String {
    let fits = |&hidden: &usize| cell.misfit(2, hidden).is_none();
    let hidden = [4, 8, 16, 32].into_iter().find(fits).expect("a small cell");
    let heading = format!("{}: 2 inputs, {hidden} hidden units\n", cell.kind());
    let dimensions = Dimensions { inputs: 2, goal: Goal::Numbers(1), steps: 5 };
    let network = Network::new(&ModelSpec { cell, hidden, ..ModelSpec::default() }, dimensions);
    heading + &fused::listing(&network)
}

#[test]
fn cells_compile_to_the_committed_instructions() {
    for cell in CellSpec::all() {
        let file = folder().join(format!("{}.txt", cell.kind()));
        let found = listing(cell);
        if bless() {
            fs::create_dir_all(folder()).expect("a folder for listings");
            fs::write(&file, &found).expect("the listing is written");
        }
        let committed = fs::read_to_string(&file).unwrap_or_default();
        let differing = found.lines().zip(committed.lines()).find(|(found, committed)| found != committed);
        assert!(
            found == committed,
            "{} is not what the cell compiles to: first {differing:?}; if that is meant, run again with LONGLAG_BLESS=1",
            file.display()
        );
    }
}

#[test]
fn every_listing_is_of_a_registered_cell() {
    let files = fs::read_dir(folder()).expect("the listings are committed");
    let names: BTreeSet<String> =
        files.map(|file| file.expect("a file").path().file_stem().expect("a name").to_string_lossy().into()).collect();
    assert_eq!(names, CellSpec::NAMES.iter().map(|name| (*name).to_owned()).collect());
}
