//! Workers that take trials in order, and the loop that stores what they finish.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use super::{
    Trainer,
    error::RunError,
    event::PoolEvent,
    failed,
    finished::Finished,
    limits::Limits,
    memory::{AvailableMemory, Room, size},
    mishap::{Mishap, REMEDY, attempt},
    watch::{Keeping, TimedOut, Watch},
};
use crate::{
    engine::DeviceError,
    plan::{Plan, Trial},
    store::{Status, StoreError},
    text::pluralize,
};

/// Settings of a pool of workers.
#[derive(Clone, Copy, Debug, Default)]
pub struct PoolOptions<'a> {
    /// Trials at a time, at least 1.
    pub jobs: usize,
    /// Stop at the first trial that fails.
    pub fail_fast: bool,
    /// The memory that all of them together may use, if it is known: a trial that needs more by itself ends as out of memory, and one
    /// that needs more than the others leave waits for them.
    pub memory: Option<AvailableMemory>,
    /// The time that trials and the run may take.
    pub limits: Limits,
    /// The checkpoints of the trials under way, if they are kept.
    pub keeping: Option<Keeping<'a>>,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Trials stored by this run.
    pub finished: usize,
    /// Stored trials that failed.
    pub failed: usize,
    /// Whether the run was told to stop before its end, or its time was over before.
    pub interrupted: bool,
    /// The reason why the device trains no more, if it failed in a trial and does not since, or as it was given back: the run ended there.
    pub lost: Option<DeviceError>,
}

impl Summary {
    /// The outcome of this stage of a run and the next.
    #[must_use]
    pub fn and(self, next: Self) -> Self {
        Self {
            finished: self.finished + next.finished,
            failed: self.failed + next.failed,
            interrupted: self.interrupted || next.interrupted,
            lost: self.lost.or(next.lost),
        }
    }
}

/// Trains `trials` side by side until `stop` is set, and hands what happens to `handle`, on the caller's thread. The order in
/// which trials end has no influence on any result.
///
/// # Errors
///
/// The first error of `handle`; no further trial begins then. [`RunError::NoThread`] where the system starts none at all; where it
/// starts fewer than asked for, those do the work.
pub fn train_trials(
    plan: &Plan,
    trials: &[Trial],
    trainer: &dyn Trainer,
    options: PoolOptions<'_>,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(PoolEvent) -> Result<(), StoreError>,
) -> Result<Summary, RunError> {
    let next = AtomicUsize::new(0);
    let (halt, lost) = (AtomicBool::new(false), OnceLock::new());
    let limits = options.limits;
    let stopped = || stop.load(Ordering::Relaxed) || limits.is_over();
    let halted = || stopped() || halt.load(Ordering::Relaxed);
    let (sender, receiver) = channel();
    let memory =
        options.memory.map(|memory| Memory { memory, room: Room::new(memory.bytes), needs: trainer.memory(plan) });
    let memory = memory.as_ref();
    let mut summary = Summary::default();
    let mut failure = None;
    std::thread::scope(|scope| -> Result<(), RunError> {
        for worker in 0..options.jobs.min(trials.len()).max(1) {
            let (sender, next, halt, halted, lost) = (sender.clone(), &next, &halt, &halted, &lost);
            let started = single(format!("{WORKER_NAME}{worker}")).and_then(|pool| {
                let work_off = move || {
                    pool.install(|| {
                        while let Some(&trial) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                            if halted() {
                                break;
                            }
                            match work(plan, trial, trainer, &options, memory, halted, &sender) {
                                Ok(true) => {}
                                Ok(false) => break,
                                Err(error) => {
                                    lost.get_or_init(|| error);
                                    halt.store(true, Ordering::Relaxed);
                                }
                            }
                        }
                        if let Err(error) = trainer.leave() {
                            lost.get_or_init(|| error);
                        }
                    });
                };
                std::thread::Builder::new().spawn_scoped(scope, work_off).map_err(RunError::NoThread)
            });
            match started {
                Ok(_) => {}
                Err(error) if worker == 0 => return Err(error),
                Err(_) => break,
            }
        }
        drop(sender);
        loop {
            let event = match receiver.recv_timeout(Duration::from_millis(200)) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => PoolEvent::Tick,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let status = match &event {
                PoolEvent::Finished(_, finished) => Some(finished.record.trial.status),
                PoolEvent::Resumed(..) | PoolEvent::Progress(..) | PoolEvent::Notice(_) | PoolEvent::Tick => None,
            };
            if let Err(error) = handle(event) {
                failure.get_or_insert(error);
                halt.store(true, Ordering::Relaxed);
                continue;
            }
            if let Some(status) = status {
                summary.finished += 1;
                summary.failed += usize::from(!status.is_result());
                if !status.is_result() && options.fail_fast {
                    halt.store(true, Ordering::Relaxed);
                }
            }
        }
        Ok(())
    })?;
    summary.lost = lost.into_inner();
    summary.interrupted = summary.lost.is_none() && stopped() && summary.finished < trials.len();
    failure.map_or(Ok(summary), |error| Err(error.into()))
}

