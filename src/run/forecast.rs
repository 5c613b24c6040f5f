//! The work and cost of a run, before it is done.

use std::path::Path;

use super::{
    InFlight, Stages, in_flight,
    reuse::{Reuse, Stored},
    unmerged::unmerged,
};
use crate::{
    engine::Backend,
    plan::{CostEstimate, Plan},
    results::table::{Cell, Column, Table},
    stats::Bound,
    store::{Store, StoreError},
};

/// The work that a plan has left, and what it costs.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The stages of the plan.
    pub stages: Stages,
    /// By arm of the reported stage.
    pub arms: Vec<ArmForecast>,
    /// Trials of all stages.
    pub trials: usize,
    /// Trials of all stages that are stored with a result.
    pub stored: u64,
    /// Trials of all stages that parts of the run have stored, and nobody has merged.
    pub unmerged: usize,
    /// Trials of all stages that were left on their way.
    pub in_flight: Vec<InFlight>,
    /// Seconds on one trial's cores that the others take at most, from their beginnings; not known of a GPU.
    pub seconds: Option<f64>,
    /// Of a suite with `reach`, the seconds that the others likely take.
    pub likely: Option<f64>,
    /// Of a suite with `reach`, the trials that the searches likely have left.
    pub likely_trials: f64,
    /// Bytes of memory that one trial needs at most.
    pub bytes: f64,
    /// Rows that all trials together leave in the tables at most.
    pub rows: f64,
}

/// The work of one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmForecast {
    /// Trials by which its candidates are judged, and how many of them are stored; none without `tune`.
    pub tuning: Option<(u32, u32)>,
    /// Reported trials.
    pub trials: u32,
    /// Reported trials that are stored.
    pub stored: u32,
    /// The cost of one trial.
    pub estimate: CostEstimate,
}

/// Tells what training `plan` by `backend` would do beyond what `store` holds, that of the run in `dir`, where models are kept or not.
///
/// # Errors
///
/// When the stored metrics of a tuning, or the parts of the run, cannot be read.
pub fn forecast(
    plan: &Plan,
    dir: &Path,
    store: Option<&Store>,
    backend: Backend,
    keeps_models: bool,
) -> Result<Forecast, StoreError> {
    let reuse = Reuse::new(backend.names());
    let stages =
        Stages::new(plan, store.map(Into::into), |plan, trial, row| reuse.difference(plan, trial.arm, row).is_none())?;
    let stored_of = |plan: &Plan, keeps_models: bool| {
        let mut stored = vec![0u32; plan.arms()];
        for (trial, store) in plan.trials().filter_map(|trial| Some((trial, store?))) {
            let found = reuse.look_up(store, plan, trial, keeps_models);
            stored[trial.arm] += u32::from(found == Stored::Result);
        }
        stored
    };
    let reported = &stages.reported;
    let (mut arms, likely, likely_trials): (Vec<ArmForecast>, f64, f64) = match searches(&stages, backend) {
        Some(forecast) => forecast,
        None => {
            let arms = stored_of(reported, keeps_models).into_iter().zip(reported.estimates(backend));
            let each = reported.replicates();
            (
                arms.map(|(stored, estimate)| ArmForecast { tuning: None, trials: each, stored, estimate }).collect(),
                0.0,
                0.0,
            )
        }
    };
    let (mut seconds, mut bytes, mut rows) = (0.0, 0f64, 0.0);
    let mut trials = arms.iter().map(|arm| arm.trials as usize).sum();
    if let Some(tuning) = &stages.tuning {
        trials += tuning.len();
        let stored = stored_of(tuning, false);
        for (&stored, estimate) in stored.iter().zip(tuning.estimates(backend)) {
            seconds += f64::from(tuning.replicates() - stored) * estimate.seconds;
            bytes = bytes.max(estimate.bytes);
            rows += f64::from(tuning.replicates()) * estimate.rows;
        }
        let each = tuning.candidates() * tuning.tried(0, 0).count();
        for (arm, stored) in arms.iter_mut().zip(stored.chunks(each)) {
            arm.tuning = Some((each as u32 * tuning.replicates(), stored.iter().sum()));
        }
    }
    let likely = stages.searches.is_some().then_some(seconds + likely);
    for arm in &arms {
        seconds += f64::from(arm.trials.saturating_sub(arm.stored)) * arm.estimate.seconds;
        bytes = bytes.max(arm.estimate.bytes);
        rows += f64::from(arm.trials) * arm.estimate.rows;
    }
    let stored = arms.iter().map(|arm| u64::from(arm.stored) + arm.tuning.map_or(0, |(_, stored)| stored.into())).sum();
    let seconds = backend.is_on_cpu().then_some(seconds);
    let likely = likely.filter(|_| seconds.is_some());
    let in_flight = store.map(|store| in_flight(&stages, store)).unwrap_or_default();
    let unmerged = unmerged(dir, &stages, &reuse, |plan, trial| {
        store.is_none_or(|store| reuse.look_up(store, plan, trial, false) != Stored::Result)
    })?
    .trials;
    Ok(Forecast { stages, arms, trials, stored, unmerged, in_flight, seconds, likely, likely_trials, bytes, rows })
}

