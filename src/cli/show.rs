//! `longlag show`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    components::one_of,
    terminal::{print_error, width},
};
use crate::{
    results::table::Format,
    run::{RunTable, StoredRun},
    text::Condition,
};

pub(super) fn show(options: &arguments::Show, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format: Format = options.format.parse()?;
    let conditions: Vec<Condition> = options.conditions.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let table = RunTable::from_name(&options.table).ok_or_else(|| {
        let hint = one_of(&options.table, &RunTable::ALL.map(RunTable::name));
        Failure::usage(format!("unknown table `{}`; {hint}", options.table))
    })?;
    let shown = StoredRun::open(&options.folder.run)?.table(table, &conditions)?;
    if shown.rows.is_empty() {
        let why = if conditions.is_empty() { table.why_empty() } else { "no row meets every --where".to_owned() };
        print_error(&why);
    }
    out.write_all(format.render(&shown, width())?.as_bytes())?;
    Ok(Exit::Ok)
}
