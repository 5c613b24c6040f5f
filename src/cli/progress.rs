//! Progress of a run: a bar on a terminal, a plain line now and then elsewhere.

use std::{
    collections::HashMap,
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use super::terminal::print_error;
use crate::{
    engine::Backend,
    plan::{Plan, Trial},
    results::reach::reach_in_words,
    run::{Observer, Stage, Stages},
    store::{Record, Status},
    text::pluralize,
    train::{Measure, Split},
};

/// Time between two plain lines.
const PLAIN_INTERVAL: Duration = Duration::from_secs(15);

/// The most searches whose state a line tells.
const SHOWN: usize = 4;

/// Shows the progress of a run.
pub(super) struct Progress {
    backend: Backend,
    quiet: bool,
    stage: Option<Current>,
    /// The arms whose search was told to be over.
    searched: Vec<bool>,
}

/// The stage that is being trained.
struct Current {
    shown: Shown,
    total: usize,
    done: usize,
    stored_before: usize,
    /// Seconds of work that each trial is expected to take, relative to each other, and how much of it is done.
    work: Work,
    started: Instant,
    updates: u64,
    /// The lowest validation loss of a finished trial relative to chance, with its arm.
    best: Option<(f64, String)>,
    diverged: usize,
    failed: usize,
    /// Whether it is one of the many rounds of a search, of which each would say the same.
    is_round: bool,
}

enum Shown {
    Bar(ProgressBar),
    Lines { next: Instant },
}

/// Expected work of the pending trials, in arbitrary units.
struct Work {
    per_update: HashMap<usize, f64>,
    budget: HashMap<usize, u64>,
    total: f64,
    done: f64,
    /// Updates seen of trials in flight.
    running: HashMap<(usize, u32), u64>,
}

impl Progress {
    /// Shows what `backend` does; nothing with `quiet`.
    pub fn new(backend: Backend, quiet: bool) -> Self {
        Self { backend, quiet, stage: None, searched: vec![] }
    }
}

impl Observer for Progress {
    fn begin(&mut self, stage: Stage, plan: &Plan, pending: &[Trial], stored: usize) {
        if self.quiet {
            return;
        }
        match stage {
            Stage::Tuning => {
                let candidates = pluralize(plan.candidates(), "candidate");
                print_error(&format!("tuning: {candidates} for each arm"));
            }
            Stage::Reported if plan.tune().is_some() => print_error("the best candidate of each arm:"),
            Stage::Reported | Stage::Search => {}
        }
        self.stage = Some(Current::new(plan, self.backend, pending, stored, stage == Stage::Search));
    }

    fn searching(&mut self, stages: &Stages) {
        if self.quiet {
            return;
        }
        let (Some(searches), Some(plan)) = (&stages.searches, &stages.searched) else { return };
        let Some(along) = plan.along() else { return };
        let search = along.search();
        self.searched.resize(searches.arms.len(), false);
        for (number, arm) in searches.arms.iter().enumerate() {
            let Some(arm) = arm.as_ref().filter(|arm| arm.ending.is_some() && !self.searched[number]) else { continue };
            self.searched[number] = true;
            let label = plan.searched_arm_named(number).label;
            let reach = reach_in_words(&search.reach(&arm.so_far), (along.spec.from, along.spec.to));
            print_error(&format!("{label}: reach {reach} after {}", pluralize(arm.done.len() as u64, "trial")));
        }
        let (ended, all) = (searches.ended(), searches.arms.len());
        if ended < all {
            let next: usize = searches.arms.iter().flatten().map(|arm| arm.batch.len()).sum();
            let open = searches.arms.iter().enumerate().filter_map(|(number, arm)| {
                let arm = arm.as_ref().filter(|arm| arm.ending.is_none() && !arm.done.is_empty())?;
                let label = plan.searched_arm_named(number).label;
                let reach = reach_in_words(&search.reach(&arm.so_far), (along.spec.from, along.spec.to));
                Some(format!("{label} {reach} after {}", arm.done.len()))
            });
            let open: Vec<String> = open.collect();
            let others = if open.len() > SHOWN { format!(" and {} more", open.len() - SHOWN) } else { String::new() };
            let shown = open.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
            print_error(&format!(
                "search along {}: {ended} of {} done, {} next{}{shown}{others}",
                along.path,
                pluralize(all as u64, "arm"),
                pluralize(next as u64, "trial"),
                if shown.is_empty() { "" } else { "; " }
            ));
        }
    }

    fn resumed(&mut self, plan: &Plan, trial: Trial, updates: u64) {
        if let Some(stage) = &mut self.stage {
            stage.resumed(plan, trial, updates);
        }
    }

    /// Said whether or not progress is shown.
    fn notice(&mut self, text: &str) {
        match &self.stage {
            Some(stage) => stage.say(text),
            None => print_error(text),
        }
    }

    fn progress(&mut self, trial: Trial, updates: u64) {
        if let Some(stage) = &mut self.stage {
            stage.advance(trial, updates);
        }
    }

    fn finished(&mut self, plan: &Plan, trial: Trial, record: &Record) {
        if let Some(stage) = &mut self.stage {
            stage.finished(plan, trial, record);
        }
    }

    fn tick(&mut self) {
        if let Some(stage) = &mut self.stage {
            stage.tick();
        }
    }

    fn end(&mut self) {
        if let Some(mut stage) = self.stage.take() {
            stage.end();
        }
    }
}

impl Current {
    fn new(plan: &Plan, backend: Backend, pending: &[Trial], stored: usize, is_round: bool) -> Self {
        let shown = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new((stored + pending.len()) as u64).with_position(stored as u64);
            let style = "{bar:12} {wide_msg}";
            bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
            Shown::Bar(bar)
        } else {
            Shown::Lines { next: Instant::now() + PLAIN_INTERVAL }
        };
        let current = Self {
            shown,
            total: pending.len(),
            done: 0,
            stored_before: stored,
            work: Work::new(plan, backend, pending),
            started: Instant::now(),
            updates: 0,
            best: None,
            diverged: 0,
            failed: 0,
            is_round,
        };
        if is_round {
            return current;
        }
        let stored = pluralize(stored, "trial");
        current.say(&match current.total {
            0 => format!("nothing to do: {stored} stored already"),
            _ if current.stored_before == 0 => format!("{} to do", pluralize(current.total, "trial")),
            _ => format!("{} to do, {stored} stored already", pluralize(current.total, "trial")),
        });
        current
    }

    fn resumed(&mut self, plan: &Plan, trial: Trial, updates: u64) {
        let (arm, id) = (plan.arm(trial.arm).label, plan.trial_id(trial));
        let id = id.get(..8).unwrap_or(&id);
        let budget = self.work.resumed(trial, updates);
        self.say(&format!("trial {id} ({arm}, replicate {}) goes on at update {updates} of {budget}", trial.replicate));
    }

    fn advance(&mut self, trial: Trial, updates: u64) {
        self.updates += updates;
        self.work.advance(trial, updates);
        self.tick();
    }

    fn finished(&mut self, plan: &Plan, trial: Trial, record: &Record) {
        self.done += 1;
        self.work.finished(trial);
        match record.trial.status {
            Status::Diverged => self.diverged += 1,
            Status::Finished => {
                let chance = plan.sections(trial.arm).task.chance().loss;
                let last = record
                    .metrics
                    .iter()
                    .rev()
                    .find(|row| row.split == Split::Validation.name() && row.metric == Measure::Loss.name());
                if let Some(ratio) = last.map(|row| row.value / chance)
                    && self.best.as_ref().is_none_or(|(best, _)| ratio < *best)
                {
                    self.best = Some((ratio, plan.arm(trial.arm).label));
                }
            }
            _ => {
                self.failed += 1;
                let reason = record.trial.reason.clone().unwrap_or_default();
                self.say(&format!("trial {} failed: {reason}", record.trial.trial_id));
            }
        }
        if let Shown::Bar(bar) = &self.shown {
            bar.inc(1);
        }
        self.tick();
    }

    fn tick(&mut self) {
        let line = self.line();
        match &mut self.shown {
            Shown::Bar(bar) => bar.set_message(line),
            Shown::Lines { next } => {
                if Instant::now() >= *next {
                    *next = Instant::now() + PLAIN_INTERVAL;
                    print_error(&line);
                }
            }
        }
    }

    /// Takes the bar away and says what was done.
    fn end(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
        if self.total > 0 && !self.is_round {
            let seconds = self.started.elapsed().as_secs_f64();
            self.say(&format!("{} done in {seconds:.1} s", pluralize(self.done, "trial")));
        }
    }

    fn line(&self) -> String {
        let elapsed = self.started.elapsed().as_secs_f64();
        let mut line = format!("{}/{} trials", self.stored_before + self.done, self.stored_before + self.total);
        // Foremost after the count: what does not fit on the line is cut off.
        if let Some(left) = self.work.left(elapsed) {
            line += &format!(" · at most {} left", HumanDuration(Duration::from_secs_f64(left)));
        }
        if self.updates > 0 && elapsed > 1.0 {
            line += &format!(" · {:.0} updates/s", self.updates as f64 / elapsed);
        }
        if self.diverged > 0 {
            line += &format!(" · {} diverged", self.diverged);
        }
        if self.failed > 0 {
            line += &format!(" · {} failed", self.failed);
        }
        if let Some((ratio, arm)) = &self.best {
            line += &format!(" · best {:.1} % of chance ({arm})", 100.0 * ratio);
        }
        line
    }

    fn say(&self, line: &str) {
        match &self.shown {
            Shown::Bar(bar) => bar.suspend(|| print_error(line)),
            _ => print_error(line),
        }
    }
}

