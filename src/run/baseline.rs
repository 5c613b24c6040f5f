//! Baselines: what later runs are compared with, small enough to be committed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{StoredRun, error::RunError};
use crate::{
    results::table::{Cell, Column, Format, Table},
    store::{Link, MetricRow, Row as _, StoreError, TrialRow, layout, read_regular, write_atomically},
};

/// One line per trial, so that a new baseline is a readable change of the old one.
const TRIALS: &str = "trials.csv";

/// The folder of the baseline `name` in the folder of results `results`.
///
/// # Errors
///
/// When the name is more than small letters, digits and single hyphens between them.
pub fn baseline_folder(results: &Path, name: &str) -> Result<PathBuf, RunError> {
    let is_plain =
        |part: &str| !part.is_empty() && part.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit());
    if name.len() > 64 || !name.split('-').all(is_plain) {
        return Err(RunError::BaselineName { name: name.to_owned() });
    }
    Ok(results.join(layout::BASELINES).join(name))
}

/// Copies what comparing needs of the finished run in `dir` (the suite with its defaults, manifest, the tables without probes) into the baseline `name`,
/// whose files it replaces, and gives its folder.
///
/// # Errors
///
/// When the name is not plain, or a file cannot be read or written.
pub fn save_baseline(dir: &Path, results: &Path, name: &str) -> Result<PathBuf, RunError> {
    let kept = baseline_folder(results, name)?;
    let run = StoredRun::open(dir)?;
    // Written whole beside the one that is there: a baseline is never part of one run and part of another.
    let beside = |what: &str| kept.with_file_name(format!(".{name}.{what}"));
    let (to, old) = (beside("new"), beside("old"));
    for left in [&to, &old] {
        remove(left)?;
    }
    fs::create_dir_all(&to).map_err(StoreError::io("create the folder", &to))?;
    let tables = [TrialRow::TABLE, MetricRow::TABLE, Link::TABLE].map(layout::table);
    let files = [layout::RESOLVED, layout::MANIFEST].into_iter().chain(tables.iter().map(String::as_str));
    for file in files {
        let (from, to) = (dir.join(file), to.join(file));
        let bytes = read_regular(&from).map_err(StoreError::io("read", &from))?;
        write_atomically(&to, &bytes).map_err(StoreError::io("write", &to))?;
    }
    let path = to.join(TRIALS);
    let lines = Format::Csv.render(&trials(&run)?, None).unwrap_or_default();
    write_atomically(&path, lines.as_bytes()).map_err(StoreError::io("write", &path))?;
    if kept.exists() {
        fs::rename(&kept, &old).map_err(StoreError::io("move", &kept))?;
    }
    fs::rename(&to, &kept).map_err(StoreError::io("move", &to))?;
    remove(&old)?;
    Ok(kept)
}

/// Removes a folder of ours, if it is there.
fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", folder)(error)),
        _ => Ok(()),
    }
}

/// The trials of a run, one per line.
fn trials(run: &StoredRun) -> Result<Table, RunError> {
    let columns = vec![
        Column::text("arm"),
        Column::number("replicate"),
        Column::text("trial_id"),
        Column::text("status"),
        Column::number("updates"),
        Column::text("solved"),
        Column::text("hash"),
    ];
    let results = run.results_without_probes()?;
    let rows = results.arms.iter().flat_map(|arm| arm.trials.iter().map(|trial| (&arm.arm.label, &trial.trial)));
    let rows = rows.map(|(arm, trial)| {
        vec![
            Cell::Text(arm.clone()),
            Cell::Integer(trial.replicate.into()),
            Cell::Text(trial.trial_id.clone()),
            Cell::Text(trial.status.name().to_owned()),
            Cell::Integer(trial.updates.into()),
            trial.solved.map_or(Cell::Null, Cell::Boolean),
            Cell::Text(trial.hash.clone()),
        ]
    });
    Ok(Table { columns, rows: rows.collect(), notes: vec![] })
}
