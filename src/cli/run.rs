//! `longlag run`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    progress::Progress,
    terminal::{print_error, silence_panics_of_trials, stop_on_signals, width},
};
use crate::{
    results::table::{self, Format},
    run::{Session, SessionOptions},
    text::{pluralize, shell_quote},
};

pub(super) fn run(options: &arguments::Run, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.backend.resolve()?;
    let stop = stop_on_signals()?;
    silence_panics_of_trials();
    let (suite, plan) = options.suite.load()?;
    let session = SessionOptions {
        out: options.out.clone(),
        backend,
        jobs: options.jobs.map(usize::from),
        fail_fast: options.fail_fast,
        plan,
    };
    let mut session = Session::open(suite, session)?;
    for warning in &session.plan().warnings {
        print_error(&format!("warning: {warning}"));
    }
    let trainer = session.trainer();
    let summary = session.run(&trainer, &mut Progress::new(backend, options.quiet), &stop)?;
    if summary.interrupted {
        print_error(&format!(
            "interrupted: {} of {} are stored; the same command does the rest",
            session.stored(),
            pluralize(session.planned(), "trial")
        ));
        return Ok(Exit::Interrupted);
    }
    let report = session.report()?;
    report.notes.iter().for_each(|note| print_error(note));
    let page = session.write(&report)?;
    if !options.quiet {
        out.write_all(Format::Table.render(&table::summary(&session.results()?), width())?.as_bytes())?;
        print_error(&format!("report: {}", page.display()));
    }
    if summary.failed > 0 {
        print_error(&format!(
            "{} ended in an error: `longlag show {} --table trials --where status=error` says why; the same command \
             tries again",
            pluralize(summary.failed, "trial"),
            shell_quote(&session.dir().display().to_string())
        ));
        return Ok(Exit::TrialsFailed);
    }
    Ok(Exit::Ok)
}
