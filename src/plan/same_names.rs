//! Cells of different equations under one name.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{planned::Planned, version::Versions};
use crate::{component::cell::CellSpec, suite::Section};

/// For each name that cells of different equations have a sentence that says so.
pub(super) fn warnings(versions: &Versions, arms: &[Planned]) -> Vec<String> {
    let mut looked_at = HashSet::new();
    let mut cells: BTreeMap<&str, BTreeSet<[&str; 2]>> = BTreeMap::new();
    for arm in arms.iter().filter(|arm| looked_at.insert(arm.key[Section::Model])) {
        if let CellSpec::Equations(cell) = &versions.model(&arm.key).cell
            && let Some(name) = &cell.name
        {
            cells.entry(name).or_default().insert([&cell.step, &cell.output]);
        }
    }
    let several = cells.into_iter().filter(|(_, texts)| texts.len() > 1);
    let sentence = |(name, texts): (&str, BTreeSet<[&str; 2]>)| {
        let count = texts.len();
        format!(
            "{count} cells of different equations have the name `{name}`; give each its own, or labels show the equations"
        )
    };
    several.map(sentence).collect()
}