/// Runs `work` as a trial's worker would, with the same bits.
///
/// # Errors
///
/// [`RunError::NoThread`] where the system starts no thread, [`RunError::Mishap`] where the work comes to no end.
pub fn alone<R: Send>(trainer: &dyn Trainer, work: impl FnOnce() -> R + Send) -> Result<R, RunError> {
    let pool = single(format!("{WORKER_NAME}alone"))?;
    pool.install(|| {
        let done = attempt(trainer, work)?;
        trainer.leave()?;
        Ok(done)
    })
}

/// dfdx hands its matrix products to the surrounding rayon pool: one thread, so that bits do not depend on the machine's.
fn single(name: String) -> Result<rayon::ThreadPool, RunError> {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(move |_| name.clone());
    builder.build().map_err(|error| RunError::NoThread(std::io::Error::other(error)))
}

/// Names of the threads that train begin with this; a panic in one is a failed trial, not a crash.
pub const WORKER_NAME: &str = "trial-";

/// The memory for trials.
struct Memory {
    memory: AvailableMemory,
    room: Room,
    /// Bytes that a trial of each arm needs; none where it is not known.
    needs: Vec<f64>,
}

impl Memory {
    fn need(&self, trial: Trial) -> f64 {
        self.needs.get(trial.arm).copied().unwrap_or(0.0)
    }

    /// Why there is never enough for `trial`, if so.
    fn refusal(&self, trial: Trial) -> Option<String> {
        let need = self.need(trial);
        (!self.room.holds(need))
            .then(|| format!("it needs about {} of memory, and {}; {REMEDY}", size(need), self.memory))
    }
}

/// Trains one trial and sends it off. False when the worker is to end.
///
/// # Errors
///
/// When the device failed in the trial, and trains no more.
fn work(
    plan: &Plan,
    trial: Trial,
    trainer: &dyn Trainer,
    options: &PoolOptions<'_>,
    memory: Option<&Memory>,
    halted: &dyn Fn() -> bool,
    sender: &Sender<PoolEvent>,
) -> Result<bool, DeviceError> {
    let ended = |status: Status, reason: String| Finished {
        record: failed(plan, trial, trainer.names(), status, reason),
        model: None,
    };
    let send = |finished: Finished| sender.send(PoolEvent::Finished(trial, Box::new(finished))).is_ok();
    if let Some(refusal) = memory.and_then(|memory| memory.refusal(trial)) {
        return Ok(send(ended(Status::OutOfMemory, refusal)));
    }
    // Given back at the end.
    let share = memory.map(|memory| memory.room.take(memory.need(trial), halted));
    if matches!(share, Some(None)) {
        return Ok(false);
    }
    let PoolOptions { limits, keeping, .. } = options;
    let mut watch = Watch::new((plan, trial), trainer.names(), *keeping, limits.trial, halted, sender);
    let done = attempt(trainer, || trainer.train(plan, trial, &mut watch));
    match done {
        Ok(Some(finished)) => Ok(send(finished)),
        Ok(None) => Ok(watch.timed_out().is_some_and(|over| send(timed_out(ended, over, keeping.is_some(), limits)))),
        Err(mishap) => {
            let mishap = mishap.beside(memory.map(|memory| memory.memory));
            let status = if mishap.is_of_memory() { Status::OutOfMemory } else { Status::Error };
            let going_on = send(ended(status, mishap.to_string()));
            if matches!(mishap, Mishap::Device(_)) {
                trainer.still_ready()?;
            }
            Ok(going_on)
        }
    }
}

/// The row of a trial whose time was over.
fn timed_out(ended: impl Fn(Status, String) -> Finished, over: TimedOut, kept: bool, limits: &Limits) -> Finished {
    let TimedOut { update, seconds } = over;
    let allowed = limits.trial.unwrap_or_default().as_secs_f64();
    let rest = if kept { "goes on from there" } else { "begins again" };
    let reason = format!(
        "it took {seconds:.2} s for {}, and --timeout allows {allowed} s; a run with more, or without --timeout, {rest}",
        pluralize(update, "update"),
    );
    let mut finished = ended(Status::Timeout, reason);
    (finished.record.trial.updates, finished.record.trial.train_seconds) = (update, seconds);
    finished
}
