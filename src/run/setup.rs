//! From a planned trial to all that its training needs.

use crate::{
    component::parametrization::Parametrized,
    compute::kernel::Isa,
    model::Network,
    plan::{Plan, Trial},
    train::{Setup, Splits, scale_to_data},
};

/// The network of `trial` and the setup of its training.
pub fn setup(plan: &Plan, trial: Trial) -> (Network, Setup) {
    let sections = plan.sections(trial.arm);
    let network = Network::new(&sections.model, sections.task.dimensions());
    let parametrized = Parametrized::new(&sections.parametrize, &network.parameters);
    let finite = sections.task.finite();
    let splits = Splits::new(&sections.task, &plan.task_identity(trial.arm), plan.seed(), trial.replicate);
    // Whatever it is, the bits are the same.
    let isa = Isa::choose().unwrap_or(Isa::Portable);
    let mut weights = network.initialize(&sections.init, plan.seed(), trial.replicate);
    scale_to_data(&network, &sections.init, &splits, isa, &mut weights);
    let target = sections.train.target.clone().and_then(|target| target.resolved(&sections.task));
    let setup = Setup {
        // After the fit, which is to sequences of the task's own length.
        splits: splits.with_curriculum(sections.train.curriculum.clone()),
        isa,
        parameters: parametrized.initialize(&sections.init, weights, plan.seed(), trial.replicate),
        layout: parametrized.raw().to_vec(),
        parametrized,
        algorithm: sections.algorithm,
        regularizers: sections.regularizers,
        clip: sections.clip,
        optimizer: sections.optimizer,
        schedule: sections.schedule,
        learning_rate_factors: sections.learning_rate_factors,
        constraints: sections.constraints,
        probes: sections.probes,
        batch: sections.train.batch,
        budget: sections.train.budget(finite),
        evaluate_every: sections.train.evaluation_interval(finite),
        validation: sections.train.validation_of(&sections.task),
        test: sections.train.test_of(&sections.task),
        tolerance: sections.task.tolerance(),
        target,
    };
    (network, setup)
}
