//! `longlag run`.

use std::{
    fs,
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    Exit, Failure,
    arguments::{self, Device},
    progress::Progress,
    report,
    results::{self, RESOLVED, WRITTEN},
};
use crate::{
    engine::NUMERICS,
    plan::{Plan, Trial},
    run::{self, DfdxTrainer, Finished, Observer, Trainer},
    store::{Manifest, Store, StoreError, write_atomically},
    suite::{Keep, Suite},
    table,
};

pub(super) fn run(options: &arguments::Run, out: &mut dyn Write) -> Result<Exit, Failure> {
    if options.device == Device::Cuda {
        return Err(Failure::usage(
            "this build trains on the CPU only; leave --device away, or see the README on building for CUDA",
        ));
    }
    let (suite, planning) = options.suite.load()?;
    let plan = Plan::new(&suite, &planning)?;
    for warning in &plan.warnings {
        eprintln_quietly(&format!("warning: {warning}"));
    }
    let dir = options.out.join(suite.folder());
    let mut store = Store::open(&dir)?;
    write_suite(&dir, &suite)?;

    let keep_models = suite.file.keep == Keep::Models;
    let trainer = DfdxTrainer { keep_models };
    let pending = pending(&plan, &store, &trainer, keep_models.then_some(&dir));
    let jobs = options.jobs.map_or_else(cores, usize::from);
    let (engine, device) = trainer.names();
    let mut manifest = Manifest::begin(&suite.file.name, engine, device, NUMERICS, jobs.min(pending.len().max(1)));
    manifest.write(&dir)?;

    let stop = stop_on_signals()?;
    silence_panics_of_trials();
    let progress = Progress::new(&plan, &pending, plan.len() - pending.len(), options.quiet);
    let mut keeper = Keeper { plan: &plan, store: &mut store, dir: &dir, progress };
    let options_of_run = run::Options { jobs, fail_fast: options.fail_fast };
    let done = run::run(&plan, &pending, &trainer, options_of_run, &stop, &mut keeper);
    keeper.progress.end();
    let summary = done?;

    let order = results::in_order(&plan);
    let arms = plan.table_arms();
    store.compact(&table::layout(&arms, &order))?;
    manifest.ended = Some(crate::store::now());
    manifest.write(&dir)?;
    let results = results::gather(&suite, &plan, &store)?;
    let stored = results.trials.len();
    if summary.interrupted {
        let message =
            format!("interrupted: {stored} of {} trials are stored; the same command does the rest", plan.len());
        eprintln_quietly(&message);
        return Ok(Exit::Interrupted);
    }
    let files = report::write(&dir, &suite, &results, &manifest)?;
    if !options.quiet {
        out.write_all(table::Format::Table.render(&table::summary(&results), terminal_width())?.as_bytes())?;
        eprintln_quietly(&format!("report: {}", files.display()));
    }
    if summary.failed > 0 {
        let message = format!(
            "{} trials ended in an error: `longlag show {} --table trials --where status=error` says why; the same \
             command tries them again",
            summary.failed,
            dir.display()
        );
        eprintln_quietly(&message);
        return Ok(Exit::TrialsFailed);
    }
    Ok(Exit::Ok)
}

/// The trials that are not stored yet, or failed, or whose model is wanted and missing.
fn pending(plan: &Plan, store: &Store, trainer: &dyn Trainer, models: Option<&std::path::PathBuf>) -> Vec<Trial> {
    let (engine, device) = trainer.names();
    let missing = |trial: &Trial| {
        let id = plan.trial_id(*trial);
        let stored = store.stored(&id, engine, device, NUMERICS).is_some_and(|trial| trial.status.is_result());
        !stored || models.is_some_and(|dir| !model_path(dir, &id).is_file())
    };
    let mut pending: Vec<Trial> = plan.trials().filter(missing).collect();
    // Within a replicate the longest first, so that no long one is left alone at the end.
    let costs: Vec<f64> = plan.estimates().into_iter().map(|estimate| estimate.seconds).collect();
    pending.sort_by(|a, b| a.replicate.cmp(&b.replicate).then(costs[b.arm].total_cmp(&costs[a.arm])));
    pending
}

/// Where the parameters of a trial are kept.
pub(super) fn model_path(dir: &Path, trial_id: &str) -> std::path::PathBuf {
    dir.join("models").join(format!("{trial_id}.safetensors"))
}

/// Stores what is finished, then shows it.
struct Keeper<'a> {
    plan: &'a Plan,
    store: &'a mut Store,
    dir: &'a Path,
    progress: Progress,
}

impl Observer for Keeper<'_> {
    fn finished(&mut self, trial: Trial, finished: Finished) -> Result<(), StoreError> {
        if let Some(model) = &finished.model {
            let path = model_path(self.dir, &finished.record.trial.trial_id);
            let folder = self.dir.join("models");
            fs::create_dir_all(&folder).map_err(StoreError::io("create the folder", &folder))?;
            write_atomically(&path, model).map_err(StoreError::io("write", &path))?;
        }
        self.store.append(&finished.record)?;
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

fn write_suite(dir: &Path, suite: &Suite) -> Result<(), Failure> {
    for (name, text) in [(WRITTEN, suite.written_yaml()), (RESOLVED, &suite.resolved_yaml())] {
        let path = dir.join(name);
        write_atomically(&path, text.as_bytes()).map_err(StoreError::io("write", &path))?;
    }
    Ok(())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A flag that Ctrl-C and termination set; a second Ctrl-C ends at once.
fn stop_on_signals() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let installed = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
    });
    installed.map_err(|error| Failure::operational(format!("could not watch for Ctrl-C: {error}")))?;
    Ok(stop)
}

/// A panic in a trial becomes its row's reason; only panics elsewhere are printed.
fn silence_panics_of_trials() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let in_trial = std::thread::current().name().is_some_and(|name| name.starts_with(run::WORKER_NAME));
        if !in_trial {
            print(info);
        }
    }));
}

/// Writes a line to stderr; there is nobody to tell when that fails.
pub(super) fn eprintln_quietly(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The width of the terminal that stdout is, if it is one.
pub(super) fn terminal_width() -> Option<u16> {
    use std::io::IsTerminal as _;
    std::io::stdout().is_terminal().then(|| console::Term::stdout().size().1)
}
