//! `longlag run`.

use std::{io::Write, path::Path, sync::atomic::Ordering};

use super::{
    Exit, Failure, arguments,
    claims::judge,
    progress::Progress,
    tables::rendered,
    terminal::{print_error, room_to_draw, silence_panics_of_trials, stop_on_signals},
};
use crate::{
    plan::{Plan, PlanOptions},
    results::{
        claim::{self, verdicts},
        doubts,
        reach::reach_table,
        table::{self, Format, Results},
    },
    run::{Session, SessionOptions, Shard, StoredRun, Summary, Unmerged, baseline_folder, save_baseline},
    store::layout::RESULTS,
    text::{pluralize, shell_quote},
};

pub(super) fn run(options: &arguments::Run, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.backend.resolve()?;
    room_to_draw()?;
    if let Some(name) = &options.save_baseline {
        // Before anything is trained for it.
        baseline_folder(Path::new(RESULTS), name)?;
    }
    let keeping = options.checkpoints().is_some();
    let stop = stop_on_signals(if keeping { "kept as checkpoints" } else { "given up" })?;
    silence_panics_of_trials();
    let claims = options.expectations.claims()?;
    if !claims.is_empty() {
        // Before anything is trained for them.
        let (suite, plan) = options.suite.load_with(claims.clone())?;
        Plan::new(&suite, &PlanOptions { only: vec![], ..plan })?;
    }
    let (suite, plan) = options.suite.load()?;
    let session = SessionOptions {
        out: options.out.clone(),
        backend,
        jobs: options.jobs.map(usize::from),
        fail_fast: options.fail_fast,
        again: options.again,
        checkpoints: options.checkpoints(),
        timeout: options.timeout,
        max_time: options.max_time,
        shard: options.shard,
        plan,
    };
    let mut session = Session::open(suite, session)?;
    let of_the_folder =
        [("--expect judges", !claims.is_empty()), ("--save-baseline keeps", options.save_baseline.is_some())];
    if let (true, Some((what, _))) = (session.is_apart(), of_the_folder.into_iter().find(|(_, asked)| *asked)) {
        let dir = session.dir().display();
        return Err(Failure::usage(format!(
            "{what} a folder's own suite, and {dir} is of the suite without --set and --only; give this one a folder by --out DIR"
        )));
    }
    for warning in &session.plan().warnings {
        print_error(&format!("warning: {warning}"));
    }
    let Unmerged { trials, unread } = session.unmerged()?;
    if trials > 0 && !options.again {
        print_error(&format!(
            "warning: parts of the run have stored {} of those to do: stop this, and `longlag merge {}` takes them over",
            pluralize(trials as u64, "trial"),
            shell_quote(&session.dir().display().to_string())
        ));
    }
    for unread in unread {
        print_error(&format!("warning: {unread}"));
    }
    for unread in session.unread() {
        print_error(&format!("warning: {unread}"));
    }
    if let Some(caution) = session.store().caution() {
        print_error(&format!("warning: {caution}"));
    }
    for damage in session.damages() {
        print_error(&format!("damage: {damage}"));
    }
    if let Some(crowding) = session.crowding() {
        print_error(&format!("warning: {crowding}"));
    }
    let outdated = session.outdated();
    if !outdated.is_empty() {
        let parts: Vec<String> = outdated.iter().map(|(part, count)| format!("{count} computed {part}")).collect();
        let trials = pluralize(outdated.values().sum::<usize>() as u64, "stored trial");
        print_error(&format!("to be trained again: {trials}, {}", parts.join(", ")));
    }
    if let trials @ 1.. = session.without_model() {
        let trials = pluralize(trials as u64, "stored trial");
        print_error(&format!("to be trained again: {trials}, for the parameters that the suite keeps"));
    }
    let trainer = session.trainer();
    let summary = session.run(&trainer, &mut Progress::new(backend, options.quiet), &stop)?;
    if session.is_apart() && options.shard.is_none() {
        // The folder's own report says how many trials are stored beside those that it is of.
        let run = StoredRun::open(session.dir())?;
        run.write(&run.report()?)?;
    }
    if summary.interrupted {
        let rest = if options.again { "begins again with all" } else { "does the rest" };
        let why = if stop.load(Ordering::Relaxed) { "interrupted" } else { "the time of --max-time is over" };
        print_error(&format!(
            "{why}: {} of {} are stored; the same command {rest}",
            session.stored(),
            pluralize(session.planned(), "trial")
        ));
        return Ok(Exit::Interrupted);
    }
    if let Some(lost) = summary.lost {
        return Err(Failure::operational(format!(
            "the run ends early, with {} of {} stored: {lost}; the same command does the rest",
            session.stored(),
            pluralize(session.planned(), "trial")
        )));
    }
    if let Some(shard) = options.shard {
        return Ok(end_of_shard(&session, shard, &summary, options));
    }
    let (page, reported) = if session.is_apart() {
        (None, None)
    } else {
        let (report, results) = session.report_with_results()?;
        report.notes.iter().for_each(|note| print_error(note));
        (Some(session.write(&report)?), results)
    };
    if !options.quiet {
        // Claims may be about what probes measured, and a search's table has it.
        let no_claims = session.plan().claims().is_empty() && session.plan().along().is_none();
        let results = match reported {
            Some(results) => results,
            None if no_claims => session.results_without_probes()?,
            None => session.results()?,
        };
        show_results(&results, out)?;
        print_error(&page.map_or_else(
            || {
                let dir = session.dir().display();
                format!("report: none, that of {dir} is of the suite without --set and --only and stays; --out DIR makes one of this")
            },
            |page| format!("report: {}", page.display()),
        ));
    }
    if summary.failed > 0 {
        print_failures(&session);
        if options.save_baseline.is_some() {
            print_error("baseline: none, not every trial has a result");
        }
        return Ok(Exit::TrialsFailed);
    }
    let keep = || -> Result<(), Failure> {
        if let Some(name) = &options.save_baseline {
            print_error(&format!("baseline: {}", save_baseline(session.dir(), Path::new(RESULTS), name)?.display()));
        }
        Ok(())
    };
    if claims.is_empty() {
        keep()?;
        return Ok(Exit::Ok);
    }
    let results = StoredRun::open_with(session.dir(), claims)?.results()?;
    let verdicts = verdicts(&results);
    if !options.quiet {
        writeln!(out)?;
        out.write_all(rendered(Format::Table, &claim::table(&verdicts))?.as_bytes())?;
    }
    let exit = judge(&results.suite, &verdicts)?;
    match exit {
        Exit::Ok => keep()?,
        _ if options.save_baseline.is_some() => print_error("baseline: none, not every expectation is met"),
        _ => {}
    }
    Ok(exit)
}

