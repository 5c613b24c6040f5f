//! `longlag runs`.

use std::io::Write;

use super::{Exit, Failure, arguments, tables::rendered, terminal::print_error};
use crate::{results::table::Format, run::runs as list_runs};

pub(super) fn runs(options: &arguments::Runs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format: Format = options.format.parse()?;
    let runs = list_runs(&options.dir)?;
    out.write_all(rendered(format, &runs)?.as_bytes())?;
    if runs.rows.is_empty() {
        print_error(&format!("`{}` holds no runs; `longlag run SUITE.yaml` makes one", options.dir.display()));
    }
    Ok(Exit::Ok)
}
