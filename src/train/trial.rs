//! The training loop.

use super::{HashChain, Score, Splits, TargetSpec, Updates, score::Tally};
use crate::{
    component::{
        clip::ClipSpec,
        constraint::RetractionSpec,
        optim::{OptimizerSpec, RatesSpec},
        parameter::Parameter,
        parametrization::Parametrized,
        probe::{Measurement, ProbeSpec},
        regularizer::RegularizerSpec,
        schedule::ScheduleSpec,
        task::Batch,
    },
    compute::kernel::Isa,
    engine::Engine,
    seed::Role,
};

/// Everything a training needs, resolved.
#[derive(Clone, Debug)]
pub struct Setup {
    pub splits: Splits,
    /// What clipping and the optimizer run on; it has no influence on any bit.
    pub isa: Isa,
    /// What lies where in the flat buffer of what is trained: raw parameters, where some are parametrized.
    pub layout: Vec<Parameter>,
    /// Initial values of the flat buffer.
    pub parameters: Vec<f32>,
    /// The weights that the flat buffer stands for.
    pub parametrized: Parametrized,
    pub regularizers: Vec<RegularizerSpec>,
    pub clip: Vec<ClipSpec>,
    pub optimizer: OptimizerSpec,
    pub schedule: Vec<ScheduleSpec>,
    pub rates: RatesSpec,
    pub retractions: Vec<RetractionSpec>,
    pub probes: Vec<ProbeSpec>,
    /// Sequences per update.
    pub batch: usize,
    /// The most updates.
    pub budget: u64,
    /// Updates between evaluations.
    pub evaluate_every: u64,
    /// Sequences of the validation and test sets.
    pub validation: usize,
    pub test: usize,
    /// Errors up to this count as right, for numbers.
    pub tolerance: f64,
    pub target: Option<TargetSpec>,
}

/// How far a training is; the answer says whether to go on.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub update: u64,
    /// The last validation score.
    pub validation: Option<Score>,
}

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The target was reached at this update.
    Solved { update: u64 },
    /// The budget was spent.
    Spent,
    /// `quantity` was not finite at this update, counted from 1; 0 is before the first.
    Diverged { update: u64, quantity: &'static str },
    /// The caller said stop.
    Stopped,
}

/// What a training leaves behind.
#[derive(Clone, Debug)]
pub struct Trained {
    pub outcome: Outcome,
    /// Updates done.
    pub updates: u64,
    /// (update, split, metric, value).
    pub metrics: Vec<(u64, &'static str, &'static str, f64)>,
    /// (update, probe, measurement).
    pub probes: Vec<(u64, &'static str, Measurement)>,
    pub chain: HashChain,
    /// The final weights, made of the raw parameters where some are parametrized.
    pub parameters: Vec<f32>,
}

/// Trains until the target, the budget, a non-finite number or `go_on`'s `false`.
pub fn train(setup: &Setup, engine: &mut dyn Engine, mut go_on: impl FnMut(Progress) -> bool) -> Trained {
    let validation = setup.splits.evaluation_batches(Role::Validation, setup.validation);
    let mut updates = Updates::new(setup);
    let (mut metrics, mut probes, mut chain) = (vec![], vec![], HashChain::default());
    let mut running = Tally::default();
    let mut validated = None;
    let outcome = loop {
        let update = updates.count();
        let last = update == setup.budget;
        for probe in setup.probes.iter().filter(|probe| update == 0 || last || probe.due(update)) {
            probes.extend(measure(setup, probe, engine, updates.weights(), update));
        }
        if last || update.is_multiple_of(setup.evaluate_every) {
            chain.extend(update, &updates.decisive());
            if update > 0 {
                record(&mut metrics, update, "train", std::mem::take(&mut running).score());
                if setup.clip.iter().any(|clip| clip.kind() == "skip-nonfinite") {
                    metrics.push((update, "train", "skipped", updates.skipped() as f64));
                }
            }
            let score = evaluate(engine, updates.weights(), &validation, setup.tolerance);
            record(&mut metrics, update, "validation", score);
            validated = Some(score);
            if !score.loss.is_finite() {
                break Outcome::Diverged { update, quantity: "validation loss" };
            }
            if setup.target.as_ref().is_some_and(|target| target.reached(score)) {
                break Outcome::Solved { update };
            }
        }
        if last {
            break Outcome::Spent;
        }
        if !go_on(Progress { update, validation: validated }) {
            break Outcome::Stopped;
        }
        let batch = setup.splits.training_batch(update, setup.batch);
        if let Some(range) = setup.optimizer.guesses() {
            running.add(&batch, &updates.guess(engine, &batch, range), setup.tolerance);
            continue;
        }
        let forward = updates.differentiate(engine, &batch, &setup.splits.dropout(update));
        running.add(&batch, &forward.outputs, setup.tolerance);
        updates.regularize();
        if let Err(quantity) = updates.clip(forward.loss).and_then(|()| updates.step()) {
            break Outcome::Diverged { update: updates.count(), quantity };
        }
    };
    let update = updates.count();
    // Where the budget was not spent, the probes at the end are still to be taken.
    let measured_already = |probe: &ProbeSpec| update == 0 || update == setup.budget || probe.due(update);
    if let Outcome::Solved { .. } = outcome {
        for probe in setup.probes.iter().filter(|probe| !measured_already(probe)) {
            probes.extend(measure(setup, probe, engine, updates.weights(), update));
        }
    }
    if !matches!(outcome, Outcome::Stopped) {
        // A diverged network is tested like any other: its loss is whatever it is, NaN included.
        let test = setup.splits.evaluation_batches(Role::Test, setup.test);
        record(&mut metrics, update, "test", evaluate(engine, updates.weights(), &test, setup.tolerance));
        chain.extend(update, &updates.decisive());
    }
    let parameters = updates.weights().to_vec();
    Trained { outcome, updates: update, metrics, probes, chain, parameters }
}

fn record(rows: &mut Vec<(u64, &'static str, &'static str, f64)>, update: u64, split: &'static str, score: Score) {
    rows.push((update, split, "loss", score.loss));
    rows.push((update, split, "accuracy", score.accuracy));
}

fn evaluate(engine: &mut dyn Engine, parameters: &[f32], batches: &[Batch], tolerance: f64) -> Score {
    let mut tally = Tally::default();
    for batch in batches {
        tally.add(batch, &engine.outputs(parameters, batch), tolerance);
    }
    tally.score()
}

fn measure(
    setup: &Setup,
    probe: &ProbeSpec,
    engine: &mut dyn Engine,
    parameters: &[f32],
    update: u64,
) -> Vec<(u64, &'static str, Measurement)> {
    // A probe's sequences are the same at every update and for every method.
    let batch = setup.splits.batch(Role::Probe, probe.sequences());
    let measured = probe.measure(engine, parameters, &batch).into_iter();
    measured.map(|measurement| (update, probe.kind(), measurement)).collect()
}
