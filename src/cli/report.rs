//! `longlag report`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    terminal::{opened, print_error, room_to_draw},
};
use crate::run::StoredRun;

pub(super) fn report(options: &arguments::Report, out: &mut dyn Write) -> Result<Exit, Failure> {
    room_to_draw()?;
    let run = opened(|| {
        let run = StoredRun::open(&options.folder.run)?;
        // No report is drawn without it: that it is damaged is then said once.
        run.store.manifest()?;
        Ok(run)
    })?;
    let report = run.report()?;
    report.notes.iter().for_each(|note| print_error(note));
    if !options.check {
        writeln!(out, "{}", run.write(&report)?.display())?;
        return Ok(Exit::Ok);
    }
    let stale = run.stale(&report);
    for path in &stale {
        print_error(&format!("stale: {}", path.display()));
    }
    Ok(if stale.is_empty() { Exit::Ok } else { Exit::Mismatch })
}
