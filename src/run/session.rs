//! A suite with its folder, opened to be trained.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::Instant,
};

use super::{
    Crowding, EngineTrainer, Finished, Observer, Pending, PoolEvent, PoolOptions, SessionOptions, Stage, Stages,
    Stores, Summary, Trainer,
    backend::{check_backend, default_jobs},
    contents::{Contents, columns, write},
    elsewhere::{Elsewhere, other_folders},
    error::RunError,
    in_flight::discard_checkpoints,
    interim::{self, Interim, Pace},
    limits::Limits,
    memory::{AvailableMemory, memory_for_trials},
    model::write_model,
    patience::{Patience, Waiting},
    pool,
    reuse::{Reuse, Stored},
    shard::Share,
    watch::Keeping,
};
use crate::{
    engine::NUMERICS,
    plan::{Plan, PlanOptions, Trial},
    results::{report::Composition, table::Results},
    store::{
        self, Checkpoints, Damage, Manifest, ManifestSession, Store, StoreError, SuiteFiles, layout, read_regular_text,
    },
    suite::Suite,
};

/// A suite with its folder: what is stored of it, what is pending, and the way to train that.
///
/// While it lives no other process can write to the folder. What is reported is the whole suite, whichever arms
/// [`PlanOptions::only`] picks.
#[derive(Debug)]
pub struct Session {
    suite: Suite,
    dir: PathBuf,
    options: SessionOptions,
    plan: Plan,
    /// The plan of the whole suite, where only some of its arms are trained.
    whole: Option<Plan>,
    store: Store,
    /// The run's other folders, of a shard.
    elsewhere: Elsewhere,
    stages: Stages,
    share: Share,
    reuse: Reuse,
    /// Whether the folder's report is of another suite, of which this is no whole to take its place.
    apart: bool,
    /// The report while the run goes on.
    interim: Option<Interim>,
    pace: Pace,
    /// The time that the run and its trials may take.
    limits: Limits,
    patience: Patience,
}

impl Session {
    /// Plans `suite` and opens its folder, which is created if there is none.
    ///
    /// # Errors
    ///
    /// When the sweep is wrong, the backend cannot train an arm, its device is not there, or the folder cannot be opened, as when another process writes
    /// there.
    pub fn open(suite: Suite, options: SessionOptions) -> Result<Self, RunError> {
        let plan = Plan::new(&suite, &options.plan)?;
        check_backend(options.backend, &plan)?;
        let all = || PlanOptions { only: vec![], ..options.plan.clone() };
        let whole = if options.plan.only.is_empty() { None } else { Some(Plan::new(&suite, &all())?) };
        let run = options.out.join(suite.folder());
        let dir = options.shard.map_or_else(|| run.clone(), |shard| run.join(shard.folder()));
        if !dir.exists() {
            // Nothing is stored, so there is something to train: no folder is made for what cannot be.
            options.backend.probe()?;
        }
        let store = Store::open(&dir)?;
        let reuse = Reuse::new(options.backend.names());
        let elsewhere = options.shard.map_or_else(|| Ok(Elsewhere::default()), |_| Elsewhere::read(&run, &dir))?;
        let stages = stages(&plan, Stores::new(&store, &elsewhere.stores), &reuse)?;
        let share = Share::new(options.shard, &plan, &stages);
        let resolved = suite.resolved_yaml(whole.as_ref().unwrap_or(&plan).known_data());
        let apart = is_apart(&suite, &resolved, &run, whole.is_some());
        let (interim, pace, limits, patience) = (None, Pace::default(), Limits::default(), Patience::default());
        Ok(Self {
            suite,
            dir,
            options,
            plan,
            whole,
            store,
            elsewhere,
            stages,
            share,
            reuse,
            apart,
            interim,
            pace,
            limits,
            patience,
        })
    }

    /// The suite.
    pub fn suite(&self) -> &Suite {
        &self.suite
    }

    /// The folder of this suite's results.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The plan of the arms to train; of a suite with `tune` it has all candidates.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The stages of the plan, with the candidates that the stored trials choose.
    pub fn stages(&self) -> &Stages {
        &self.stages
    }

    /// The stored trials.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The faults that were found in the folder when it was opened, and with the models that are kept, in a line each: the trials that it cost
    /// are pending.
    pub fn damages(&self) -> Vec<String> {
        if self.suite.keeps_models() {
            // Looks at them.
            self.pending();
        }
        let stored = self.store.damages().iter().map(Damage::to_string);
        stored.chain(self.reuse.damaged_models()).collect()
    }

