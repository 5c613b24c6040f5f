//! Stored trials, run again and compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::AtomicBool,
};

use super::{
    Observer, PoolEvent, PoolOptions, Stage, StoredRun, Trainer, backend::provenance, definition::Definitions,
    error::RunError, memory::memory_for_trials, pool, sameness, standing::in_order,
};
use crate::{
    plan::{Plan, TUNING_REPLICATES, Trial},
    results::table::{Cell, Column, Table},
    store::{
        self, Difference, Link, MetricRow, Part, ProbeRow, Record, StoreError, difference_of_trials, digest_of_probes,
    },
};

/// Settings of running stored trials again.
#[derive(Clone, Copy, Debug)]
pub struct ReproduceOptions {
    /// Trials at a time.
    pub jobs: usize,
    /// Number of trials to run again, the same ones each time; none means all.
    pub sample: Option<usize>,
}

/// Outcome of running stored trials again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reproduction {
    /// Trials of the plan that are stored.
    pub stored: usize,
    /// Stored trials with a result of the trainer's provenance; only these can be compared.
    pub comparable: usize,
    /// Trials that were run again and compared.
    pub compared: usize,
    /// Compared trials that have other bits or failed, in the order of the plan.
    pub mismatches: Vec<Mismatch>,
    /// Whether the run was told to stop before its end.
    pub interrupted: bool,
}

/// A trial that was run again and is not the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// The id.
    pub trial_id: String,
    /// The label of its arm; of a trial of a tuning with the number of the candidate, from 1.
    pub arm: String,
    /// The number of its seed within the arm, from 0.
    pub replicate: u32,
    /// The place at which the hash chains part; nothing for a trial that failed.
    pub difference: Option<Difference>,
    /// The difference, in words.
    pub reason: String,
}

