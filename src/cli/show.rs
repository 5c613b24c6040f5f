//! `longlag show`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    components::one_of,
    terminal::{print_error, width},
};
use crate::{
    results::{doubts, table::Format},
    run::{RunTable, StoredRun},
    text::{Condition, pluralize},
};

pub(super) fn show(options: &arguments::Show, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format: Format = options.format.parse()?;
    let conditions: Vec<Condition> = options.conditions.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let table = RunTable::from_name(&options.table).ok_or_else(|| {
        let hint = one_of(&options.table, &RunTable::ALL.map(RunTable::name));
        Failure::usage(format!("unknown table `{}`; {hint}", options.table))
    })?;
    let run = StoredRun::open(&options.folder.run)?;
    let shown = run.table(table, &conditions, options.all)?;
    if table == RunTable::Summary {
        doubts(&run.results()?).iter().for_each(|doubt| print_error(&doubt.to_string()));
    } else if let left_out @ 1.. = run.unplanned()
        && table != RunTable::Tuning
        && !options.all
    {
        let trials = pluralize(left_out as u64, "stored trial");
        print_error(&format!("left out: the rows of {trials} no longer in the plan; --all shows them"));
    }
    if shown.rows.is_empty() {
        let why = if conditions.is_empty() { table.why_empty() } else { "no row meets every --where".to_owned() };
        print_error(&why);
    }
    out.write_all(format.render(&shown, width())?.as_bytes())?;
    Ok(Exit::Ok)
}
