//! The report of a run that goes on.

use std::{
    path::{Path, PathBuf},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::{StoredRun, error::RunError};
use crate::{store, text::pluralize};

/// The least time between two reports of a run that goes on.
pub(super) const INTERVAL: Duration = Duration::from_secs(60);
/// The time between two reports at least, as a multiple of what the last one took: drawing takes less than a fiftieth of a run.
const SPARSE: u32 = 50;
/// The most trials of a run whose report is drawn while it goes on: drawing more takes memory that trials need.
const MOST: usize = 20_000;

/// Draws the report of a run now and then while it goes on, in a thread of its own, from what is durable: no trial waits for it.
#[derive(Debug)]
pub(super) struct Interim {
    dir: PathBuf,
    interval: Duration,
    next: Instant,
    drawing: Option<JoinHandle<Duration>>,
    drawn: bool,
}

impl Interim {
    /// For the run in `dir`; the first report comes after `interval`.
    pub fn new(dir: &Path, interval: Duration) -> Self {
        Self { dir: dir.to_owned(), interval, next: Instant::now() + interval, drawing: None, drawn: false }
    }

    /// Begins to draw where it is time; `stored` of `planned` trials are done.
    pub fn tick(&mut self, stored: usize, planned: usize) {
        if self.drawing.as_ref().is_some_and(JoinHandle::is_finished) {
            self.wait();
        }
        if self.drawing.is_some() || Instant::now() < self.next || stored > MOST {
            return;
        }
        let dir = self.dir.clone();
        let text = format!(
            "The run goes on: {stored} of {} are stored at {} UTC. This page loads itself again every minute.",
            pluralize(planned as u64, "trial"),
            store::now().replacen('T', " ", 1).trim_end_matches('Z'),
        );
        let draw = move || {
            let begun = Instant::now();
            // Whatever is wrong is said by the report at the end.
            let _ = interim(&dir, text);
            begun.elapsed()
        };
        self.drawing = std::thread::Builder::new().name("report".to_owned()).spawn(draw).ok();
        self.drawn |= self.drawing.is_some();
    }

    /// Waits for the report that is being drawn; says whether there was any.
    pub fn wait(&mut self) -> bool {
        if let Some(drawing) = self.drawing.take() {
            let took = drawing.join().unwrap_or(self.interval);
            self.next = Instant::now() + self.interval.max(took * SPARSE);
        }
        self.drawn
    }
}

fn interim(dir: &Path, text: String) -> Result<(), RunError> {
    let run = StoredRun::open(dir)?;
    let report = run.interim_report(text)?;
    run.write(&report).map(|_| ())
}