    /// The trainer of the session's backend.
    pub fn trainer(&self) -> EngineTrainer {
        EngineTrainer { backend: self.options.backend, keep_models: self.suite.keeps_models() }
    }

    /// Whether the folder's report, which is of the whole suite as it is written or was, stays: `--set` or `--only` made another one of
    /// this, whose trials are stored beside.
    pub fn is_apart(&self) -> bool {
        self.apart
    }

    /// Sees how far the stored trials lead now, those of other processes among them.
    fn look_again(&mut self) -> Result<(), StoreError> {
        self.elsewhere.read_again()?;
        self.stages = stages(&self.plan, Stores::new(&self.store, &self.elsewhere.stores), &self.reuse)?;
        self.share = Share::new(self.options.shard, &self.plan, &self.stages);
        Ok(())
    }

    /// Trains what is pending until `stop` is set: first the tuning, then what it chose. Each trial is stored as it ends.
    ///
    /// # Errors
    ///
    /// When the backend's device cannot be trained on, or the folder cannot be written.
    pub fn run(
        &mut self,
        trainer: &dyn Trainer,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Summary, RunError> {
        let pending = self.pending();
        if !pending.is_empty() {
            trainer.ready()?;
            self.plan.ready()?;
        }
        let until = self.options.max_time.and_then(|time| Instant::now().checked_add(time));
        self.limits = Limits { trial: self.options.timeout, until };
        let mut manifest = self.begin(&pending)?;
        let stands = |plan: &Plan, trial: Trial| self.look_up(plan, trial, false) == Stored::Result;
        discard_checkpoints(&self.dir, &self.stages, |plan, trial| self.options.again || stands(plan, trial));
        self.interim = (!self.apart && self.options.shard.is_none()).then(|| Interim::new(&self.dir, self.pace));
        let mut summary = Summary::default();
        let mut pending_reported = Some(pending.reported);
        if let Some(tuning) = self.stages.tuning.clone() {
            summary = self.train(Stage::Tuning, &tuning, &pending.tuning, trainer, observer, stop)?;
            self.look_again()?;
            // The candidates that were chosen have other trials.
            pending_reported = None;
        }
        let stopped = summary.interrupted || summary.lost.is_some() || (self.options.fail_fast && summary.failed > 0);
        if !stopped {
            let done = match (&self.stages.searches, self.options.shard) {
                (Some(_), _) => self.follow(Stage::Search, trainer, observer, stop)?,
                // While it trains, other shards may store what chooses further candidates.
                (None, Some(_)) => self.follow(Stage::Reported, trainer, observer, stop)?,
                (None, None) => {
                    let reported = self.stages.reported.clone();
                    let pending = pending_reported.unwrap_or_else(|| self.pending().reported);
                    self.train(Stage::Reported, &reported, &pending, trainer, observer, stop)?
                }
            };
            summary = summary.and(done);
        }
        let interim = self.interim.take().is_some_and(|mut interim| interim.wait());
        let mut waiting = Waiting::new(self.patience);
        // The tables are those of the folder's report; what is stored beside it waits in the journal.
        if !self.apart {
            let columns = columns(&self.whole_stages()?);
            waiting.until_done(stop, observer, || self.store.compact(&columns))?;
        }
        if let Some(session) = manifest.sessions.last_mut() {
            session.ended.get_or_insert_with(store::now);
        }
        waiting.until_done(stop, observer, || manifest.write(&self.dir))?;
        let ended_early = summary.interrupted || summary.lost.is_some();
        // What is there is shown, and no page must say that the run goes on.
        if ended_early
            && !self.apart
            && self.options.shard.is_none()
            && (interim || (1..=interim::MOST).contains(&self.stored()))
        {
            self.write(&self.report()?)?;
        }
        Ok(summary)
    }

    /// Trains what the stored trials ask for, round by round, until they ask for no more. A trial that fails is tried once, and what
    /// depends on it waits there.
    fn follow(
        &mut self,
        stage: Stage,
        trainer: &dyn Trainer,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Summary, RunError> {
        let mut summary = Summary::default();
        let mut tried = BTreeSet::new();
        loop {
            let reported = self.stages.reported.clone();
            let mut pending = self.pending().reported;
            pending.retain(|trial| tried.insert(reported.trial_id(*trial)));
            observer.searching(&self.stages);
            if pending.is_empty() {
                return Ok(summary);
            }
            let done = self.train(stage, &reported, &pending, trainer, observer, stop)?;
            let stopped = done.interrupted || done.lost.is_some() || (self.options.fail_fast && done.failed > 0);
            summary = summary.and(done);
            self.look_again()?;
            if stopped {
                return Ok(summary);
            }
        }
    }

    /// The stored results of the arms of this session.
    ///
    /// # Errors
    ///
    /// When a table cannot be read.
    pub fn results(&self) -> Result<Results, RunError> {
        self.results_of_arms(true)
    }

    /// The stored results of the arms of this session without what probes measured, which may be a thousand times as much to read.
    ///
    /// # Errors
    ///
    /// When a table cannot be read.
    pub fn results_without_probes(&self) -> Result<Results, RunError> {
        self.results_of_arms(false)
    }

    fn results_of_arms(&self, with_probes: bool) -> Result<Results, RunError> {
        let mut results = self.contents(&self.stages).results(with_probes)?;
        if self.whole.is_some() {
            // Trials of arms that `--only` leaves out are planned all the same.
            results.circumstances.unplanned = self.contents(&self.whole_stages()?).standing().unplanned;
        }
        Ok(results)
    }

    /// The report of the whole suite.
    ///
    /// # Errors
    ///
    /// When a table or the manifest cannot be read, or a figure not be drawn.
    pub fn report(&self) -> Result<Composition, RunError> {
        Ok(self.report_with_results()?.0)
    }

    /// The report of the whole suite, and its results where these are what the session shows: of all arms, without verdicts only where
    /// there are no claims.
    ///
    /// # Errors
    ///
    /// As of [`Session::report`].
    pub fn report_with_results(&self) -> Result<(Composition, Option<Results>), RunError> {
        let (report, results) = self.contents(&self.whole_stages()?).report(&Manifest::read(&self.dir)?, None)?;
        Ok((report, self.whole.is_none().then_some(results)))
    }

    /// Writes `report` into the folder and gives the path of its page.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write(&self, report: &Composition) -> Result<PathBuf, RunError> {
        Ok(write(&self.dir, report)?)
    }

    fn contents<'a>(&'a self, stages: &'a Stages) -> Contents<'a> {
        let Self { suite, store, reuse, .. } = self;
        let (quick, definitions, shown) = (suite.is_quick(), reuse.definitions(), Some(reuse.computed()));
        Contents { suite, stages, store, quick, definitions, shown }
    }

    fn whole_stages(&self) -> Result<Stages, StoreError> {
        match &self.whole {
            Some(whole) => stages(whole, Stores::new(&self.store, &self.elsewhere.stores), &self.reuse),
            None => Ok(self.stages.clone()),
        }
    }

    /// Whether [`SessionOptions::jobs`] asks for more trials at a time than the memory has room for.
    pub fn crowding(&self) -> Option<Crowding> {
        let asked = self.options.jobs?;
        let pending = self.pending();
        let jobs = asked.min(pending.tuning.len().max(pending.reported.len()));
        let bytes = jobs as f64 * self.largest();
        let memory = self.memory().filter(|memory| jobs > 1 && bytes > memory.bytes)?;
        Some(Crowding { jobs, bytes, memory })
    }

    /// Bytes that a trial of the largest arm needs.
    fn largest(&self) -> f64 {
        self.trainer().memory(&self.plan).into_iter().fold(0.0, f64::max)
    }

    fn jobs(&self) -> usize {
        self.options.jobs.unwrap_or_else(|| default_jobs(self.options.backend, self.largest()))
    }

    /// The memory for trials beside that of their threads.
    fn memory(&self) -> Option<AvailableMemory> {
        memory_for_trials(self.jobs() * (1 + self.options.backend.threads()))
    }

    /// Writes the suite and the manifest.
    fn begin(&self, pending: &Pending) -> Result<Manifest, RunError> {
        let resolved = self.suite.resolved_yaml(self.whole.as_ref().unwrap_or(&self.plan).known_data());
        let same_suite = read_regular_text(&self.dir.join(layout::RESOLVED)).is_ok_and(|before| before == resolved);
        let mut manifest = self.store.manifest().unwrap_or_else(|_| Manifest::new(&self.suite.file.name));
        if !self.apart {
            let Manifest { sessions, .. } = manifest;
            let (quick, changed) = (self.suite.is_quick(), self.suite.is_changed());
            manifest = Manifest { sessions, quick, changed, ..Manifest::new(&self.suite.file.name) };
        }
        let to_do = match pending.tuning.len() {
            0 => pending.reported.len(),
            tuning => tuning + self.plan.len() / self.plan.candidates(),
        };
        // Where nothing is to be done, the record of what was done stays.
        if to_do > 0 || !same_suite || manifest.sessions.is_empty() {
            let backend = self.options.backend;
            let (engine, device) = backend.names();
            let threads = self.jobs().min(to_do.max(1)) * backend.threads();
            let session = ManifestSession::begin(engine, device, NUMERICS, threads);
            // A GPU is looked at where it is to train.
            let gpu = if to_do > 0 { backend.gpu() } else { None };
            manifest.sessions.push(ManifestSession { gpu, apart: self.apart, ..session });
        }
        if self.apart {
            manifest.write(&self.dir)?;
        } else {
            let files = SuiteFiles { suite: self.suite.written_yaml().as_bytes(), resolved: resolved.as_bytes() };
            files.write(&self.dir, &mut manifest)?;
        }
        Ok(manifest)
    }

    fn train(
        &mut self,
        stage: Stage,
        plan: &Plan,
        pending: &[Trial],
        trainer: &dyn Trainer,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Summary, RunError> {
        let (jobs, memory) = (self.jobs(), self.memory());
        let run = self.options.out.join(self.suite.folder());
        // Whoever begins again goes on from none.
        let others = if self.options.again { vec![] } else { other_folders(&run, &self.dir)? };
        let checkpoints = Checkpoints::of(&self.dir).beside(others);
        let keeping = self.options.checkpoints.map(|interval| Keeping { checkpoints: &checkpoints, interval });
        let options = PoolOptions { jobs, fail_fast: self.options.fail_fast, memory, limits: self.limits, keeping };
        // The parameters of a candidate are of no use to anyone.
        let keeps_models = stage != Stage::Tuning && self.suite.keeps_models();
        let planned = self.planned();
        let mut stored = if pending.is_empty() { planned } else { self.stored() };
        let stored_before = self.own(plan).count() - pending.len();
        // What is trained beside the folder's report waits in the journal.
        let whole = if self.apart { None } else { Some(self.whole_stages()?) };
        let mut waiting = Waiting::new(self.patience);
        let Self { store, dir, reuse, interim, .. } = self;
        observer.begin(stage, plan, pending, stored_before);
        let mut handle = |event: PoolEvent| {
            match event {
                PoolEvent::Resumed(trial, updates) => observer.resumed(plan, trial, updates),
                PoolEvent::Progress(trial, updates) => observer.progress(trial, updates),
                PoolEvent::Notice(text) => observer.notice(&text),
                PoolEvent::Tick => observer.tick(),
                PoolEvent::Finished(trial, finished) => {
                    let Finished { mut record, model } = *finished;
                    reuse.definition(plan, trial.arm).mark(&mut record.trial);
                    let id = &record.trial.trial_id;
                    if let Some(model) = model.filter(|_| keeps_models) {
                        waiting.until_done(stop, observer, || write_model(dir, id, &model))?;
                        reuse.kept_model(id);
                    }
                    waiting.until_done(stop, observer, || store.append(&record))?;
                    if record.trial.status.is_result() {
                        checkpoints.remove(&record.trial.trial_id);
                    }
                    stored += 1;
                    observer.finished(plan, trial, &record);
                    if let Some(whole) = whole.as_ref().filter(|_| store.is_full()) {
                        let columns = columns(whole);
                        waiting.until_done(stop, observer, || store.compact(&columns))?;
                    }
                }
            }
            // At any event: while progress comes in quick succession there is no tick.
            interim.iter_mut().for_each(|interim| interim.tick(stored, planned));
            Ok(())
        };
        let done = pool::train_trials(plan, pending, trainer, options, stop, &mut handle);
        checkpoints.sweep();
        observer.end();
        done
    }
}

/// Whether `suite`, as `--set` or `--only` make it, is not what the report in `dir` shows, and that is of a suite as it is written.
fn is_apart(suite: &Suite, resolved: &str, dir: &Path, some_arms: bool) -> bool {
    let shown = read_regular_text(&dir.join(layout::RESOLVED));
    // A report of which nobody knows what it is of stays.
    let whole =
        Manifest::read(dir).map_or(true, |manifest| !manifest.changed) && dir.join(layout::REPORT_HTML).is_file();
    (suite.is_changed() || some_arms) && whole && shown.is_ok_and(|shown| shown != resolved)
}

/// The stages of `plan`, where the stored trials that would be computed alike now choose.
fn stages(plan: &Plan, stores: Stores<'_>, reuse: &Reuse) -> Result<Stages, StoreError> {
    Stages::new(plan, Some(stores), |plan, trial, stored| reuse.difference(plan, trial.arm, stored).is_none())
}

mod counts;
#[cfg(test)]
mod tests;
