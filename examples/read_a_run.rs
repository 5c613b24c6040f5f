#![expect(clippy::print_stdout, reason = "it shows what it finds")]

use std::{env, error::Error, path::Path};

use longlag::{
    results::table::{Condition, Format, SortKey, View},
    run::{RunTable, StoredRun},
};

/// Prints the ten trials of a run that learnt best.
fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).unwrap_or_else(|| "results/published/vanishing".to_owned());
    let run = StoredRun::open(Path::new(&folder))?;
    let finished: Condition = "status=finished".parse()?;
    let trials = run.table(RunTable::Trials, &[finished], false)?;
    let view = View {
        sort: vec![SortKey::read("test_loss")],
        limit: Some(10),
        columns: ["arm", "replicate", "updates", "test_loss"].map(str::to_owned).to_vec(),
        ..View::default()
    };
    print!("{}", Format::Table.render(&view.of(trials)?, None)?);
    Ok(())
}
