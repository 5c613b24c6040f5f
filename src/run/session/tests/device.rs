use super::*;
use crate::engine::{DeviceError, DeviceFailure};

/// A trainer whose device is not there.
struct Absent;

impl Trainer for Absent {
    fn train(&self, _: &Plan, _: Trial, _: &mut dyn Course) -> Option<Finished> {
        unreachable!("no trial begins")
    }

    fn ready(&self) -> Result<(), DeviceError> {
        Err(DeviceError::NoDriver)
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("dfdx", "cuda")
    }
}

#[test]
fn nothing_is_stored_where_the_device_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    let refused = session.run(&Absent, &mut (), &AtomicBool::new(false)).unwrap_err();
    assert!(!refused.is_usage() && refused.to_string().contains("no NVIDIA driver"), "{refused}");
    assert_eq!((statuses(&session), session.dir().join(layout::MANIFEST).exists()), (vec![], false));
}

/// A trainer whose device fails in the trials of the second arm, and trains on or not.
struct Failing {
    note: &'static str,
    /// Whether the trial panics, as it does where the failure is that of a call whose error is looked at.
    panics: bool,
    /// The device's state after the failure.
    after: Result<(), DeviceError>,
    /// The outcome of giving the device back.
    left: Result<(), DeviceError>,
    failed: AtomicBool,
}

impl Failing {
    fn with(note: &'static str, panics: bool, after: Result<(), DeviceError>) -> Self {
        Self { note, panics, after, left: Ok(()), failed: false.into() }
    }
}

impl Trainer for Failing {
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished> {
        let fails = trial.arm == 1;
        self.failed.store(fails, Ordering::Relaxed);
        assert!(!(fails && self.panics), "called `Result::unwrap()` on an `Err` value");
        Fake(succeed).train(plan, trial, course)
    }

    fn failure(&self) -> Option<DeviceFailure> {
        self.failed.swap(false, Ordering::Relaxed).then(|| DeviceFailure::parse(self.note).unwrap())
    }

    fn still_ready(&self) -> Result<(), DeviceError> {
        self.after.clone()
    }

    fn leave(&self) -> Result<(), DeviceError> {
        self.left.clone()
    }

    fn names(&self) -> (&'static str, &'static str) {
        Fake(succeed).names()
    }
}

const NOTE: &str = "cuLaunchKernel 719 CUDA_ERROR_LAUNCH_FAILED";

fn run(trainer: &Failing) -> (Summary, Vec<(Status, Option<String>)>) {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open_with(folder.path(), SUITE, |options| options.jobs = Some(1));
    let summary = session.run(trainer, &mut (), &AtomicBool::new(false)).unwrap();
    // The row is in the tables, whatever came after it.
    let stored = crate::run::StoredRun::open(session.dir()).unwrap();
    assert_eq!(stored.store.trials(), session.store().trials());
    let rows = session.store().trials().values().map(|trial| (trial.status, trial.reason.clone()));
    (summary, rows.filter(|(status, _)| !status.is_result()).collect())
}

#[test]
fn a_call_of_the_device_that_fails_is_a_row_that_names_it() {
    // Whether or not anybody looked at the error.
    for panics in [true, false] {
        let (summary, failed) = run(&Failing::with(NOTE, panics, Ok(())));
        assert_eq!(summary, Summary { finished: 4, failed: 2, ..Summary::default() });
        let reason = failed[0].1.as_deref().unwrap();
        assert!(reason.contains("cuLaunchKernel: CUDA_ERROR_LAUNCH_FAILED, error 719"), "{reason}");
        assert!(!reason.contains("panicked"), "{reason}");
        let (summary, failed) = run(&Failing::with("cuMemAllocAsync 2 ", panics, Err(DeviceError::NoMemory)));
        assert_eq!(summary, Summary { finished: 4, failed: 2, ..Summary::default() }, "less may fit");
        assert_eq!(failed[0].0, Status::OutOfMemory);
    }
}

#[test]
fn a_device_that_is_lost_ends_the_run() {
    let lost = DeviceError::Other("cuLaunchKernel: error 719".to_owned());
    let (summary, failed) = run(&Failing::with(NOTE, true, Err(lost.clone())));
    // The longest trials, those of the second arm, come first.
    assert_eq!(summary, Summary { finished: 1, failed: 1, interrupted: false, lost: Some(lost.clone()) });
    assert_eq!(failed.len(), 1);
    let left = Failing { left: Err(lost.clone()), ..Failing::with(NOTE, true, Ok(())) };
    assert_eq!(run(&left).0, Summary { finished: 4, failed: 2, interrupted: false, lost: Some(lost) });
}

#[test]
fn work_that_comes_to_no_end_is_an_error_with_its_reason() {
    let alone = |note, panics: bool| {
        let trainer = Failing::with(note, panics, Ok(()));
        crate::run::alone(&trainer, || {
            trainer.failed.store(true, Ordering::Relaxed);
            assert!(!panics, "called `Result::unwrap()` on an `Err` value");
        })
    };
    for panics in [true, false] {
        let failed = alone(NOTE, panics).unwrap_err();
        assert!(!failed.is_usage() && failed.to_string().contains("error 719"), "{failed}");
        let failed = alone("cuMemAllocAsync 2 ", panics).unwrap_err();
        assert!(!failed.is_usage() && failed.to_string().contains("not enough memory"), "{failed}");
    }
    let starved = crate::run::alone(&Fake(succeed), || crate::compute::memory::filled(0f32, usize::MAX / 8));
    assert!(starved.unwrap_err().to_string().contains("could not be had"));
}