/// Trials after which a search of the usual precision has ended as often as not, where success declines neither within a step nor over
/// an order of magnitude (src/stats/README.md).
const LIKELY_TRIALS: f64 = 45.0;

/// The share of its budget that a trial of a search takes on average, where half of them succeed before it is spent.
const LIKELY_SHARE: f64 = 0.75;

/// The searches of a suite with `reach`: by searched arm the most that it takes, all of its trials at the largest value; and the seconds
/// and trials that all of them take if a reach is where it is thought to be, in the middle of the range before the first trial.
fn searches(stages: &Stages, backend: Backend) -> Option<(Vec<ArmForecast>, f64, f64)> {
    let (searches, plan) = (stages.searches.as_ref()?, stages.searched.as_ref()?);
    let along = plan.along()?;
    let (search, estimates) = (along.search(), plan.estimates(backend));
    let middle = libm::sqrt(along.spec.from as f64 * along.spec.to as f64);
    let (mut likely, mut trials_left) = (0.0, 0.0);
    let arms = searches.arms.iter().enumerate().map(|(number, arm)| {
        let stored = arm.as_ref().map_or(0, |arm| arm.stored) as u32;
        let last = estimates[plan.searched_arm(number, along.values.len() - 1)];
        let over = arm.as_ref().is_some_and(|arm| arm.ending.is_some());
        let trials = if over { stored } else { along.spec.trials };
        let reach = match arm.as_ref().filter(|_| stored > 0).map(|arm| search.reach(&arm.so_far).median) {
            Some(Bound::At(value)) => value,
            Some(Bound::Below) => along.spec.from as f64,
            Some(Bound::Beyond) => along.spec.to as f64,
            None => middle,
        };
        let value = along.values.partition_point(|&value| (value as f64) < reach).min(along.values.len() - 1);
        let left = (LIKELY_TRIALS.min(f64::from(trials)) - f64::from(stored)).max(if over { 0.0 } else { 4.0 });
        trials_left += left;
        likely += left * LIKELY_SHARE * estimates[plan.searched_arm(number, value)].seconds;
        ArmForecast { tuning: None, trials, stored, estimate: last }
    });
    let arms = arms.collect();
    Some((arms, likely, trials_left))
}

