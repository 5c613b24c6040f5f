//! Tables on standard output.

use std::io::stdout;

use super::{Failure, github, terminal::width};
use crate::results::table::{Format, Table};

/// The table as whoever reads stdout takes it. In a workflow no row of a table for readers is taken for a command, whatever a suite calls
/// its arms.
///
/// # Errors
///
/// As of [`Format::render`].
pub(super) fn rendered(format: Format, table: &Table) -> Result<String, Failure> {
    let text = format.render(table, width())?;
    Ok(match fence(format) {
        Some([stop, resume]) => stop + &text + &resume,
        None => text,
    })
}

/// The lines around a table of this format where stdout is the log of a step of a workflow.
pub(super) fn fence(format: Format) -> Option<[String; 2]> {
    (matches!(format, Format::Table) && github::is_active() && !is_stdout_a_file()).then(github::fence)
}

fn is_stdout_a_file() -> bool {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        let stdout = stdout().as_fd().try_clone_to_owned().map(std::fs::File::from);
        stdout.and_then(|file| file.metadata()).is_ok_and(|metadata| metadata.is_file())
    }
    #[cfg(not(unix))]
    false
}
