//! The terminal: lines on stderr, the width of stdout, Ctrl-C.

use std::{
    io::{self, IsTerminal as _, Write, stderr, stdout},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{Exit, Failure};
use crate::{
    run::{RunError, StoredRun, WORKER_NAME, too_little_to_draw},
    store::decodes_table,
};

/// Writes a line to stderr; there is nobody to tell when that fails.
pub(super) fn print_error(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}

/// Opens a stored run by `open`, and tells what of it is damaged.
pub(super) fn opened(open: impl FnOnce() -> Result<StoredRun, RunError>) -> Result<StoredRun, RunError> {
    silence_panics_of_trials();
    let run = open()?;
    run.store.damages().iter().for_each(|damage| print_error(&format!("damage: {damage}")));
    Ok(run)
}

/// Refuses what ends with a report where too little memory is left to draw one.
pub(super) fn room_to_draw() -> Result<(), Failure> {
    too_little_to_draw().map_or(Ok(()), |short| Err(Failure::operational(short)))
}

/// The width of the terminal that stdout is, if it is one.
pub(super) fn width() -> Option<u16> {
    stdout().is_terminal().then(|| console::Term::stdout().size().1)
}

/// Standard output of commands whose exit is a verdict: a reader who goes before the end (`| head`) changes nothing of it.
pub(super) struct Patient<W>(pub W);

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).or_else(|error| gone(error).map(|()| bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().or_else(gone)
    }
}

/// No error where nobody reads any more.
fn gone(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

/// A flag that Ctrl-C and termination set; a second Ctrl-C ends at once. What is under way is `done` so.
pub(super) fn stop_on_signals(done: &'static str) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let installed = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
        // Where there is a bar, on a line of its own.
        print_error(&format!(
            "\nstopping: what is finished is stored, what is under way is {done}; once more ends at once"
        ));
    });
    installed.map_err(|error| Failure::operational(format!("could not watch for Ctrl-C: {error}")))?;
    Ok(stop)
}

/// Lets a write beyond the limit of a file's size (`ulimit -f`) fail as one to a full disk does, rather than end the program.
pub(super) fn survive_full_files() {
    // A handler takes the place of the deadly default; the flag itself is of no use. Where none can be installed nothing is lost.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Prints panics outside trials and the decoding of tables only: one in a trial becomes its row's reason, one in a table an error.
pub(super) fn silence_panics_of_trials() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let in_trial = std::thread::current().name().is_some_and(|name| name.starts_with(WORKER_NAME));
        if !in_trial && !decodes_table() {
            print(info);
        }
    }));
}
