//! The report of a run that goes on.

use std::{
    path::{Path, PathBuf},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::{StoredRun, error::RunError};
use crate::{results::report::Unfinished, store, text::pluralize};

/// The time between two reports at least, as a multiple of what the last one took: drawing takes less than a fiftieth of a run.
const SPARSE: u32 = 50;
/// The most trials of a run whose report is drawn while it goes on: drawing more takes memory that trials need.
pub(super) const MOST: usize = 20_000;
/// The time after which the first report is no longer that of a living run: how long the next takes to come is not known yet.
const FIRST_LASTS: Duration = Duration::from_secs(1800);

/// The pace at which the report of a run is drawn while it goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The time to the first report, which comes with the first trial after it.
    pub first: Duration,
    /// The least time between two reports.
    pub interval: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { first: Duration::from_secs(5), interval: Duration::from_secs(60) }
    }
}

/// Draws the report of a run now and then while it goes on, in a thread of its own, from what is durable: no trial waits for it.
#[derive(Debug)]
pub(super) struct Interim {
    dir: PathBuf,
    pace: Pace,
    next: Instant,
    /// How long a report counts as that of a living run.
    lasts: Duration,
    drawing: Option<JoinHandle<Duration>>,
    drawn: bool,
}

impl Interim {
    /// For the run in `dir`.
    pub fn new(dir: &Path, pace: Pace) -> Self {
        let next = Instant::now() + pace.first;
        Self { dir: dir.to_owned(), pace, next, lasts: FIRST_LASTS, drawing: None, drawn: false }
    }

    /// Begins to draw where it is time; `stored` of `planned` trials are done.
    pub fn tick(&mut self, stored: usize, planned: usize) {
        if self.drawing.as_ref().is_some_and(JoinHandle::is_finished) {
            self.wait();
        }
        if self.drawing.is_some() || Instant::now() < self.next || !(1..=MOST).contains(&stored) {
            return;
        }
        let dir = self.dir.clone();
        let drawn = store::now();
        let text = format!(
            "The run goes on: {stored} of {} are stored at {} UTC.",
            pluralize(planned as u64, "trial"),
            drawn.replacen('T', " ", 1).trim_end_matches('Z'),
        );
        let unfinished = Unfinished { text, drawn, lasts: self.lasts.as_secs().max(1) };
        let draw = move || {
            let begun = Instant::now();
            // Whatever is wrong is said by the report at the end.
            let _ = interim(&dir, unfinished);
            begun.elapsed()
        };
        self.drawing = std::thread::Builder::new().name("report".to_owned()).spawn(draw).ok();
        self.drawn |= self.drawing.is_some();
    }

    /// Waits for the report that is being drawn; says whether there was any.
    pub fn wait(&mut self) -> bool {
        if let Some(drawing) = self.drawing.take() {
            let took = drawing.join().unwrap_or(self.pace.interval);
            let pause = self.pace.interval.max(took * SPARSE);
            self.next = Instant::now() + pause;
            // Three times in vain, and a minute for whatever holds a machine up.
            self.lasts = 3 * pause + Duration::from_secs(60);
        }
        self.drawn
    }
}

fn interim(dir: &Path, unfinished: Unfinished) -> Result<(), RunError> {
    let run = StoredRun::open(dir)?;
    let report = run.interim_report(unfinished)?;
    run.write(&report).map(|_| ())
}