impl Forecast {
    /// One row for each of the first `limit` arms; a million labels would take longer than all the rest.
    pub fn table(&self, limit: usize) -> Table {
        let mut columns = vec![Column::text("arm")];
        if self.stages.tuning.is_some() {
            columns.extend([Column::number("tuning"), Column::number("tuned")]);
        }
        columns.extend(["trials", "stored", "updates", "parameters"].map(Column::number));
        let row = |(label, arm): (String, &ArmForecast)| {
            let tuning = arm.tuning.into_iter().flat_map(|(trials, stored)| [trials, stored]);
            let counts = tuning.chain([arm.trials, arm.stored]).map(|count| Cell::Integer(count.into()));
            let size = [Cell::Integer(arm.estimate.budget.into()), Cell::Integer(arm.estimate.parameters as i128)];
            [Cell::Text(label)].into_iter().chain(counts).chain(size).collect()
        };
        let labels: Box<dyn Iterator<Item = String>> = match self.stages.searches {
            Some(_) => Box::new(self.stages.labels().into_iter()),
            None => Box::new(self.stages.reported.named_arms().map(|arm| arm.label)),
        };
        let rows = labels.zip(&self.arms).take(limit).map(row).collect();
        Table { columns, rows, ..Table::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        compute::kernel::Isa,
        plan::PlanOptions,
        run::{EngineTrainer, Trainer as _},
        suite::Suite,
        train::Progress,
    };

    const BACKEND: Backend = Backend::Fused { isa: Isa::Portable, threads: 1 };

    fn planned(model: &Value, train: &Value, task: &Value, probes: &Value) -> Plan {
        tested(model, train, task, probes, &[])
    }

    fn tested(model: &Value, train: &Value, task: &Value, probes: &Value, lengths: &[u32]) -> Plan {
        let mut suite = json!({"version": 1, "name": "x", "replicates": 1, "task": task, "model": model, "train": train,
            "probes": probes});
        if !lengths.is_empty() {
            suite["evaluate"] = json!({"lengths": lengths});
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.yaml");
        std::fs::write(&file, suite.to_string()).unwrap();
        Plan::new(&Suite::load(&file, vec![], false).unwrap(), &PlanOptions::default()).unwrap()
    }

    /// Processor time of this thread, which no neighbour on the machine prolongs.
    fn thread_seconds() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
        // Fields 14 and 15 of proc(5), in hundredths of a second.
        Some((ticks(11)? + ticks(12)?) / 100.0)
    }

    /// Small and tiny networks, few and many evaluations: the estimate is what a training takes, within a factor.
    #[test]
    fn the_time_is_estimated_within_a_factor() {
        let Some(_) = thread_seconds() else { return };
        let isa = Isa::choose().unwrap_or(Isa::Portable);
        let backend = Backend::Fused { isa, threads: 1 };
        let none: &[u32] = &[];
        for (cell, hidden, length, batch, updates, every, validation, lengths) in [
            ("elman", 1, 2, 1, 30_000, 30_000, 1, none),
            ("elman", 4, 10, 4, 10_000, 10_000, 16, none),
            ("lstm", 16, 20, 8, 2_000, 2_000, 16, none),
            ("elman", 8, 20, 8, 500, 2, 512, none),
            ("gru", 32, 50, 16, 200, 10, 512, none),
            // Nearly all of the time goes into tests on other lengths.
            ("gru", 32, 10, 4, 2, 2, 4096, &[200, 400]),
        ] {
            let plan = tested(
                &json!({"cell": cell, "hidden": hidden}),
                &json!({"batch": batch, "updates": updates, "evaluate-every": every,
                    "validation-sequences": validation, "test-sequences": validation}),
                &json!({"kind": "adding", "length": length}),
                &json!([]),
                lengths,
            );
            let estimate = plan.estimates(backend)[0].seconds;
            let trainer = EngineTrainer { backend, keep_models: false };
            let before = thread_seconds().unwrap();
            trainer.train(&plan, plan.trials().next().unwrap(), &mut |_: Progress| true).unwrap();
            let took = thread_seconds().unwrap() - before;
            let ratio = estimate / took.max(0.02);
            assert!((0.125..=8.0).contains(&ratio), "{cell} of {hidden}: {estimate} s, not {took} s");
        }
    }

    /// A training leaves as many rows as the plan says, unless it solves its task or diverges.
    #[test]
    fn rows_are_counted() {
        for (cell, layers, every, probe, lengths) in [
            ("elman", 1, 5, json!({"every": 7}), &[][..]),
            ("lstm", 2, 7, json!({"every": 5}), &[3, 9]),
            ("gru", 1, 30, json!({}), &[4, 5, 6, 7, 8, 9, 10]),
            ("gru", 1, 30, json!({"when": "start", "length": 40, "lags-per-octave": 4}), &[]),
            ("elman", 1, 5, json!({"every": 9, "length": 4}), &[]),
        ] {
            let mut probe = probe;
            (probe["kind"], probe["sequences"]) = ("gradient-by-lag".into(), 3.into());
            let plan = tested(
                &json!({"cell": cell, "hidden": 3, "layers": layers}),
                &json!({"batch": 2, "updates": 20, "evaluate-every": every, "validation-sequences": 4,
                    "test-sequences": 4}),
                &json!({"kind": "adding", "length": 6}),
                &json!([probe]),
                lengths,
            );
            let trainer = EngineTrainer { backend: BACKEND, keep_models: false };
            let record = trainer.train(&plan, plan.trials().next().unwrap(), &mut |_: Progress| true).unwrap().record;
            let rows = record.metrics.len() + record.probes.len() + record.chain.len();
            let counted = plan.estimates(BACKEND)[0].rows;
            assert!(rows as f64 <= counted && counted <= 1.1 * rows as f64 + 5.0, "{cell}: {counted}, not {rows}");
            let lags = record.probes.iter().filter_map(|row| row.lag).max();
            let longest = probe["length"].as_u64().map_or(5, |length| length as u32 - 1);
            assert!(lags.is_some_and(|lag| lag <= longest && f64::from(lag) >= 0.8 * f64::from(longest)), "{lags:?}");
            let ends: BTreeSet<u64> = record.probes.iter().map(|row| row.update).collect();
            assert_eq!(ends.contains(&20), probe["when"] != "start", "{ends:?}");
        }
    }

    /// The data of the longest test, and the gradient at each state that a probe asks for, need memory beside the training.
    #[test]
    fn tests_on_other_lengths_and_probes_need_memory() {
        let bytes = |layers: usize, probed: usize, lengths: &[u32]| {
            let plan = tested(
                &json!({"cell": "lstm", "hidden": 16, "layers": layers}),
                &json!({"batch": 2, "updates": 2, "validation-sequences": 4, "test-sequences": 1000}),
                &json!({"kind": "adding", "length": 10}),
                &json!([{"kind": "gradient-by-lag", "sequences": probed}]),
                lengths,
            );
            plan.estimates(BACKEND)[0].bytes
        };
        let plain = bytes(1, 1, &[]);
        // Two inputs at each step, of which only the longest length counts.
        let data = 4.0 * 2.0 * 1000.0 * 500.0;
        assert!(bytes(1, 1, &[500]) - plain >= data && bytes(1, 1, &[500]) < plain + 10.0 * data);
        assert_eq!(bytes(1, 1, &[500]), bytes(1, 1, &[5, 500, 50]));
        for layers in [1, 2] {
            // Of h and c of each layer.
            let gradients = 4.0 * (2 * layers * 16 * 10 * 5000) as f64;
            let needed = bytes(layers, 5000, &[]) - bytes(layers, 1, &[]);
            assert!(needed >= 0.99 * gradients && needed < 10.0 * gradients, "{needed} {gradients}");
        }
    }

    /// A probe of very many lags costs what its rows do, wherever they come from: of 600,000 over 32 sequences measured were 8.8 s and 286 MB
    /// beside those of a few lags.
    #[test]
    fn rows_of_probes_need_time_and_memory() {
        let estimate = |probe: Value| {
            let train = json!({"batch": 4, "updates": 4, "validation-sequences": 16, "test-sequences": 16});
            let task = json!({"kind": "adding", "length": 100});
            planned(&json!({"cell": "elman", "hidden": 8}), &train, &task, &json!([probe])).estimates(BACKEND)[0]
        };
        let all = estimate(json!({"kind": "gradient-by-lag", "when": "start", "length": 100_000}));
        let few =
            estimate(json!({"kind": "gradient-by-lag", "when": "start", "length": 100_000, "lags-per-octave": 8}));
        assert!(all.rows - few.rows > 5.9e5);
        let (seconds, bytes) = (all.seconds - few.seconds, all.bytes - few.bytes);
        assert!(
            (0.5..2.0).contains(&(seconds / 8.8)) && (0.5..2.0).contains(&(bytes / 286e6)),
            "{seconds} s, {bytes} bytes"
        );
    }

    /// All parameters of a readout, with their gradient, what an optimizer keeps and what the engine packs.
    #[test]
    fn a_dense_readout_needs_memory() {
        let bytes = |dense: Value| {
            let model = json!({"cell": "elman", "hidden": 8, "readout": {"dense": dense}});
            let plan = planned(&model, &json!({"batch": 2}), &json!({"kind": "adding", "length": 6}), &json!([]));
            let estimate = plan.estimates(BACKEND)[0];
            assert!(estimate.bytes >= 4.0 * 4.0 * estimate.parameters as f64, "{estimate:?}");
            estimate.bytes
        };
        let layer = |units: usize| json!({"units": units, "activation": "relu"});
        assert!(bytes(json!([layer(2000), layer(3000)])) > 100.0 * bytes(json!([])));
    }
}
