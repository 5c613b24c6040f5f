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
    Exit, Failure, arguments,
    computing::{fits, jobs},
    progress::Progress,
    report,
    results::{self, RESOLVED, WRITTEN},
    tuning,
};
use crate::{
    engine::{Backend, NUMERICS},
    plan::{Plan, PlanOptions, Trial},
    results::table,
    run::{self, EngineTrainer, Finished, Observer, Stages, Summary, Trainer},
    store::{self, Manifest, Store, StoreError, write_atomically},
    suite::{Keep, Suite},
    text::{pluralize, shell_quote},
};

pub(super) fn run(options: &arguments::Run, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.computing.backend()?;
    let stop = stop_on_signals()?;
    silence_panics_of_trials();
    train(options, backend, |keep_models| Box::new(EngineTrainer { backend, keep_models }), &stop, out)
}

/// Trains what is missing by the trainer that `trainer` makes for `backend`, until `stop` is set, and draws the report.
fn train(
    options: &arguments::Run,
    backend: Backend,
    trainer: impl Fn(bool) -> Box<dyn Trainer>,
    stop: &AtomicBool,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let (suite, planning) = options.suite.load()?;
    let plan = Plan::new(&suite, &planning)?;
    fits(backend, &plan)?;
    for warning in &plan.warnings {
        eprintln_quietly(&format!("warning: {warning}"));
    }
    let keep_models = suite.file.keep == Keep::Models;
    // What is stored and reported is the whole suite, whichever arms are run now.
    let only_some = !planning.only.is_empty();
    let whole = if only_some { Some(Plan::new(&suite, &PlanOptions { only: vec![], ..planning })?) } else { None };
    let dir = options.out.join(suite.folder());
    let mut store = Store::open(&dir)?;
    let same_suite = fs::read_to_string(dir.join(RESOLVED)).is_ok_and(|before| before == suite.resolved_yaml());
    write_suite(&dir, &suite)?;

    let jobs = jobs(options.jobs, backend.threads());
    let (engine, device) = backend.names();
    let counts = |trial: &store::Trial| {
        (trial.engine.as_str(), trial.device.as_str(), trial.numerics) == (engine, device, NUMERICS)
    };
    let models = keep_models.then_some(&dir);
    let mut stages = Stages::new(&plan, Some(&store), counts)?;
    let tried = stages.tuning.as_ref().map(|tuning| pending(tuning, &store, backend, None)).unwrap_or_default();
    let to_do = match tried.len() {
        0 => pending(&stages.reported, &store, backend, models).len(),
        tried => tried + plan.len() / plan.candidates(),
    };
    // Where nothing is to be done, the record of what was done stays.
    let earlier = Manifest::read(&dir).ok().filter(|_| same_suite && to_do == 0);
    let threads = jobs.min(to_do.max(1)) * backend.threads();
    let begin = || Manifest::begin(&suite.file.name, engine, device, NUMERICS, threads);
    let mut manifest = earlier.unwrap_or_else(begin);
    manifest.write(&dir)?;

    let how = run::Options { jobs, fail_fast: options.fail_fast };
    let train_all = |plan: &Plan, pending: &[Trial], store: &mut Store, keep_models: bool| {
        let done = plan.trials().count() - pending.len();
        let progress = Progress::new(plan, backend, pending, done, options.quiet);
        let mut keeper = Keeper { plan, store, dir: &dir, progress };
        let done = run::run(plan, pending, trainer(keep_models).as_ref(), how, stop, &mut keeper);
        keeper.progress.end();
        done
    };
    let mut summary = Summary::default();
    if let Some(tuning) = &stages.tuning {
        if !options.quiet {
            let candidates = pluralize(tuning.candidates(), "candidate");
            eprintln_quietly(&format!("tuning: {candidates} for each arm"));
        }
        summary = train_all(tuning, &tried, &mut store, false)?;
        stages = Stages::new(&plan, Some(&store), counts)?;
        if !options.quiet {
            eprintln_quietly("the best candidate of each arm:");
        }
    }
    let stopped = summary.interrupted || (options.fail_fast && summary.failed > 0);
    if !stopped {
        let reported = &stages.reported;
        let done = train_all(reported, &pending(reported, &store, backend, models), &mut store, keep_models)?;
        summary = Summary {
            finished: summary.finished + done.finished,
            failed: summary.failed + done.failed,
            interrupted: done.interrupted,
        };
    }

    let whole = whole.map(|whole| Stages::new(&whole, Some(&store), counts)).transpose()?;
    store.compact(&results::layout(whole.as_ref().unwrap_or(&stages)))?;
    manifest.ended.get_or_insert_with(crate::store::now);
    manifest.write(&dir)?;
    let results = results::gather(&suite, &stages.reported, &store)?;
    if summary.interrupted {
        let tried = stages.tuning.as_ref().map_or(0, |tuning| stored(tuning, &store));
        let planned = stages.reported.len() + stages.tuning.as_ref().map_or(0, Plan::len);
        eprintln_quietly(&format!(
            "interrupted: {} of {} are stored; the same command does the rest",
            tried + results.stored(),
            pluralize(planned, "trial")
        ));
        return Ok(Exit::Interrupted);
    }
    let shown = whole.as_ref().unwrap_or(&stages);
    let of_whole = whole.as_ref().map(|whole| results::gather(&suite, &whole.reported, &store)).transpose()?;
    let tuning = tuning::candidates(shown, &store)?;
    let page = report::write(&dir, &suite, of_whole.as_ref().unwrap_or(&results), tuning.as_ref(), &manifest)?;
    if !options.quiet {
        out.write_all(table::Format::Table.render(&table::summary(&results), terminal_width())?.as_bytes())?;
        eprintln_quietly(&format!("report: {}", page.display()));
    }
    if summary.failed > 0 {
        eprintln_quietly(&format!(
            "{} ended in an error: `longlag show {} --table trials --where status=error` says why; the same command \
             tries again",
            pluralize(summary.failed, "trial"),
            shell_quote(&dir.display().to_string())
        ));
        return Ok(Exit::TrialsFailed);
    }
    Ok(Exit::Ok)
}