/// Shows results in short: doubts, the summary or what was searched for, verdicts.
pub(super) fn show_results(results: &Results, out: &mut dyn Write) -> Result<(), Failure> {
    doubts(results).iter().for_each(|doubt| print_error(&doubt.to_string()));
    let shown = match &results.circumstances.reach {
        Some(found) => reach_table(found),
        None => table::summary(results),
    };
    out.write_all(rendered(Format::Table, &shown)?.as_bytes())?;
    if !results.claims.is_empty() {
        writeln!(out)?;
        out.write_all(rendered(Format::Table, &claim::table(&verdicts(results)))?.as_bytes())?;
    }
    Ok(())
}

/// Says how the trials ended that have no result.
fn print_failures(session: &Session) {
    let dir = session.dir().display().to_string();
    let dir = shell_quote(&dir);
    for (status, trials) in session.failures() {
        let (trials, status) = (pluralize(trials, "trial"), status.name());
        print_error(&format!(
            "{trials} ended as {status}: `longlag show {dir} --table trials --where status={status}` says why; the same command \
             tries again"
        ));
    }
}

/// Says how far a shard has come. The report is drawn of all of them together.
fn end_of_shard(session: &Session, shard: Shard, summary: &Summary, options: &arguments::Run) -> Exit {
    let run = options.out.join(session.suite().folder()).display().to_string();
    if !options.quiet {
        print_error(&format!(
            "shard {shard}: {} of {} are stored; `longlag merge {}` brings the shards together",
            session.stored(),
            pluralize(session.planned(), "trial"),
            shell_quote(&run)
        ));
    }
    if summary.failed > 0 {
        print_failures(session);
        return Exit::TrialsFailed;
    }
    match session.waiting() {
        0 => Exit::Ok,
        arms => {
            print_error(&format!(
                "{} for other shards to store the trials that choose settings; the same command goes on once they have",
                match arms {
                    1 => "1 arm waits".to_owned(),
                    arms => format!("{arms} arms wait"),
                }
            ));
            Exit::Unfinished
        }
    }
}
