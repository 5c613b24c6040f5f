//! `longlag reproduce`.

use std::{collections::BTreeMap, io::Write};

use super::{
    Exit, Failure,
    arguments::{self, Device, EngineName},
    computing::jobs,
    progress::Progress,
    results::{RunResults, in_order},
    run::{eprintln_quietly, silence_panics_of_trials, stop_on_signals, terminal_width},
};
use crate::{
    engine::NUMERICS,
    plan::{Plan, Trial},
    results::table::{Cell, Column, Format, View},
    run::{self, Difference, EngineTrainer, Finished, Observer, first_difference},
    store::{self, Link, Manifest, StoreError},
    text::pluralize,
};

pub(super) fn reproduce(options: &arguments::Reproduce, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format: Format = options.format.parse()?;
    let run = RunResults::open(&options.folder.run)?;
    // By what computed the run last, unless told otherwise.
    let mut computing = options.computing.clone();
    let told = computing.engine.is_some() || computing.device.is_some();
    if let Some(manifest) = Manifest::read(&run.dir).ok().filter(|_| !told) {
        computing.engine = Some(if manifest.engine == "dfdx" { EngineName::Dfdx } else { EngineName::Fused });
        computing.device = Some(if manifest.device == "cuda" { Device::Cuda } else { Device::Cpu });
    }
    let backend = computing.backend()?;
    let (engine, device) = backend.names();

    // The trials that chose settings can be run again like those that are reported.
    let plans: Vec<&Plan> = run.stages.tuning.iter().chain([run.plan()]).collect();
    let mut trials: Vec<(usize, Trial)> = vec![];
    for (number, plan) in plans.iter().enumerate() {
        let stored_here = |trial: &Trial| run.store.trials().contains_key(&plan.trial_id(*trial));
        trials.extend(plan.trials().filter(stored_here).map(|trial| (number, trial)));
    }
    let id = |(plan, trial): &(usize, Trial)| plans[*plan].trial_id(*trial);
    let stored = trials.len();
    trials.retain(|trial| {
        let stored = run.store.stored(&id(trial), engine, device, NUMERICS);
        stored.is_some_and(|stored| stored.status.is_result() && !stored.hash.is_empty())
    });
    let left_out = stored - trials.len();
    let this = format!("engine {engine} on {device} under numerics {NUMERICS}");
    if trials.is_empty() {
        eprintln_quietly(&format!(
            "nothing to compare: none of {} has a result by {this}; `longlag show {} --table trials` shows what each was \
             computed by",
            pluralize(stored, "stored trial"),
            crate::text::shell_quote(&run.dir.display().to_string())
        ));
        return Ok(Exit::NothingComparable);
    }
    if let Some(sample) = options.sample {
        // Ids are hashes: the first ones are a sample like any other, and the same each time.
        let mut by_id = trials.clone();
        by_id.sort_by_key(id);
        by_id.truncate(sample as usize);
        trials.retain(|trial| by_id.contains(trial));
    }

    let stop = stop_on_signals()?;
    silence_panics_of_trials();
    let trainer = EngineTrainer { backend, keep_models: false };
    let mut chains: BTreeMap<String, Vec<Link>> = BTreeMap::new();
    for link in run.store.rows::<Link>(|_| true)? {
        chains.entry(link.trial_id.clone()).or_default().push(link);
    }
    let how = run::Options { jobs: jobs(options.jobs, backend.threads()), fail_fast: false };
    let (mut view, mut compared, mut interrupted) = (View { columns: columns(), ..View::default() }, 0, false);
    for (number, plan) in plans.iter().enumerate() {
        let of_plan: Vec<Trial> = trials.iter().filter(|(of, _)| *of == number).map(|(_, trial)| *trial).collect();
        if of_plan.is_empty() || interrupted {
            continue;
        }
        let progress = Progress::new(plan, backend, &of_plan, 0, options.quiet);
        let found = BTreeMap::new();
        let mut comparer = Comparer { plan, stored: run.store.trials(), chains: &chains, found, progress };
        let done = run::run(plan, &of_plan, &trainer, how, &stop, &mut comparer);
        comparer.progress.end();
        interrupted = done?.interrupted;
        compared += comparer.found.len();
        view.rows.extend(comparer.rows());
    }
    let differing = view.rows.len();
    let same = compared - differing;
    if differing > 0 || !matches!(format, Format::Table) {
        out.write_all(format.render(&view, terminal_width())?.as_bytes())?;
    }
    let others = if left_out > 0 { format!("; {left_out} more were computed otherwise") } else { String::new() };
    eprintln_quietly(&format!(
        "{same} of {} have the same bits again, by {this}{others}",
        pluralize(compared, "trial")
    ));
    Ok(if interrupted {
        Exit::Interrupted
    } else if differing > 0 {
        Exit::Mismatch
    } else {
        Exit::Ok
    })
}

