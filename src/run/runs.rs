//! The runs in a folder.

use std::{fs, path::Path};

use super::{Standing, StoredRun, error::RunError};
use crate::{
    results::table::{Cell, Column, Table},
    store::{Manifest, Store, StoreError, layout},
    text::shortened,
};

/// One row per run in `dir`, by name: when it was trained last, how many of its trials are stored, by which program. A run that cannot
/// be read is told of in a line.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn runs(dir: &Path) -> Result<Table, RunError> {
    let entries = fs::read_dir(dir).map_err(StoreError::io("read the folder", dir))?;
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let is_run =
        |name: &String| [layout::RESOLVED, layout::MANIFEST].iter().any(|file| dir.join(name).join(file).is_file());
    let columns = vec![
        Column::text("run"),
        Column::text("trained (UTC)"),
        Column::number("trials"),
        Column::text("engine"),
        Column::number("NUMERICS"),
        Column::text("notes"),
    ];
    let rows = names.iter().filter(|name| is_run(name)).map(|name| row(name, &dir.join(name))).collect();
    Ok(Table { columns, rows, notes: vec![] })
}

/// The beginning of an error's first line, without the folder that the row is of.
fn in_short(error: &str, dir: &Path) -> String {
    let line = error.lines().next().unwrap_or_default().replace(&format!("{}/", dir.display()), "");
    shortened(line.split(';').next().unwrap_or_default())
}

fn row(name: &str, dir: &Path) -> Vec<Cell> {
    let manifest = Manifest::read(dir);
    let session = manifest.as_ref().ok().and_then(Manifest::last);
    let mut notes: Vec<String> = vec![];
    let trials = match StoredRun::open(dir) {
        Ok(run) => {
            let stored =
                run.plan().trials().filter(|trial| run.store.trials().contains_key(&run.plan().trial_id(*trial)));
            let Standing { unplanned, redefined, .. } = run.standing();
            let redefined: usize = redefined.values().sum();
            notes.extend(run.quick.then(|| "quick".to_owned()));
            // That of the manifest is told below.
            let damaged = run.store.damages().iter().map(|damage| damage.file.as_str());
            let damaged: Vec<&str> = damaged.filter(|file| *file != layout::MANIFEST).collect();
            notes.extend((!damaged.is_empty()).then(|| format!("damaged: {}", damaged.join(", "))));
            notes.extend((redefined > 0).then(|| format!("{redefined} would be computed otherwise now")));
            notes.extend((unplanned > 0).then(|| format!("{unplanned} of an earlier suite")));
            Cell::Progress { count: stored.count(), of: run.plan().len() }
        }
        Err(error) => {
            notes.push(format!("not read: {}", in_short(&error.to_string(), dir)));
            Store::read(dir).map_or(Cell::Null, |store| Cell::Integer(store.trials().len() as i128))
        }
    };
    match &manifest {
        Ok(manifest) => {
            notes.extend(manifest.changed.then(|| "changed by --set".to_owned()));
            let open = manifest.last().is_some_and(|session| session.ended.is_none());
            notes.extend(open.then(|| "running or killed".to_owned()));
        }
        Err(error) => notes.push(format!("not read: {}", in_short(&error.to_string(), dir))),
    }
    let when = session.map(|session| session.ended.as_ref().unwrap_or(&session.started));
    let text = |text: Option<String>| text.map_or(Cell::Null, Cell::Text);
    vec![
        Cell::Text(name.to_owned()),
        text(when.and_then(|when| when.get(..16)).map(|when| when.replacen('T', " ", 1))),
        trials,
        text(session.map(|session| format!("{} {}", session.engine, session.device))),
        session.map_or(Cell::Null, |session| Cell::Integer(session.numerics.into())),
        Cell::Text(notes.join("; ")),
    ]
}
