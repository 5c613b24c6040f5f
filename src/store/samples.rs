//! Records for tests.

use super::record::{Link, MetricRow, ProbeRow, Record, TrialRow};
use super::status::Status;

/// A record whose every figure depends on `n`, with the floats that are easily lost: NaN, infinities, −0.
pub(crate) fn record(n: u64) -> Record {
    // Ids in another order than the numbers, as hashes are.
    let trial_id = format!("t{:015x}", (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 4);
    let diverged = n % 3 == 2;
    let trial = TrialRow {
        trial_id: trial_id.clone(),
        config: format!(r#"{{"n":{n}}}"#),
        replicate: n as u32,
        status: if diverged { Status::Diverged } else { Status::Finished },
        reason: diverged.then(|| "the loss became NaN at update 3".to_owned()),
        updates: 100 + n,
        solved: Some(!diverged),
        updates_to_target: (!diverged).then_some(50 + n),
        censored: Some(diverged),
        first_nonfinite_update: diverged.then_some(3),
        nonfinite_quantity: diverged.then(|| "loss".to_owned()),
        parameters: 1_000,
        flops_per_update: 1_000_000,
        hash: "ab".repeat(32),
        engine: "fused".to_owned(),
        device: "cpu".to_owned(),
        numerics: 1,
        task_definition: None,
        network_definition: None,
        training_definition: None,
        build: None,
        train_seconds: n as f64 / 8.0,
    };
    let loss = if diverged { f64::NAN } else { 0.25 / (n + 1) as f64 };
    // Not in the order of the table, which the store brings about.
    let metrics = [("validation", "loss", f64::INFINITY), ("test", "loss", loss), ("test", "accuracy", -0.0)];
    let metrics = metrics
        .into_iter()
        .map(|(split, metric, value)| MetricRow {
            trial_id: trial_id.clone(),
            update: trial.updates,
            split: split.to_owned(),
            metric: metric.to_owned(),
            value,
        })
        .collect();
    let probes = (0..3)
        .map(|lag| ProbeRow {
            trial_id: trial_id.clone(),
            update: 0,
            probe: "gradient-by-lag".to_owned(),
            layer: Some(0),
            state: (lag > 0).then(|| "h".to_owned()),
            lag: Some(2 - lag),
            index: None,
            statistic: "median".to_owned(),
            value: [f64::NEG_INFINITY, 5e-324, 1.0][lag as usize],
        })
        .collect();
    let link = |update: u64| Link { trial_id: trial_id.clone(), update, link: format!("{:016x}", n * 1_000 + update) };
    let chain = (0..3).map(|k| link(k * 50)).collect();
    Record { trial, metrics, probes, chain }
}
