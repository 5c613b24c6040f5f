//! From a planned trial to all that its training needs.

use crate::{
    kernel::Isa,
    model::Network,
    plan::{Plan, Trial},
    train::{Setup, Splits},
};

/// The network of `trial` and the setup of its training.
pub fn setup(plan: &Plan, trial: Trial) -> (Network, Setup) {
    let sections = plan.sections(trial.arm);
    let network = Network::new(&sections.model, sections.task.dimensions());
    let finite = sections.task.finite();
    let setup = Setup {
        splits: Splits::new(&sections.task, &plan.task_identity(trial.arm), plan.seed(), trial.replicate),
        // Whatever it is, the bits are the same.
        isa: Isa::choose().unwrap_or(Isa::Portable),
        parameters: network.initialize(&sections.init, plan.seed(), trial.replicate),
        layout: network.parameters.clone(),
        parametrize: sections.parametrize,
        regularizers: sections.regularizers,
        clip: sections.clip,
        optimizer: sections.optimizer,
        schedule: sections.schedule,
        rates: sections.rates,
        retractions: sections.retractions,
        probes: sections.probes,
        batch: sections.train.batch,
        budget: sections.train.budget(finite),
        evaluate_every: sections.train.evaluation_interval(finite),
        validation: sections.train.validation,
        test: sections.train.test,
        tolerance: sections.task.tolerance(),
        target: sections.train.target,
    };
    (network, setup)
}
