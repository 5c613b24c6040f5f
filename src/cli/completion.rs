//! `longlag completions`, and the answers to a shell that completes a line by the script that it prints.

use std::{ffi::OsString, io::Write};

use clap::CommandFactory as _;
use clap_complete::{ArgValueCandidates, CompleteEnv, env::Shells};

use super::{Exit, Failure, arguments, candidates, kinds::kind, terminal::print_error};

/// The variable in which the script of a shell names the shell.
const ASKING: &str = "LONGLAG_COMPLETE";

pub(super) fn completions(options: &arguments::Completions, out: &mut dyn Write) -> Result<Exit, Failure> {
    let shells = Shells::builtins();
    let shell = options.shell.to_string();
    let completer = shells
        .completer(&shell)
        .ok_or_else(|| Failure::usage(format!("{shell} cannot be completed in; give another shell")))?;
    completer.write_registration(ASKING, "longlag", "longlag", "longlag", out)?;
    Ok(Exit::Ok)
}

/// Answers a shell that asks how the line in `arguments` may go on; nothing where no shell asks.
pub(super) fn answer(arguments: &[OsString]) -> Option<Exit> {
    let factory = || {
        let command = arguments::Arguments::command();
        let commands: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let command = command.mut_subcommand("man", |man| {
            man.mut_arg("command", |name| name.add(ArgValueCandidates::new(move || candidates::named(&commands))))
        });
        // The names that can be described depend on the word before them.
        let Some(kind) = described(arguments).and_then(|word| kind(word).ok()) else { return command };
        command.mut_subcommand("describe", |describe| {
            describe.mut_arg("name", |name| name.add(ArgValueCandidates::new(|| candidates::pages(kind))))
        })
    };
    let folder = std::env::current_dir().ok();
    match CompleteEnv::with_factory(factory).var(ASKING).try_complete(arguments, folder.as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(Exit::Ok),
        Err(error) => {
            print_error(&Failure::operational(error.to_string()).to_string());
            Some(Exit::Operational)
        }
    }
}

/// The word after `describe`.
fn described(arguments: &[OsString]) -> Option<&str> {
    let mut words = arguments.iter().skip_while(|word| *word != "describe");
    words.nth(1)?.to_str()
}
