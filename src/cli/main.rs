//! The program: parses, calls a command, tells how it ended.

use std::{
    ffi::OsString,
    io::{self, Write as _},
};

use clap::Parser as _;

use super::{
    Exit, Failure,
    arguments::{Arguments, Command},
    audit, check, claims, compare, completion, components, describe, man, merge, plan, predict, reference, report,
    reproduce, run, runs, schema, show, submit, terminal,
};

/// Runs the program and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    terminal::survive_full_files();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(exit) = completion::answer(&arguments) {
        return exit;
    }
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for, everything else is misuse; a closed pipe is neither's fault.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Ok };
        }
    };
    // Those whose exit says what was found.
    let judges = matches!(
        arguments.command,
        Command::Run(_)
            | Command::Check(_)
            | Command::Claims(_)
            | Command::Compare(_)
            | Command::Report(_)
            | Command::Reproduce(_)
    );
    let stdout = io::stdout().lock();
    let mut out: Box<dyn io::Write> = if judges { Box::new(terminal::Patient(stdout)) } else { Box::new(stdout) };
    let done = match arguments.command {
        Command::Run(options) => run::run(&options, &mut out),
        Command::Plan(options) => plan::plan(&options, &mut out),
        Command::Check(options) => check::check(&options, &mut out),
        Command::List(options) => components::list(&options, &mut out),
        Command::Describe(options) => describe::describe(&options, &mut out),
        Command::Reference(options) => reference::reference(&options, &mut out),
        Command::Show(options) => show::show(&options, &mut out),
        Command::Runs(options) => runs::runs(&options, &mut out),
        Command::Claims(options) => claims::claims(&options, &mut out),
        Command::Compare(options) => compare::compare(&options, &mut out),
        Command::Submit(options) => submit::submit(&options, &mut out),
        Command::Merge(options) => merge::merge(&options, &mut out),
        Command::Report(options) => report::report(&options, &mut out),
        Command::Reproduce(options) => reproduce::reproduce(&options, &mut out),
        Command::Audit(options) => audit::audit(&options, &mut out),
        Command::Predict(options) => predict::predict(&options, &mut out),
        Command::Schema => schema::schema(&mut out),
        Command::Completions(options) => completion::completions(&options, &mut out),
        Command::Man(options) => man::man(&options, &mut out),
    };
    match done.and_then(|exit| out.flush().map(|()| exit).map_err(Failure::from)) {
        Ok(exit) => exit,
        // `longlag … | head` ends quietly.
        Err(Failure { broken_pipe: true, .. }) => Exit::Ok,
        Err(failure) => {
            terminal::print_error(&failure.to_string());
            failure.exit
        }
    }
}
