//! Parses the command line, calls the library and turns its answer into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    longlag::cli::main(std::env::args_os()).into()
}