/// How many trials of the plan are stored.
fn stored(plan: &Plan, store: &Store) -> usize {
    plan.trials().filter(|trial| store.trials().contains_key(&plan.trial_id(*trial))).count()
}

/// The trials that are not stored yet, or failed, or whose model is wanted and missing.
fn pending(plan: &Plan, store: &Store, backend: Backend, models: Option<&std::path::PathBuf>) -> Vec<Trial> {
    let (engine, device) = backend.names();
    let missing = |trial: &Trial| {
        let id = plan.trial_id(*trial);
        let stored = store.stored(&id, engine, device, NUMERICS).is_some_and(|trial| trial.status.is_result());
        !stored || models.is_some_and(|dir| !model_path(dir, &id).is_file())
    };
    let mut pending: Vec<Trial> = plan.trials().filter(missing).collect();
    // Within a replicate the longest first, so that no long one is left alone at the end.
    let costs: Vec<f64> = plan.estimates(backend).into_iter().map(|estimate| estimate.seconds).collect();
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

/// A flag that Ctrl-C and termination set; a second Ctrl-C ends at once.
pub(super) fn stop_on_signals() -> Result<Arc<AtomicBool>, Failure> {
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
pub(super) fn silence_panics_of_trials() {
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

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::store::Status;

    const SUITE: &str = "
version: 1
name: fragile
replicates: 2
task: {kind: adding, length: 4}
model: {cell: elman, hidden: 2}
train: {batch: 2, updates: 2, evaluate-every: 1, validation: 4, test: 4}
sweep: [{kind: grid, over: {model.hidden: [2, 3]}}]
";

    /// Panics at one trial, if at any; trains the others.
    struct Fragile {
        inner: Box<dyn Trainer>,
        breaks_at: Option<Trial>,
    }

    impl Trainer for Fragile {
        fn train(
            &self,
            plan: &Plan,
            trial: Trial,
            go_on: &mut dyn FnMut(crate::train::Progress) -> bool,
        ) -> Option<Finished> {
            assert!(self.breaks_at != Some(trial), "a fuse blew");
            self.inner.train(plan, trial, go_on)
        }

        fn names(&self) -> (&'static str, &'static str) {
            self.inner.names()
        }
    }

    #[test]
    fn a_trial_that_panics_is_a_failed_row_and_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fragile.yaml");
        fs::write(&file, SUITE).unwrap();
        let (file, out) = (file.to_str().unwrap(), folder.path().to_str().unwrap());
        let parsed = arguments::Arguments::parse_from(["longlag", "run", file, "--out", out, "--quiet", "-j2"]);
        let arguments::Command::Run(options) = parsed.command else { panic!("not a run") };
        let backend = options.computing.backend().unwrap();
        let run = |breaks_at: Option<Trial>| {
            let fragile = |_| {
                let inner = Box::new(EngineTrainer { backend, keep_models: false });
                Box::new(Fragile { inner, breaks_at }) as Box<dyn Trainer>
            };
            train(&options, backend, fragile, &AtomicBool::new(false), &mut Vec::new())
                .unwrap_or_else(|_| panic!("it runs"))
        };
        let statuses = || {
            let store = Store::read(&folder.path().join("fragile")).unwrap();
            let mut rows: Vec<(Status, Option<String>)> =
                store.trials().values().map(|trial| (trial.status, trial.reason.clone())).collect();
            rows.sort_by_key(|(status, _)| *status != Status::Error);
            rows
        };
        assert_eq!(run(Some(Trial { arm: 1, replicate: 0 })), Exit::TrialsFailed);
        let rows = statuses();
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0], (Status::Error, Some("the trial panicked: a fuse blew".to_owned())));
        assert!(rows[1..].iter().all(|row| *row == (Status::Finished, None)), "{rows:?}");
        assert_eq!(run(None), Exit::Ok);
        assert!(statuses().iter().all(|row| *row == (Status::Finished, None)));
    }
}
