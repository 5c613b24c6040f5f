//! Tests of a trained network on other lengths of its task.

use crate::{
    engine::Backend,
    model::Network,
    plan::{Plan, Trial},
    train::{MetricValue, Outcome, Score, Setup, Split, Trained, score_of},
};

/// The scores of the trained network on the lengths that the suite's `evaluate` names; NaN of a diverged one.
///
/// The network is made again for each length, of the same cell and weights, so that an engine that lays out a whole sequence can.
pub(super) fn test_on_other_lengths(
    plan: &Plan,
    trial: Trial,
    setup: &Setup,
    trained: &Trained,
    backend: Backend,
) -> Vec<MetricValue> {
    let sections = plan.sections(trial.arm);
    let mut metrics = vec![];
    for &length in &sections.evaluate.lengths {
        let Some(task) = sections.task.with_length(length as usize) else { continue };
        let Some(batches) = setup.splits.test_batches_at(length, setup.test) else { continue };
        let score = match trained.outcome {
            Outcome::Diverged { .. } => Score::without_result(&batches),
            Outcome::Solved { .. } | Outcome::Spent => {
                let network = Network::new(&sections.model, task.dimensions());
                let mut engine = backend.engine(network, vec![], vec![]);
                score_of(engine.as_mut(), &trained.parameters, &batches, setup.tolerance)
            }
        };
        let value =
            |(metric, value)| MetricValue { update: trained.updates, split: Split::AtLength(length), metric, value };
        metrics.extend(score.measures().map(value));
    }
    metrics
}
