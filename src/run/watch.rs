//! The watch over one trial of a run: its checkpoints, its limit of time, and news of it.

use std::{
    cell::OnceCell,
    sync::{Arc, mpsc::Sender},
    time::{Duration, Instant},
};

use super::{
    backend::provenance,
    course::{Course, Next},
    definition::Definitions,
    event::PoolEvent,
    limits::CheckpointInterval,
};
use crate::{
    plan::{Plan, Trial},
    store::{self, Build, CheckpointHead, CheckpointOrigin, Checkpoints, Provenance},
    train::{Checkpoint, Progress, StateError},
};

/// Updates between two events of a worker.
const UPDATES_PER_EVENT: u64 = 10;

/// Checkpoints of a run, and how often they are written.
#[derive(Clone, Copy, Debug)]
pub struct Keeping<'a> {
    /// The files.
    pub checkpoints: &'a Checkpoints,
    /// The time between two of a trial.
    pub interval: CheckpointInterval,
}

/// A trial that was left because its time was over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TimedOut {
    /// Updates done.
    pub update: u64,
    /// Seconds that the trial took.
    pub seconds: f64,
}

/// Directs the training of one trial of a run.
pub(super) struct Watch<'a> {
    plan: &'a Plan,
    trial: Trial,
    provenance: Provenance,
    keeping: Option<Keeping<'a>>,
    timeout: Option<Duration>,
    halted: &'a dyn Fn() -> bool,
    sender: &'a Sender<PoolEvent>,
    origin: OnceCell<CheckpointOrigin>,
    started: Instant,
    /// Seconds that the trial took before.
    before: f64,
    /// When the next checkpoint is due.
    due: Instant,
    /// Since when the checkpoint that was asked for is being made.
    asked: Instant,
    /// Steps begun since the last checkpoint.
    unkept: u64,
    reached: u64,
    /// Updates that events told of.
    told: u64,
    timed_out: Option<TimedOut>,
    complained: bool,
}

impl<'a> Watch<'a> {
    /// Over `trial`, trained by the engine and device of these names.
    pub fn new(
        (plan, trial): (&'a Plan, Trial),
        names: (&'static str, &'static str),
        keeping: Option<Keeping<'a>>,
        timeout: Option<Duration>,
        halted: &'a dyn Fn() -> bool,
        sender: &'a Sender<PoolEvent>,
    ) -> Self {
        let started = Instant::now();
        Self {
            plan,
            trial,
            provenance: provenance(names),
            keeping,
            timeout,
            halted,
            sender,
            origin: OnceCell::new(),
            started,
            before: 0.0,
            due: keeping.map_or(started, |keeping| later(started, keeping.interval.after(Duration::ZERO))),
            asked: started,
            unkept: 0,
            reached: 0,
            told: 0,
            timed_out: None,
            complained: false,
        }
    }

    /// Where the trial was when its time was over, if it was left for that.
    pub fn timed_out(&self) -> Option<TimedOut> {
        self.timed_out
    }

    /// Seconds that the trial took so far, over all runs.
    fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    fn origin(&self) -> &CheckpointOrigin {
        self.origin.get_or_init(|| CheckpointOrigin {
            trial_id: self.plan.trial_id(self.trial),
            engine: self.provenance.engine.to_owned(),
            device: self.provenance.device.to_owned(),
            numerics: self.provenance.numerics,
            definition: Arc::unwrap_or_clone(Definitions::default().of(self.plan, self.trial.arm)),
        })
    }

    /// Tells whoever watches; where nobody does any more, the next step is not taken.
    fn tell(&self, text: String) {
        let _ = self.sender.send(PoolEvent::Notice(text));
    }
}

impl Course for Watch<'_> {
    fn begin(&mut self) -> Option<(Checkpoint, f64)> {
        let Keeping { checkpoints, .. } = self.keeping?;
        let id = self.plan.trial_id(self.trial);
        // The definition takes some time to compute, and most trials have no checkpoint.
        if !checkpoints.has(&id) {
            return None;
        }
        match checkpoints.read(self.origin()) {
            Ok(None) => None,
            Ok(Some((head, state))) => {
                (self.before, self.reached, self.told) = (head.train_seconds, head.update, head.update);
                let _ = self.sender.send(PoolEvent::Resumed(self.trial, head.update));
                Some((state, head.train_seconds))
            }
            Err(error) => {
                self.tell(format!("{error}: trial {id} starts over"));
                None
            }
        }
    }

    fn refuse(&mut self, error: StateError) {
        (self.before, self.reached, self.told) = (0.0, 0, 0);
        self.tell(format!("{error}: trial {} starts over", self.plan.trial_id(self.trial)));
    }

    fn next(&mut self, progress: Progress) -> Next {
        self.reached = progress.update;
        if progress.update >= self.told + UPDATES_PER_EVENT {
            // A closed channel means that nobody stores results any more.
            if self.sender.send(PoolEvent::Progress(self.trial, progress.update - self.told)).is_err() {
                return Next::Leave;
            }
            self.told = progress.update;
        }
        self.asked = Instant::now();
        let seconds = self.before + (self.asked - self.started).as_secs_f64();
        if self.timeout.is_some_and(|timeout| seconds >= timeout.as_secs_f64()) {
            self.timed_out = Some(TimedOut { update: progress.update, seconds });
        }
        let keeps = self.keeping.is_some() && self.unkept > 0;
        let leaves = self.timed_out.is_some() || (self.halted)();
        self.unkept += 1;
        match (leaves, keeps) {
            (true, true) => Next::KeepAndLeave,
            (true, false) => Next::Leave,
            (false, true) if self.asked >= self.due => Next::Keep,
            (false, _) => Next::GoOn,
        }
    }

    fn keep(&mut self, state: Checkpoint) {
        let Some(Keeping { checkpoints, interval }) = self.keeping else { return };
        let sections = self.plan.sections(self.trial.arm);
        let head = CheckpointHead {
            origin: self.origin().clone(),
            build: Build::this().to_string(),
            update: self.reached,
            budget: sections.train.budget(sections.task.finite()),
            train_seconds: self.seconds(),
            written: store::now(),
        };
        match checkpoints.write(&head, &state) {
            // The step that follows is the first since.
            Ok(()) => self.unkept = 1,
            Err(error) if !self.complained => {
                self.complained = true;
                let id = &head.origin.trial_id;
                self.tell(format!(
                    "{error}: an interruption costs trial {id} all that it did since its last checkpoint"
                ));
            }
            Err(_) => {}
        }
        let now = Instant::now();
        self.due = later(now, interval.after(now - self.asked));
    }
}

/// The moment after so much time, or one that is far enough away where the clock does not go so far.
fn later(now: Instant, time: Duration) -> Instant {
    let year = Duration::from_secs(31_536_000);
    now.checked_add(time).unwrap_or(now + year)
}
