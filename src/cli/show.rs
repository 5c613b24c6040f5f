//! `longlag show`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    registered::choice,
    results::{RunResults, layout},
    tuning,
};
use crate::{
    results::table::{self, Condition, Format, View},
    store::{Link, Metric, Probe},
};

/// The tables that can be shown.
const TABLES: [&str; 6] = ["summary", "tuning", "trials", "metrics", "probes", "chains"];

pub(super) fn show(options: &arguments::Show, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format: Format = options.format.parse()?;
    let conditions: Vec<Condition> = options.conditions.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    if !TABLES.contains(&options.table.as_str()) {
        let message = format!("unknown table `{}`; {}", options.table, choice(&options.table, &TABLES));
        return Err(Failure::usage(message));
    }
    let run = RunResults::open(&options.folder.run)?;
    let view = if options.table == "summary" {
        if !conditions.is_empty() {
            return Err(Failure::usage("--where picks rows of trials, metrics, probes or chains; add --table trials"));
        }
        table::summary(&run.gather()?)
    } else if options.table == "tuning" {
        if !conditions.is_empty() {
            let message = "--where picks rows of trials; add --table trials, where tuning has `stage=tuning`";
            return Err(Failure::usage(message));
        }
        let message = "the suite tunes nothing; `tune` in a suite chooses settings for each arm";
        tuning::trials(&run.stages, &run.store)?.ok_or_else(|| Failure::usage(message))?
    } else {
        // Every table can be asked by the arm and the swept settings, which are columns of trials.
        let trials = run.store.trials_frame(&layout(&run.stages))?;
        let frame = match options.table.as_str() {
            "metrics" => table::select(&run.store.frame::<Metric>()?, Some(&trials), &conditions)?,
            "probes" => table::select(&run.store.frame::<Probe>()?, Some(&trials), &conditions)?,
            "chains" => table::select(&run.store.frame::<Link>()?, Some(&trials), &conditions)?,
            _ => table::select(&trials, None, &conditions)?,
        };
        View::from_frame(&frame)?
    };
    if view.rows.is_empty() {
        let why = match options.table.as_str() {
            _ if !conditions.is_empty() => "no row meets every --where".to_owned(),
            "probes" => "the suite has no probes, or no trial has a result yet".to_owned(),
            "chains" => "no trial has a result yet, or all were stored by a version without chains".to_owned(),
            table => format!("`{table}` has no rows yet"),
        };
        super::run::eprintln_quietly(&why);
    }
    out.write_all(format.render(&view, super::run::terminal_width())?.as_bytes())?;
    Ok(Exit::Ok)
}
