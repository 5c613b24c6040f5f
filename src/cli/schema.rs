//! `longlag schema`.

use std::io::Write;

use super::{Exit, Failure};
use crate::suite::{SuiteFile, editor_schema};

pub(super) fn schema(out: &mut dyn Write) -> Result<Exit, Failure> {
    writeln!(out, "{:#}", editor_schema::<SuiteFile>())?;
    Ok(Exit::Ok)
}