/// Runs stored trials of `run` again, those that chose settings like those that are reported, and compares all that is stored of them but
/// times: every link of their hash chains, how they ended, their metrics and what probes measured.
///
/// # Errors
///
/// When the stored chains cannot be read, or the device that trains is not there.
pub fn reproduce(
    run: &StoredRun,
    trainer: &dyn Trainer,
    options: ReproduceOptions,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Reproduction, RunError> {
    let provenance = provenance(trainer.names());
    let stages = run.stages.tuning.iter().map(|tuning| (Stage::Tuning, tuning));
    let stages: Vec<(Stage, &Plan)> = stages.chain([(Stage::Reported, run.plan())]).collect();
    let of_stage = |plan: &Plan| -> Vec<(Trial, String)> {
        let named = plan.trials().map(|trial| (trial, plan.trial_id(trial)));
        named.filter(|(_, id)| run.store.trials().contains_key(id)).collect()
    };
    let mut trials: Vec<Vec<(Trial, String)>> = stages.iter().map(|(_, plan)| of_stage(plan)).collect();
    let mut result = Reproduction { stored: trials.iter().map(Vec::len).sum(), ..Reproduction::default() };
    let is_comparable = |id: &str| {
        let stored = run.store.stored(id, provenance);
        stored.is_some_and(|stored| stored.status.is_result() && !stored.hash.is_empty())
    };
    trials.iter_mut().for_each(|trials| trials.retain(|(_, id)| is_comparable(id)));
    result.comparable = trials.iter().map(Vec::len).sum();
    if result.comparable > 0 {
        trainer.ready()?;
        stages.iter().try_for_each(|(_, plan)| plan.ready())?;
    }
    if let Some(sample) = options.sample {
        // Ids are hashes: the first ones are a sample like any other, and the same each time.
        let ids: BTreeSet<String> = trials.iter().flatten().map(|(_, id)| id.clone()).collect();
        let taken: BTreeSet<String> = ids.into_iter().take(sample).collect();
        trials.iter_mut().for_each(|trials| trials.retain(|(_, id)| taken.contains(id)));
    }

    let mut chains: BTreeMap<String, Vec<Link>> = BTreeMap::new();
    for link in run.store.rows::<Link>(|id| is_comparable(id))? {
        chains.entry(link.trial_id.clone()).or_default().push(link);
    }
    let again: BTreeSet<&str> = trials.iter().flatten().map(|(_, id)| id.as_str()).collect();
    let mut metrics: BTreeMap<String, Vec<MetricRow>> = BTreeMap::new();
    for row in run.store.rows::<MetricRow>(|id| again.contains(id))? {
        metrics.entry(row.trial_id.clone()).or_default().push(row);
    }
    // There may be a thousand times as many of them: they are read again where a digest differs.
    let probes = run.store.probe_digests(|id| again.contains(id))?;
    let probes_differ = |record: &Record| -> Result<Option<String>, StoreError> {
        let id = &record.trial.trial_id;
        if probes.get(id).copied().unwrap_or(digest_of_probes(&[])) == digest_of_probes(&record.probes) {
            return Ok(None);
        }
        Ok(sameness::probes(&run.store.rows::<ProbeRow>(|other| other == id)?, &record.probes))
    };
    let definitions = Definitions::default();
    let memory = memory_for_trials(2 * options.jobs);
    let how = PoolOptions { jobs: options.jobs, memory, ..PoolOptions::default() };
    for ((stage, plan), trials) in stages.into_iter().zip(trials) {
        if trials.is_empty() || result.interrupted {
            continue;
        }
        let trials: Vec<Trial> = trials.into_iter().map(|(trial, _)| trial).collect();
        let mut found: BTreeMap<String, (Trial, Verdict)> = BTreeMap::new();
        observer.begin(stage, plan, &trials, 0);
        let mut handle = |event: PoolEvent| {
            match event {
                PoolEvent::Progress(trial, updates) => observer.progress(trial, updates),
                PoolEvent::Resumed(..) | PoolEvent::Notice(_) | PoolEvent::Tick => observer.tick(),
                PoolEvent::Finished(trial, finished) => {
                    let record = finished.record;
                    let id = record.trial.trial_id.clone();
                    let chain = chains.get(&id).map_or(&[][..], Vec::as_slice);
                    let stored = &run.store.trials()[&id];
                    let part = definitions.of(plan, trial.arm).difference(stored);
                    let metrics = metrics.get(&id).map_or(&[][..], Vec::as_slice);
                    let verdict = match compare(stored, chain, metrics, part, &record) {
                        Verdict::Same => probes_differ(&record)?.map_or(Verdict::Same, other_figures),
                        verdict => verdict,
                    };
                    observer.finished(plan, trial, &record);
                    found.insert(id, (trial, verdict));
                }
            }
            Ok(())
        };
        let done = pool::train_trials(plan, &trials, trainer, how, stop, &mut handle);
        observer.end();
        let done = done?;
        if let Some(lost) = done.lost {
            return Err(lost.into());
        }
        result.interrupted = done.interrupted;
        result.compared += found.len();
        result.mismatches.extend(mismatches(plan, &found));
    }
    Ok(result)
}

/// Comparison of a trial with its stored self.
#[derive(Clone, Debug)]
enum Verdict {
    Same,
    Differs(Difference, String),
    Failed(String),
}

/// Compares every link that is stored, and the last one in full, then how the trial ended and its metrics; `part` is one in which the
/// stored trial is defined otherwise.
fn compare(
    stored: &store::TrialRow,
    chain: &[Link],
    metrics: &[MetricRow],
    part: Option<Part>,
    again: &Record,
) -> Verdict {
    let trial = &again.trial;
    if !trial.status.is_result() {
        return Verdict::Failed(trial.reason.clone().unwrap_or_else(|| trial.status.name().to_owned()));
    }
    let same_end = stored.hash == trial.hash;
    let reason = match part {
        _ if same_end => "the stored chain has other links, though its end is the same".to_owned(),
        Some(part) if part != Part::Unknown => format!("the parameters differ; it was stored {part}"),
        _ => "the parameters differ".to_owned(),
    };
    if let Some(difference) = difference_of_trials((stored, chain), (trial, &again.chain)) {
        return Verdict::Differs(difference, reason);
    }
    // The links tell of parameters only.
    let other = sameness::ending(stored, trial).or_else(|| sameness::metrics(metrics, &again.metrics));
    other.map_or(Verdict::Same, other_figures)
}

/// The verdict where the parameters are the same, and something else is not.
fn other_figures(what: String) -> Verdict {
    Verdict::Failed(format!("the parameters are the same, but {what}"))
}

/// The trials that are not the same, in the order of the plan.
fn mismatches(plan: &Plan, found: &BTreeMap<String, (Trial, Verdict)>) -> Vec<Mismatch> {
    let labels: Vec<String> = plan.named_arms().map(|arm| arm.label).collect();
    let of = |(Trial { arm, .. }, id): (Trial, String)| {
        let (trial, verdict) = found.get(&id)?;
        let (difference, reason) = match verdict {
            Verdict::Same => return None,
            Verdict::Differs(difference, reason) => (Some(*difference), reason.clone()),
            Verdict::Failed(reason) => (None, reason.clone()),
        };
        // The seeds of a tuning are numbered apart, which says nothing to a reader.
        let (arm, replicate) = match trial.replicate.checked_sub(TUNING_REPLICATES) {
            Some(replicate) => {
                let label = labels[arm].trim_start_matches("tuning · ");
                (format!("tuning candidate {} · {label}", arm % plan.candidates() + 1), replicate)
            }
            None => (labels[arm].clone(), trial.replicate),
        };
        Some(Mismatch { trial_id: id, arm, replicate, difference, reason })
    };
    in_order(plan).filter_map(of).collect()
}

impl Reproduction {
    /// One row for each trial that is not the same.
    pub fn table(&self) -> Table {
        let columns = vec![
            Column::text("trial_id"),
            Column::text("arm"),
            Column::number("replicate"),
            Column::number("first_differing_update"),
            Column::number("same_until"),
            Column::text("reason"),
        ];
        let update = |update: Option<u64>| update.map_or(Cell::Null, |update| Cell::Integer(update.into()));
        let row = |trial: &Mismatch| {
            vec![
                Cell::Text(trial.trial_id.clone()),
                Cell::Text(trial.arm.clone()),
                Cell::Integer(trial.replicate.into()),
                update(trial.difference.map(|difference| difference.update)),
                update(trial.difference.and_then(|difference| difference.same_until)),
                Cell::Text(trial.reason.clone()),
            ]
        };
        Table { columns, rows: self.mismatches.iter().map(row).collect(), ..Table::default() }
    }
}
