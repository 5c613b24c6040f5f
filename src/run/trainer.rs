//! From a planned trial to a trained one.

use std::time::Instant;

use super::other_lengths::test_on_other_lengths;
use crate::{
    engine::{Backend, DeviceError, DeviceFailure},
    plan::{Plan, Trial},
    run::Finished,
    train::{Progress, train},
};

/// Trains one trial of a plan. The runner's tests put a fake in its place.
pub trait Trainer: Sync {
    /// Trains `trial`, or gives nothing when `go_on` said stop.
    fn train(&self, plan: &Plan, trial: Trial, go_on: &mut dyn FnMut(Progress) -> bool) -> Option<Finished>;

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

impl Trainer for EngineTrainer {
    fn train(&self, plan: &Plan, trial: Trial, go_on: &mut dyn FnMut(Progress) -> bool) -> Option<Finished> {
        let started = Instant::now();
        let (network, setup) = super::setup(plan, trial);
        let sections = plan.sections(trial.arm);
        let mut engine = self.backend.engine(network.clone(), sections.bptt, sections.regularizers);
        let mut trained = train(&setup, engine.as_mut(), go_on)?;
        trained.metrics.extend(test_on_other_lengths(plan, trial, &setup, &trained, self.backend));
        let seconds = started.elapsed().as_secs_f64();
        let reads = setup.splits.training_batch(0, 1).reads();
        let flops = network.flops_per_update(setup.batch, reads);
        let about = || super::description::description(plan, trial, self.names());
        let model = self.keep_models.then(|| super::record::model(&network, &trained.parameters, about()));
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