/// How a trial that was run again compares.
enum Verdict {
    Same,
    Differs(Difference),
    Failed(String),
}

/// Compares trials with those that are stored, as they end.
struct Comparer<'a> {
    plan: &'a Plan,
    stored: &'a BTreeMap<String, store::Trial>,
    chains: &'a BTreeMap<String, Vec<Link>>,
    found: BTreeMap<String, Verdict>,
    progress: Progress,
}

impl Comparer<'_> {
    fn verdict(&self, record: &store::Record) -> Verdict {
        let again = &record.trial;
        if !again.status.is_result() {
            return Verdict::Failed(again.reason.clone().unwrap_or_else(|| again.status.name().to_owned()));
        }
        if self.stored[&again.trial_id].hash == again.hash {
            return Verdict::Same;
        }
        let before = self.chains.get(&again.trial_id).map_or(&[][..], Vec::as_slice);
        // Links are kept short, the last one in full: where only that differs, it is the last update that does.
        let last = Difference { update: again.updates, same_until: None };
        Verdict::Differs(first_difference(before, &record.chain).unwrap_or(last))
    }

    /// The trials that are not the same.
    fn rows(&self) -> Vec<Vec<Cell>> {
        let mut rows = vec![];
        let labels: Vec<String> = self.plan.named_arms().map(|arm| arm.label).collect();
        let replicates: BTreeMap<String, u32> =
            self.plan.trials().map(|trial| (self.plan.trial_id(trial), trial.replicate)).collect();
        for (arm, id) in in_order(self.plan) {
            let count = |update: Option<u64>| update.map_or(Cell::Null, |update| Cell::Integer(update.into()));
            let (differs, same, reason) = match self.found.get(&id) {
                Some(Verdict::Differs(found)) => {
                    (Some(found.update), found.same_until, "the parameters differ".to_owned())
                }
                Some(Verdict::Failed(reason)) => (None, None, reason.clone()),
                Some(Verdict::Same) | None => continue,
            };
            rows.push(vec![
                Cell::Text(id.clone()),
                Cell::Text(labels[arm].clone()),
                Cell::Integer(replicates[&id].into()),
                count(differs),
                count(same),
                Cell::Text(reason),
            ]);
        }
        rows
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::text("trial_id"),
        Column::text("arm"),
        Column::number("replicate"),
        Column::number("first_differing_update"),
        Column::number("same_until"),
        Column::text("reason"),
    ]
}

impl Observer for Comparer<'_> {
    fn finished(&mut self, trial: Trial, finished: Finished) -> Result<(), StoreError> {
        let verdict = self.verdict(&finished.record);
        self.found.insert(finished.record.trial.trial_id.clone(), verdict);
        self.progress.finished(self.plan, trial, &finished.record);
        Ok(())
    }

    fn progress(&mut self, trial: Trial, updates: u64) {
        self.progress.advance(trial, updates);
    }

    fn tick(&mut self) {
        self.progress.tick();
    }
}
