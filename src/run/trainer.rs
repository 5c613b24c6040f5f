//! From a planned trial to a trained one.

use std::time::Instant;

use dfdx::{tensor::Cache, tensor_ops::Device};

use crate::{
    engine::{Engine, dfdx::DfdxEngine},
    model::Network,
    plan::{Plan, Trial},
    run::Finished,
    train::{Outcome, Progress, Setup, Splits, train},
};

/// Trains one trial of a plan. The runner's tests put a fake in its place.
pub trait Trainer: Sync {
    /// Trains `trial`, or gives nothing when `go_on` said stop.
    fn train(&self, plan: &Plan, trial: Trial, go_on: &mut dyn FnMut(Progress) -> bool) -> Option<Finished>;

    /// Names of the engine and the device, as stored beside each trial.
    fn names(&self) -> (&'static str, &'static str);
}

/// Trains by the reference engine on a dfdx device.
#[derive(Clone, Copy, Debug)]
pub struct DfdxTrainer<D> {
    device: fn() -> D,
    device_name: &'static str,
    keep_models: bool,
}

impl DfdxTrainer<dfdx::tensor::Cpu> {
    /// Trains on the CPU; `keep_models` says whether to hand the trained parameters over.
    pub fn cpu(keep_models: bool) -> Self {
        Self { device: Default::default, device_name: "cpu", keep_models }
    }
}

#[cfg(feature = "cuda")]
impl DfdxTrainer<dfdx::tensor::Cuda> {
    /// Trains on the first NVIDIA GPU; `keep_models` says whether to hand the trained parameters over.
    pub fn cuda(keep_models: bool) -> Self {
        Self { device: Default::default, device_name: "cuda", keep_models }
    }
}

impl<D: Device<f32> + Cache> Trainer for DfdxTrainer<D> {
    fn train(&self, plan: &Plan, trial: Trial, go_on: &mut dyn FnMut(Progress) -> bool) -> Option<Finished> {
        let started = Instant::now();
        let sections = plan.sections(trial.arm);
        let network = Network::new(&sections.model, sections.task.dimensions());
        let splits = Splits::new(&sections.task, &plan.task_identity(trial.arm), plan.seed(), trial.replicate);
        let reads = splits.training_batch(0, 1).reads();
        let finite = sections.task.finite();
        let setup = Setup {
            splits,
            parameters: network.initialize(&sections.init, plan.seed(), trial.replicate),
            optimizer: sections.optimizer,
            clip: sections.clip,
            probes: sections.probes,
            batch: sections.train.batch,
            budget: sections.train.budget(finite),
            evaluate_every: sections.train.evaluation_interval(finite),
            validation: sections.train.validation,
            test: sections.train.test,
            tolerance: sections.task.tolerance(),
            target: sections.train.target,
        };
        let mut engine = DfdxEngine::<f32, D>::new(network.clone(), (self.device)()).with_backward(sections.backward);
        let engine: &mut dyn Engine = &mut engine;
        let trained = train(&setup, engine, go_on);
        if trained.outcome == Outcome::Stopped {
            return None;
        }
        let seconds = started.elapsed().as_secs_f64();
        let flops = network.flops_per_update(setup.batch, reads);
        let model = self.keep_models.then(|| super::record::model(&network, &trained.parameters));
        let record = super::record(plan, trial, self.names(), &setup, trained, flops, seconds);
        Some(Finished { record, model })
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("dfdx", self.device_name)
    }
}
