//! Workers that take trials in order, and the loop that stores what they finish.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use super::{
    Trainer,
    error::RunError,
    failed,
    finished::Finished,
    memory::{AvailableMemory, Room, size},
};
use crate::{
    compute::memory::OutOfMemory,
    engine::tells_of_memory,
    plan::{Plan, Trial},
    store::{Status, StoreError},
};

/// Settings of a pool of workers.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// Trials at a time.
    pub jobs: usize,
    /// Stop at the first trial that fails.
    pub fail_fast: bool,
    /// The memory that all of them together may use, if it is known: a trial that needs more by itself ends as out of memory, and one
    /// that needs more than the others leave waits for them.
    pub memory: Option<AvailableMemory>,
}

/// Something that happened in a worker.
#[derive(Clone, Debug)]
pub enum PoolEvent {
    /// So many more updates of a trial are done.
    Progress(Trial, u64),
    /// A trial has ended. Once this is handled without an error, it counts as finished.
    Finished(Trial, Box<Finished>),
    /// Some time has passed: a few times a second.
    Tick,
}

/// The outcome of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Trials stored by this run.
    pub finished: usize,
    /// Stored trials that failed.
    pub failed: usize,
    /// Whether the run was told to stop before its end.
    pub interrupted: bool,
}

/// Updates between two events of a worker.
const UPDATES_PER_EVENT: u64 = 10;

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
    options: PoolOptions,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(PoolEvent) -> Result<(), StoreError>,
) -> Result<Summary, RunError> {
    let next = AtomicUsize::new(0);
    let halt = AtomicBool::new(false);
    let halted = || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
    let (sender, receiver) = channel();
    let memory =
        options.memory.map(|memory| Memory { memory, room: Room::new(memory.bytes), needs: trainer.memory(plan) });
    let memory = memory.as_ref();
    let mut summary = Summary::default();
    let mut failure = None;
    std::thread::scope(|scope| -> Result<(), RunError> {
        for worker in 0..options.jobs.min(trials.len()).max(1) {
            let (sender, next, halted) = (sender.clone(), &next, &halted);
            let started = single(format!("{WORKER_NAME}{worker}")).and_then(|pool| {
                let work_off = move || {
                    pool.install(|| {
                        while let Some(&trial) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                            if halted() || !work(plan, trial, trainer, memory, halted, &sender) {
                                break;
                            }
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
                PoolEvent::Progress(..) | PoolEvent::Tick => None,
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
    summary.interrupted = stop.load(Ordering::Relaxed) && summary.finished < trials.len();
    failure.map_or(Ok(summary), |error| Err(error.into()))
}

/// Runs `work` as a trial's worker would, with the same bits.
///
/// # Errors
///
/// [`RunError::NoThread`] where the system starts no thread.
pub fn alone<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, RunError> {
    Ok(single("alone".to_owned())?.install(work))
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

/// The remedy of a trial that has too little memory.
const REMEDY: &str = "lower model.hidden, train.batch or the task's length, or give it more";

/// Trains one trial and sends it off. False when the worker is to end.
fn work(
    plan: &Plan,
    trial: Trial,
    trainer: &dyn Trainer,
    memory: Option<&Memory>,
    halted: &dyn Fn() -> bool,
    sender: &Sender<PoolEvent>,
) -> bool {
    let ended = |status: Status, reason: String| Finished {
        record: failed(plan, trial, trainer.names(), status, reason),
        model: None,
    };
    let send = |finished: Finished| sender.send(PoolEvent::Finished(trial, Box::new(finished))).is_ok();
    if let Some(refusal) = memory.and_then(|memory| memory.refusal(trial)) {
        return send(ended(Status::OutOfMemory, refusal));
    }
    // Given back at the end.
    let share = memory.map(|memory| memory.room.take(memory.need(trial), halted));
    if matches!(share, Some(None)) {
        return false;
    }
    let mut reported = 0;
    let mut go_on = |progress: crate::train::Progress| {
        if progress.update >= reported + UPDATES_PER_EVENT {
            // A closed channel means that nobody stores results any more.
            if sender.send(PoolEvent::Progress(trial, progress.update - reported)).is_err() {
                return false;
            }
            reported = progress.update;
        }
        !halted()
    };
    let trained = catch_unwind(AssertUnwindSafe(|| trainer.train(plan, trial, &mut go_on)));
    let finished = match trained {
        Ok(Some(finished)) => finished,
        Ok(None) => return false,
        Err(panic) if panic.is::<OutOfMemory>() => {
            let bytes = panic.downcast_ref().map_or(0, |&OutOfMemory { bytes }| bytes);
            let available = memory.map(|memory| format!(", and {} for all trials when they began", memory.memory));
            let reason = format!(
                "a buffer of {} of memory could not be had{}; train fewer at a time with `-j`, or {REMEDY}",
                size(bytes as f64),
                available.unwrap_or_default(),
            );
            ended(Status::OutOfMemory, reason)
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            let text = text.unwrap_or_else(|| "no message".to_owned());
            if tells_of_memory(&text) {
                ended(Status::OutOfMemory, format!("the device had not enough memory; {REMEDY}"))
            } else {
                ended(Status::Error, format!("the trial panicked: {text}"))
            }
        }
    };
    send(finished)
}
