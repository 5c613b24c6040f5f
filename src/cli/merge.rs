//! `longlag merge`.

use std::io::Write;

use super::{Exit, Failure, arguments, run::show_results, terminal::print_error};
use crate::{
    run::{StoredRun, merge as bring_together},
    text::{pluralize, shell_quote},
};

/// The most trials of other bits that are told of one by one.
const SHOWN: usize = 10;

pub(super) fn merge(options: &arguments::Merge, out: &mut dyn Write) -> Result<Exit, Failure> {
    let (run, others) = options.runs.split_first().ok_or_else(|| Failure::usage("give the folder of a run"))?;
    let merged = bring_together(run, others)?;
    for left_out in &merged.left_out {
        print_error(&left_out.to_string());
    }
    if !merged.conflicts.is_empty() {
        for conflict in merged.conflicts.iter().take(SHOWN) {
            print_error(&format!("error: {conflict}"));
        }
        if let Some(more @ 1..) = merged.conflicts.len().checked_sub(SHOWN) {
            print_error(&format!("error: and {more} more"));
        }
        print_error(
            "nothing is merged: `longlag reproduce` with one folder and the other tells which of them does not repeat; move that one away",
        );
        return Ok(Exit::Mismatch);
    }
    let dir = merged.dir.display().to_string();
    let run = StoredRun::open(&merged.dir)?;
    let report = run.report()?;
    report.notes.iter().for_each(|note| print_error(note));
    let page = run.write(&report)?;
    if !options.quiet {
        show_results(&run.results()?, out)?;
        print_error(&format!(
            "merged: {} of {} into {dir}; {} of {} are stored",
            pluralize(merged.taken as u64, "trial"),
            pluralize(merged.folders as u64, "folder"),
            merged.stored,
            pluralize(merged.planned as u64, "trial")
        ));
        print_error(&format!("report: {}", page.display()));
    }
    for (status, trials) in &merged.failures {
        let (trials, status, dir) = (pluralize(*trials as u64, "trial"), status.name(), shell_quote(&dir));
        print_error(&format!(
            "{trials} ended as {status}: `longlag show {dir} --table trials --where status={status}` says why"
        ));
    }
    Ok(if !merged.failures.is_empty() {
        Exit::TrialsFailed
    } else if !merged.complete {
        print_error("unfinished: train what is missing by the same command as before, then merge again");
        Exit::Unfinished
    } else if merged.left_out.is_empty() {
        Exit::Ok
    } else {
        Exit::NothingComparable
    })
}
