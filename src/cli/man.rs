//! `longlag man`: manual pages, made of the arguments and the exit codes.

use std::io::{self, Write};

use clap::{Command, CommandFactory as _};
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use super::{Exit, Failure, arguments, kinds::one_of};
use crate::store::Build;

pub(super) fn man(options: &arguments::Man, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut program = arguments::Arguments::command().disable_help_subcommand(true);
    program.build();
    let commands: Vec<&Command> = program.get_subcommands().collect();
    if let Some(folder) = &options.out {
        let failed = |error: io::Error| {
            Failure::operational(format!("cannot write manual pages to `{}`: {error}", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        for command in [&program].into_iter().chain(commands) {
            let mut text = vec![];
            page(command, &mut text)?;
            let file = Man::new(command.clone()).get_filename();
            crate::store::write_output(&folder.join(file), &text).map_err(failed)?;
        }
        return Ok(Exit::Ok);
    }
    let command = match &options.command {
        None => &program,
        Some(name) => commands.iter().find(|command| command.get_name() == name).copied().ok_or_else(|| {
            let names: Vec<&str> = commands.iter().map(|command| command.get_name()).collect();
            Failure::usage(format!("unknown command `{name}`; {}", one_of(name, &names)))
        })?,
    };
    page(command, out)?;
    Ok(Exit::Ok)
}

/// Writes the page of a command.
fn page(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    let man = Man::new(command.clone()).source(format!("longlag {}", Build::this().longlag)).manual("longlag");
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(out)?;
    }
    let mut roff = Roff::default();
    roff.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        roff.control("TP", []);
        roff.text([roman((*exit as u8).to_string())]);
        roff.text([roman(exit.meaning())]);
    }
    roff.to_writer(out)
}
