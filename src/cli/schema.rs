//! `longlag schema` and `longlag completions`.

use std::io::Write;

use clap::CommandFactory as _;

use super::{Exit, Failure, arguments};
use crate::suite::{SuiteFile, editor_schema};

pub(super) fn schema(out: &mut dyn Write) -> Result<Exit, Failure> {
    writeln!(out, "{:#}", editor_schema::<SuiteFile>())?;
    Ok(Exit::Ok)
}

pub(super) fn completions(options: &arguments::Completions, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut command = arguments::Arguments::command();
    // Written to memory first: the generator panics where a pipe is closed.
    let mut text = vec![];
    clap_complete::generate(options.shell, &mut command, "longlag", &mut text);
    out.write_all(&text)?;
    Ok(Exit::Ok)
}
