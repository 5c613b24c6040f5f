//! A trained trial as rows of the tables.

use crate::{
    component::parametrization::Parametrized,
    engine::NUMERICS,
    model::Network,
    plan::{Plan, Trial},
    store::{self, Build, LINK_DIGITS, Link, MetricRow, ProbeRow, Record, Status},
    train::{MetricValue, Outcome, ProbeValue, Setup, Trained},
};

/// The rows of a trained trial.
pub fn record(
    plan: &Plan,
    trial: Trial,
    (engine, device): (&str, &str),
    setup: &Setup,
    trained: Trained,
    flops_per_update: u64,
    train_seconds: f64,
) -> Record {
    let trial_id = plan.trial_id(trial);
    let targeted = setup.target.is_some();
    let (status, reason, solved_at, nonfinite) = match trained.outcome {
        Outcome::Solved { update } => (Status::Finished, None, Some(update), None),
        Outcome::Spent => (Status::Finished, None, None, None),
        Outcome::Diverged { update, quantity } => {
            let remedy = quantity.remedy().map(|remedy| format!("; {remedy}")).unwrap_or_default();
            let reason = format!("the {quantity} was not finite at update {update}{remedy}");
            (Status::Diverged, Some(reason), None, Some((update, quantity)))
        }
    };
    let metric = |MetricValue { update, split, metric, value }| MetricRow {
        trial_id: trial_id.clone(),
        update,
        split: split.name().into_owned(),
        metric: metric.name().to_owned(),
        value,
    };
    let metrics = trained.metrics.into_iter().map(metric).collect();
    let probes = trained.probes.into_iter().map(|ProbeValue { update, probe, measurement: measured }| ProbeRow {
        trial_id: trial_id.clone(),
        update,
        probe: probe.into_owned(),
        layer: measured.layer.map(|layer| layer as u32),
        state: measured.state,
        lag: measured.lag.map(|lag| lag as u32),
        index: measured.index.map(|index| index as u32),
        statistic: measured.statistic.into_owned(),
        value: measured.value,
    });
    let link = |(update, link): (u64, String)| Link {
        trial_id: trial_id.clone(),
        update,
        link: link[..LINK_DIGITS].to_owned(),
    };
    Record {
        probes: probes.collect(),
        metrics,
        chain: trained.chain.links().map(link).collect(),
        trial: store::TrialRow {
            config: plan.config(trial.arm),
            replicate: trial.replicate,
            status,
            reason,
            updates: trained.updates,
            solved: targeted.then_some(solved_at.is_some()),
            updates_to_target: solved_at,
            censored: targeted.then_some(solved_at.is_none()),
            first_nonfinite_update: nonfinite.map(|(update, _)| update),
            nonfinite_quantity: nonfinite.map(|(_, quantity)| quantity.name().to_owned()),
            parameters: setup.parameters.len() as u64,
            flops_per_update,
            hash: trained.chain.to_hex(),
            engine: engine.to_owned(),
            device: device.to_owned(),
            numerics: NUMERICS,
            task_definition: None,
            network_definition: None,
            training_definition: None,
            build: Some(Build::this().to_string()),
            train_seconds,
            trial_id,
        },
    }
}

/// The row of a trial that ended without a result, with the reason in words.
pub fn failed(plan: &Plan, trial: Trial, (engine, device): (&str, &str), status: Status, reason: String) -> Record {
    let sections = plan.sections(trial.arm);
    let network = Network::new(&sections.model, sections.task.dimensions());
    Record {
        trial: store::TrialRow {
            trial_id: plan.trial_id(trial),
            config: plan.config(trial.arm),
            replicate: trial.replicate,
            status,
            reason: Some(reason),
            updates: 0,
            solved: None,
            updates_to_target: None,
            censored: None,
            first_nonfinite_update: None,
            nonfinite_quantity: None,
            parameters: Parametrized::new(&sections.parametrize, &network.parameters).size() as u64,
            flops_per_update: 0,
            hash: String::new(),
            engine: engine.to_owned(),
            device: device.to_owned(),
            numerics: NUMERICS,
            task_definition: None,
            network_definition: None,
            training_definition: None,
            build: Some(Build::this().to_string()),
            train_seconds: 0.0,
        },
        metrics: vec![],
        probes: vec![],
        chain: vec![],
    }
}
