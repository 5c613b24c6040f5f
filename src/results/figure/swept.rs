//! The swept settings of a plan by path.

use std::collections::BTreeSet;

use super::picture::NothingToDraw;
use crate::results::table::{Arm, Results, Setting};

/// The paths at which arms differ, in the order of the plan.
pub(super) fn paths(plan: &Results) -> Vec<String> {
    let mut found: Vec<(&str, BTreeSet<&str>)> = vec![];
    for setting in plan.arms.iter().flat_map(|arm| &arm.arm.swept) {
        match found.iter_mut().find(|(path, _)| *path == setting.path) {
            Some((_, texts)) => drop(texts.insert(&setting.text)),
            None => found.push((&setting.path, BTreeSet::from([setting.text.as_str()]))),
        }
    }
    found.into_iter().filter(|(_, texts)| texts.len() > 1).map(|(path, _)| path.to_owned()).collect()
}

/// The setting of an arm at `path`; absent where its components lack it.
pub(super) fn value<'a>(arm: &'a Arm, path: &str) -> Option<&'a Setting> {
    arm.swept.iter().find(|setting| setting.path == path)
}

/// The swept path that a figure's setting `what` names; the quotes of a name with dots may be left out.
///
/// # Errors
/// When it is not swept.
pub(super) fn resolve(plan: &Results, what: &str, wanted: &str) -> Result<String, NothingToDraw> {
    let bare = |path: &str| path.replace('"', "");
    let known = paths(plan);
    if let Some(path) = known.iter().find(|path| bare(path) == bare(wanted)) {
        return Ok(path.clone());
    }
    Err(unknown(plan, what, wanted))
}

/// The complaint that a figure's setting `what` names a path that is not swept.
pub(super) fn unknown(plan: &Results, what: &str, wanted: &str) -> NothingToDraw {
    let known: Vec<String> = paths(plan).iter().map(|path| format!("`{path}`")).collect();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    NothingToDraw(format!("`{what}: {wanted}` is not swept by this suite; it sweeps {known}"))
}

/// How two settings are swept against each other.
pub(super) struct Crossing {
    /// The pairs of values that arms have.
    pub pairs: usize,
    /// Whether these are all pairs of their values.
    pub is_full: bool,
}

/// How the settings at `row` and `column` are swept against each other; no pairs where either has one value only.
pub(super) fn crossed(plan: &Results, row: &str, column: &str) -> Crossing {
    let both = plan.arms.iter().filter_map(|arm| Some((value(&arm.arm, row)?, value(&arm.arm, column)?)));
    let pairs: BTreeSet<(&str, &str)> = both.map(|(row, column)| (row.text.as_str(), column.text.as_str())).collect();
    let rows: BTreeSet<&str> = pairs.iter().map(|(row, _)| *row).collect();
    let columns: BTreeSet<&str> = pairs.iter().map(|(_, column)| *column).collect();
    if rows.len() < 2 || columns.len() < 2 {
        return Crossing { pairs: 0, is_full: false };
    }
    Crossing { pairs: pairs.len(), is_full: pairs.len() == rows.len() * columns.len() }
}