impl Work {
    fn new(plan: &Plan, backend: Backend, pending: &[Trial]) -> Self {
        let mut work =
            Self { per_update: HashMap::new(), budget: HashMap::new(), total: 0.0, done: 0.0, running: HashMap::new() };
        for trial in pending {
            let per_update = *work.per_update.entry(trial.arm).or_insert_with(|| {
                let sections = plan.sections(trial.arm);
                work.budget.insert(trial.arm, sections.train.budget(sections.task.finite()));
                crate::plan::seconds_per_update(&sections, backend)
            });
            work.total += per_update * work.budget[&trial.arm] as f64;
        }
        work
    }

    fn advance(&mut self, trial: Trial, updates: u64) {
        *self.running.entry((trial.arm, trial.replicate)).or_default() += updates;
        self.done += self.per_update.get(&trial.arm).copied().unwrap_or(0.0) * updates as f64;
    }

    /// A trial that goes on after `updates` updates leaves less to do; gives the most updates that it has.
    fn resumed(&mut self, trial: Trial, updates: u64) -> u64 {
        *self.running.entry((trial.arm, trial.replicate)).or_default() += updates;
        self.total -= self.per_update.get(&trial.arm).copied().unwrap_or(0.0) * updates as f64;
        self.budget.get(&trial.arm).copied().unwrap_or(0)
    }

