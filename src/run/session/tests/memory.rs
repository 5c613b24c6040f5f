use std::sync::atomic::AtomicUsize;

use super::*;
use crate::{
    compute::memory::OutOfMemory,
    run::{AvailableMemory, MemoryLimit, PoolEvent, PoolOptions, train_trials},
};

/// Needs these bytes for a trial of each arm, and counts how many trials run at once.
struct Needing {
    bytes: Vec<f64>,
    running: AtomicUsize,
    most: AtomicUsize,
    /// The arm whose trials find no memory for a buffer.
    starved: Option<usize>,
}

impl Trainer for Needing {
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished> {
        if self.starved == Some(trial.arm) {
            std::panic::panic_any(OutOfMemory { bytes: 3 << 30 });
        }
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(20));
        self.running.fetch_sub(1, Ordering::SeqCst);
        Fake(succeed).train(plan, trial, course)
    }

    fn memory(&self, _: &Plan) -> Vec<f64> {
        self.bytes.clone()
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("fused", "cpu")
    }
}

/// The statuses and reasons by arm and replicate, and the most trials that ran at once.
fn run(bytes: &[f64], starved: Option<usize>, jobs: usize) -> (Vec<(Status, Option<String>)>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path(), SUITE);
    let trainer = Needing { bytes: bytes.to_vec(), running: 0.into(), most: 0.into(), starved };
    let memory = Some(AvailableMemory { bytes: 10e9, limit: MemoryLimit::AddressSpace });
    let mut ended = BTreeMap::new();
    let mut collect = |event: PoolEvent| {
        if let PoolEvent::Finished(trial, finished) = event {
            let row = finished.record.trial;
            ended.insert((trial.arm, trial.replicate), (row.status, row.reason));
        }
        Ok(())
    };
    let trials: Vec<Trial> = session.plan().trials().collect();
    let options = PoolOptions { jobs, memory, ..PoolOptions::default() };
    let stop = AtomicBool::new(false);
    let done = train_trials(session.plan(), &trials, &trainer, options, &stop, &mut collect).unwrap();
    let ended: Vec<_> = ended.into_values().collect();
    let failed = ended.iter().filter(|(status, _)| !status.is_result()).count();
    assert_eq!(done, Summary { finished: 4, failed, ..Summary::default() });
    (ended, trainer.most.into_inner())
}

#[test]
fn a_trial_that_needs_more_than_there_is_is_a_row_and_the_others_go_on() {
    let (ended, _) = run(&[1e9, 11e9], None, 2);
    let statuses: Vec<Status> = ended.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [Status::Finished, Status::Finished, Status::OutOfMemory, Status::OutOfMemory]);
    let reason = "it needs about 10.2 GiB of memory, and 9.3 GiB are left by `ulimit -v`; lower model.hidden, train.batch or the \
                  task's length, or give it more";
    assert_eq!(ended[3].1.as_deref(), Some(reason));
}

#[test]
fn a_buffer_that_cannot_be_had_costs_its_trial_only() {
    let (ended, _) = run(&[], Some(0), 2);
    let statuses: Vec<Status> = ended.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [Status::OutOfMemory, Status::OutOfMemory, Status::Finished, Status::Finished]);
    let reason = ended[0].1.as_deref().unwrap();
    assert!(reason.starts_with("a buffer of 3.0 GiB of memory could not be had, and 9.3 GiB are left"), "{reason}");
    assert!(reason.contains("`-j`"), "{reason}");
}

#[test]
fn trials_that_do_not_fit_beside_each_other_wait() {
    assert_eq!(run(&[6e9, 6e9], None, 4).1, 1);
    assert_eq!(run(&[3e9, 4e9], None, 4).0.iter().filter(|(status, _)| *status == Status::Finished).count(), 4);
}

/// Whoever asks for more trials at a time than the memory has room for is told.
#[test]
fn too_many_jobs_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let large = SUITE
        .replace("length: 4", "length: 4000")
        .replace("hidden: [2, 3]", "hidden: [2, 900]")
        .replace("batch: 2", "batch: 16");
    let crowding = |suite: &str, jobs| open_with(folder.path(), suite, |options| options.jobs = jobs).crowding();
    assert_eq!((crowding(SUITE, Some(4)), crowding(&large, None), crowding(&large, Some(1))), (None, None, None));
    let many = large.replace("replicates: 2", "replicates: 1000");
    let Some(found) = crowding(&many, Some(1000)) else { panic!("a thousand trials of {many} fit") };
    assert!(found.jobs == 1000 && found.bytes > found.memory.bytes, "{found:?}");
    assert!(found.to_string().starts_with("1000 trials at a time may need "), "{found}");
}
