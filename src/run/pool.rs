//! Workers that take trials in order, and the loop that stores what they finish.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use super::{Trainer, failed};
use crate::{
    plan::{Plan, Trial},
    store::{Record, Status, StoreError},
};

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Trials at a time.
    pub jobs: usize,
    /// Stop at the first trial that fails.
    pub fail_fast: bool,
}

/// A trial with its rows, and its trained parameters as safetensors if they are kept.
#[derive(Clone, Debug)]
pub struct Finished {
    pub record: Record,
    pub model: Option<Vec<u8>>,
}

/// Who stores finished trials and tells the user how far the run is.
pub trait Observer {
    /// Makes a finished trial durable. Only then is it counted.
    ///
    /// # Errors
    ///
    /// When it cannot be stored; the run stops.
    fn finished(&mut self, trial: Trial, finished: Finished) -> Result<(), StoreError>;

    /// `updates` more updates of `trial` are done.
    fn progress(&mut self, trial: Trial, updates: u64);

    /// Called a few times a second.
    fn tick(&mut self);
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Trials stored by this run.
    pub finished: usize,
    /// Those of them that failed.
    pub failed: usize,
    /// Whether the run was told to stop before its end.
    pub interrupted: bool,
}

enum Message {
    Progress(Trial, u64),
    Finished(Trial, Box<Finished>),
}

/// Updates between two messages of a worker.
const UPDATES_PER_MESSAGE: u64 = 10;

/// Runs `trials`, until `stop` is set. The order in which they end has no influence on any result.
///
/// # Errors
///
/// When a finished trial could not be stored.
pub fn run(
    plan: &Plan,
    trials: &[Trial],
    trainer: &dyn Trainer,
    options: Options,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> Result<Summary, StoreError> {
    let next = AtomicUsize::new(0);
    let halt = AtomicBool::new(false);
    let halted = || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
    let (sender, receiver) = channel();
    let mut summary = Summary::default();
    let mut failure = None;
    std::thread::scope(|scope| {
        for worker in 0..options.jobs.min(trials.len()).max(1) {
            let (sender, next, halted) = (sender.clone(), &next, &halted);
            scope.spawn(move || {
                single(format!("{WORKER_NAME}{worker}")).install(|| {
                    while let Some(&trial) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if halted() || !work(plan, trial, trainer, halted, &sender) {
                            break;
                        }
                    }
                });
            });
        }
        drop(sender);
        let mut counted = HashSet::new();
        loop {
            match receiver.recv_timeout(Duration::from_millis(200)) {
                Ok(Message::Progress(trial, updates)) => observer.progress(trial, updates),
                Ok(Message::Finished(trial, finished)) => {
                    let bad = matches!(
                        finished.record.trial.status,
                        Status::Error | Status::Timeout | Status::OutOfMemory | Status::Interrupted
                    );
                    if let Err(error) = observer.finished(trial, *finished) {
                        failure = Some(error);
                        halt.store(true, Ordering::Relaxed);
                        continue;
                    }
                    counted.insert((trial.arm, trial.replicate));
                    summary.failed += usize::from(bad);
                    if bad && options.fail_fast {
                        halt.store(true, Ordering::Relaxed);
                    }
                }
                Err(RecvTimeoutError::Timeout) => observer.tick(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        summary.finished = counted.len();
    });
    summary.interrupted = stop.load(Ordering::Relaxed) && summary.finished < trials.len();
    failure.map_or(Ok(summary), Err)
}

/// Runs `work` as a trial's worker would, with the same bits.
pub fn alone<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    single("alone".to_owned()).install(work)
}

/// dfdx hands its matrix products to the surrounding rayon pool: one thread, so that bits do not depend on the machine's.
fn single(name: String) -> rayon::ThreadPool {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(move |_| name.clone());
    builder.build().expect("the system can start a thread")
}

/// Names of the threads that train begin with this; a panic in one is a failed trial, not a crash.
pub const WORKER_NAME: &str = "trial-";

/// Trains one trial and sends it off. False when the worker is to end.
fn work(plan: &Plan, trial: Trial, trainer: &dyn Trainer, halted: &dyn Fn() -> bool, sender: &Sender<Message>) -> bool {
    let mut reported = 0;
    let mut go_on = |progress: crate::train::Progress| {
        if progress.update >= reported + UPDATES_PER_MESSAGE {
            // A closed channel means that nobody stores results any more.
            if sender.send(Message::Progress(trial, progress.update - reported)).is_err() {
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
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            let reason = format!("the trial panicked: {}", text.unwrap_or_else(|| "no message".to_owned()));
            Finished { record: failed(plan, trial, trainer.names(), reason), model: None }
        }
    };
    sender.send(Message::Finished(trial, Box::new(finished))).is_ok()
}