    /// A trial that solved its task early leaves less to do.
    fn finished(&mut self, trial: Trial) {
        let seen = self.running.remove(&(trial.arm, trial.replicate)).unwrap_or(0);
        let per_update = self.per_update.get(&trial.arm).copied().unwrap_or(0.0);
        let unseen = self.budget.get(&trial.arm).copied().unwrap_or(0).saturating_sub(seen);
        self.total -= per_update * unseen as f64;
    }

    /// Seconds left if every pending trial uses its whole budget.
    fn left(&self, elapsed: f64) -> Option<f64> {
        let rate = self.done / elapsed;
        (elapsed > 3.0 && rate > 0.0).then(|| ((self.total - self.done).max(0.0) / rate).min(1e15))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of a narrow terminal, without the bar and the space behind it.
    const LEFT_OF_60: usize = 60 - 13;

    #[test]
    fn a_narrow_terminal_shows_the_count_with_what_was_stored_and_the_time_left() {
        let work = Work {
            per_update: HashMap::new(),
            budget: HashMap::new(),
            total: 970.0,
            done: 10.0,
            running: HashMap::new(),
        };
        let current = Current {
            shown: Shown::Lines { next: Instant::now() },
            total: 60_000,
            done: 2_345,
            stored_before: 10_000,
            work,
            started: Instant::now().checked_sub(Duration::from_secs(10)).expect("a clock that runs"),
            updates: 1_000_000,
            best: Some((0.5, "lstm".to_owned())),
            diverged: 3,
            failed: 1,
            is_round: false,
        };
        let line: String = current.line().chars().take(LEFT_OF_60).collect();
        assert_eq!(line, "12345/70000 trials · at most 16 minutes left · ");
    }
}
