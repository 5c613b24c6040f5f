//! From a planned trial to a trained one.

use std::time::Instant;

use super::{
    Finished,
    course::{Course, Next},
    other_lengths::test_on_other_lengths,
};
use crate::{
    engine::{Backend, DeviceError, DeviceFailure, Engine},
    plan::{Plan, Trial},
    train::{Pending, Setup, Trained, Training},
};

/// Trains one trial of a plan. The runner's tests put a fake in its place.
pub trait Trainer: Sync {
    /// Trains `trial` as `course` directs it; nothing when that said to leave.
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished>;

    /// Whether the device that trains is there; asked before the first trial.
    ///
    /// # Errors
    ///
    /// The reason why not.
    fn ready(&self) -> Result<(), DeviceError> {
        Ok(())
    }

    /// The first call of the device that failed on this thread since this was asked last, if one did.
    fn failure(&self) -> Option<DeviceFailure> {
        None
    }

    /// Whether the device still trains; asked after a trial in which it failed.
    ///
    /// # Errors
    ///
    /// The reason why not.
    fn still_ready(&self) -> Result<(), DeviceError> {
        Ok(())
    }

    /// Gives back what this thread holds of the device; asked of each thread that trained, at its end.
    ///
    /// # Errors
    ///
    /// What failed.
    fn leave(&self) -> Result<(), DeviceError> {
        Ok(())
    }

    /// Bytes of this machine's memory that a trial of each arm of `plan` needs at most; empty where it is not known.
    fn memory(&self, _plan: &Plan) -> Vec<f64> {
        vec![]
    }

    /// Names of the engine and the device, as stored beside each trial.
    fn names(&self) -> (&'static str, &'static str);
}

/// Trains by an engine.
#[derive(Clone, Copy, Debug)]
pub struct EngineTrainer {
    /// The engine and the device.
    pub backend: Backend,
    /// Whether to hand the trained parameters over.
    pub keep_models: bool,
}

impl EngineTrainer {
    /// Trains to the end, and gives the seconds that were spent before; nothing when `course` said to leave.
    fn follow(
        &self,
        setup: &Setup,
        engine: &mut dyn Engine,
        tests_follow: bool,
        course: &mut dyn Course,
    ) -> Option<(Trained, f64)> {
        let left = course.begin();
        let mut training = Training::new(setup, engine);
        let mut before = 0.0;
        if let Some((state, seconds)) = left {
            match training.restore(state) {
                Ok(()) => before = seconds,
                Err(error) => course.refuse(error),
            }
        }
        while !matches!(training.pending(), Pending::Nothing(_)) {
            if !self.goes_on(&training, course) {
                return None;
            }
            training.advance();
        }
        // The tests on other lengths may take longer than the training.
        (!tests_follow || self.goes_on(&training, course)).then_some(())?;
        Some((training.into_trained()?, before))
    }

    /// Does as `course` says before a step of `training`; false where it is to be left.
    fn goes_on(&self, training: &Training, course: &mut dyn Course) -> bool {
        let next = course.next(training.progress());
        if let Next::Keep | Next::KeepAndLeave = next {
            if let Some(failure) = self.backend.failure() {
                // What a device computed after it failed is not to be kept.
                std::panic::panic_any(failure);
            }
            course.keep(training.checkpoint());
        }
        matches!(next, Next::GoOn | Next::Keep)
    }
}

impl Trainer for EngineTrainer {
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished> {
        let started = Instant::now();
        let (network, setup) = super::setup(plan, trial);
        let sections = plan.sections(trial.arm);
        let mut engine = self.backend.engine(network.clone(), sections.bptt, sections.regularizers);
        let (mut trained, before) =
            self.follow(&setup, engine.as_mut(), !sections.evaluate.lengths.is_empty(), course)?;
        trained.metrics.extend(test_on_other_lengths(plan, trial, &setup, &trained, self.backend));
        let seconds = before + started.elapsed().as_secs_f64();
        let reads = setup.splits.training_batch(0, 1).reads();
        let flops = network.flops_per_update(setup.batch, reads);
        let about = || super::description::description(plan, trial, self.names());
        let model = self
            .keep_models
            .then(|| super::model::model(&network, &trained.parameters, about(), &trained.chain.to_hex()));
        let record = super::record(plan, trial, self.names(), &setup, trained, flops, seconds);
        Some(Finished { record, model })
    }

    fn ready(&self) -> Result<(), DeviceError> {
        self.backend.probe()
    }

    fn failure(&self) -> Option<DeviceFailure> {
        self.backend.failure()
    }

    fn still_ready(&self) -> Result<(), DeviceError> {
        self.backend.probe_again()
    }

    fn leave(&self) -> Result<(), DeviceError> {
        self.backend.leave()
    }

    fn memory(&self, plan: &Plan) -> Vec<f64> {
        match self.backend.names() {
            (_, "cpu") => plan.estimates(self.backend).into_iter().map(|estimate| estimate.bytes).collect(),
            // Its buffers are in the device's own.
            _ => vec![],
        }
    }

    fn names(&self) -> (&'static str, &'static str) {
        self.backend.names()
    }
}
