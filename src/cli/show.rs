//! `longlag show`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    components::one_of,
    terminal::{print_error, width},
};
use crate::{
    results::{
        Doubt, doubts,
        table::{Format, TableWriter, summary},
    },
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
    let mut writer = TableWriter::new(format, width(), out);
    if table == RunTable::Summary && conditions.is_empty() {
        // The doubts are about the same results, which are read once.
        let results = run.results_without_probes()?;
        writer.part(summary(&results))?;
        doubts(&results).iter().for_each(|doubt| print_error(&doubt.to_string()));
    } else {
        run.table_parts::<Failure>(table, &conditions, options.all, &mut |part| Ok(writer.part(part)?))?;
        if let left_out @ 1.. = run.unplanned()
            && !matches!(table, RunTable::Tuning | RunTable::TuningBudget | RunTable::Claims)
            && !options.all
        {
            let trials = pluralize(left_out as u64, "stored trial");
            print_error(&format!("left out: the rows of {trials} no longer in the plan; --all shows them"));
        }
        let parts = run.redefined();
        if !parts.is_empty() {
            print_error(&Doubt::Redefined { parts }.to_string());
        }
    }
    let (rows, written) = writer.finish()?;
    if rows == 0 {
        let why = if conditions.is_empty() { table.why_empty() } else { "no row meets every --where".to_owned() };
        print_error(&why);
    }
    if written < rows {
        let rest = pluralize(rows - written, "more row");
        print_error(&format!("… and {rest}; `--format csv` and `--format json` write all, --where picks some"));
    }
    Ok(Exit::Ok)
}
