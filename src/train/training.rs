//! A training: a value that goes from one update or evaluation to the next.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    GradientDescent, HashChain, HeldOut, History, Measure, MetricValue, ProbeValue, Quantity, RandomGuessing, Score,
    Setup, Split, Tally, UpdateObserver, Updater,
};
use crate::{
    component::{algorithm::AlgorithmSpec, probe::ProbeSpec, task::Batch},
    engine::Engine,
    seed::Purpose,
};

/// A network on its way from its initial to its trained parameters.
///
/// ```no_run
/// use longlag::train::{Event, Setup, Training};
///
/// fn run(setup: &Setup, engine: &mut dyn longlag::engine::Engine) {
///     let mut training = Training::new(setup, engine);
///     loop {
///         match training.advance() {
///             Event::Evaluated(score) => println!("{} {}", training.updates(), score.loss),
///             Event::Ended(outcome) => break println!("{outcome:?}"),
///             Event::Probed | Event::Updated => {}
///         }
///     }
/// }
/// ```
pub struct Training<'a> {
    pub(super) setup: &'a Setup,
    engine: &'a mut dyn Engine,
    validation_set: HeldOut<'a>,
    pub(super) updater: Box<dyn Updater + 'a>,
    pub(super) pending: Pending,
    /// The scores of the batches of all updates since the last evaluation.
    pub(super) running: Tally,
    /// The last score of the validation set.
    pub(super) validation: Option<Score>,
    pub(super) history: History,
}

/// The deed of one call of [`Training::advance`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The probes that were due measured.
    Probed,
    /// The validation set was evaluated.
    Evaluated(Score),
    /// An update was done, the last one if a number was not finite.
    Updated,
    /// The training is over, and the test set was evaluated.
    Ended(Outcome),
}

/// The deed of the next call of [`Training::advance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pending {
    /// Lets the probes that are due measure.
    Probes,
    /// Evaluates the validation set.
    Evaluation,
    /// Takes the next update.
    Update,
    /// Takes the last measurements and evaluates the test set: the training ends with this outcome.
    Test(Outcome),
    /// Nothing: the training ended with this outcome.
    Nothing(Outcome),
}

/// The point that a training has reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Updates done.
    pub update: u64,
    /// The last validation score.
    pub validation: Option<Score>,
}

/// The way in which a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The target was reached at this update.
    Solved {
        /// Updates done; 0 is before the first.
        update: u64,
    },
    /// The budget was spent.
    Spent,
    /// `quantity` was not finite at this update, counted from 1; 0 is before the first.
    Diverged {
        /// The update, from 1; 0 is before the first.
        update: u64,
        /// The quantity that was infinite or NaN.
        quantity: Quantity,
    },
}

/// The result of a training.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The reason of its end.
    pub outcome: Outcome,
    /// Updates done.
    pub updates: u64,
    /// Metrics in the order in which they were taken.
    pub metrics: Vec<MetricValue>,
    /// Measurements in the order in which they were taken.
    pub probes: Vec<ProbeValue>,
    /// The links of all evaluations.
    pub chain: HashChain,
    /// The final weights, made of the raw parameters where some are parametrized.
    pub parameters: Vec<f32>,
}

/// Trains until the target, the budget or a non-finite number. Before every update `go_on` is asked whether to go on; nothing is left
/// of a training that is not.
pub fn train(setup: &Setup, engine: &mut dyn Engine, mut go_on: impl FnMut(Progress) -> bool) -> Option<Trained> {
    let mut training = Training::new(setup, engine);
    loop {
        if training.pending() == Pending::Update && !go_on(training.progress()) {
            return None;
        }
        if let Event::Ended(_) = training.advance() {
            return training.into_trained();
        }
    }
}

impl<'a> Training<'a> {
    /// A training before its first evaluation.
    pub fn new(setup: &'a Setup, engine: &'a mut dyn Engine) -> Self {
        let mut training = Self {
            setup,
            engine,
            validation_set: HeldOut::new(&setup.splits, Purpose::Validation, setup.validation),
            updater: updater(setup),
            pending: Pending::Probes,
            running: Tally::default(),
            validation: None,
            history: History::default(),
        };
        training.pending = training.pending_after_update();
        training
    }

    /// Does what is [pending](Self::pending).
    pub fn advance(&mut self) -> Event {
        self.advance_observed(&mut ())
    }

    /// Goes on as [`advance`](Self::advance) does, with a look at what lies between the steps of an update.
    pub fn advance_observed(&mut self, observer: &mut dyn UpdateObserver) -> Event {
        match self.pending {
            Pending::Probes => {
                self.measure(self.due_probes());
                self.pending = self.pending_after_probes();
                Event::Probed
            }
            Pending::Evaluation => self.evaluate(),
            Pending::Update => self.update(observer),
            Pending::Test(outcome) => self.end(outcome),
            Pending::Nothing(outcome) => Event::Ended(outcome),
        }
    }

    /// The deed of the next call of [`advance`](Self::advance).
    pub fn pending(&self) -> Pending {
        self.pending
    }

    /// Updates done.
    pub fn updates(&self) -> u64 {
        self.updater.updates()
    }

    /// Updates done, and the last score of the validation set.
    pub fn progress(&self) -> Progress {
        Progress { update: self.updates(), validation: self.validation }
    }

    /// All that was recorded so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The weights as they are now, made of the raw parameters where some are parametrized.
    pub fn weights(&self) -> &[f32] {
        self.updater.weights()
    }

    /// The result, once the training has ended.
    pub fn into_trained(self) -> Option<Trained> {
        let Pending::Nothing(outcome) = self.pending else { return None };
        let (updates, parameters) = (self.updates(), self.weights().to_vec());
        let History { metrics, probes, chain } = self.history;
        Some(Trained { outcome, updates, metrics, probes, chain, parameters })
    }

    fn update(&mut self, observer: &mut dyn UpdateObserver) -> Event {
        let batch = self.setup.splits.training_batch(self.updates(), self.setup.batch);
        let updated = self.updater.update(self.engine, &batch, observer);
        self.running.add(&batch, &updated.outputs, self.setup.tolerance);
        self.pending = match updated.nonfinite {
            Some(quantity) => Pending::Test(Outcome::Diverged { update: self.updates(), quantity }),
            None => self.pending_after_update(),
        };
        Event::Updated
    }

    fn evaluate(&mut self) -> Event {
        let update = self.updates();
        self.history.chain.extend(update, &self.updater.hashed());
        if update > 0 {
            self.history.record(update, Split::Train, std::mem::take(&mut self.running).score());
            if self.setup.clip.iter().any(|clip| clip.kind() == "skip-nonfinite") {
                self.history.record_metric(update, Split::Train, Measure::Skipped, self.updater.skipped() as f64);
            }
        }
        let score = self.validation_set.score(self.engine, self.updater.weights(), self.setup.tolerance);
        self.history.record(update, Split::Validation, score);
        self.validation = Some(score);
        self.pending = if !score.loss.is_finite() {
            Pending::Test(Outcome::Diverged { update, quantity: Quantity::ValidationLoss })
        } else if self.setup.target.as_ref().is_some_and(|target| target.reached(score)) {
            Pending::Test(Outcome::Solved { update })
        } else if self.is_last() {
            Pending::Test(Outcome::Spent)
        } else {
            Pending::Update
        };
        Event::Evaluated(score)
    }

    fn end(&mut self, outcome: Outcome) -> Event {
        let update = self.updates();
        if let Outcome::Solved { .. } = outcome {
            // Where the budget was not spent, the last measurements are still to be taken.
            let due = self.due_probes();
            let left = |probe: &&ProbeSpec| probe.at_end() && !due.contains(probe);
            self.measure(self.setup.probes.iter().filter(left).collect());
        }
        let score = match outcome {
            // What a diverged network happens to score, which may be finite, is no result of its training.
            Outcome::Diverged { .. } => self.validation_set.without_result(),
            Outcome::Solved { .. } | Outcome::Spent => {
                let test_set = HeldOut::new(&self.setup.splits, Purpose::Test, self.setup.test);
                test_set.score(self.engine, self.updater.weights(), self.setup.tolerance)
            }
        };
        self.history.record(update, Split::Test, score);
        self.history.chain.extend(update, &self.updater.hashed());
        self.pending = Pending::Nothing(outcome);
        Event::Ended(outcome)
    }

    fn measure(&mut self, probes: Vec<&ProbeSpec>) {
        let update = self.updates();
        for probe in probes {
            // A probe's sequences are the same at every update and for every method.
            let batch = self.setup.splits.probe_batch(probe.length(), probe.sequences());
            let measured = probe.measure(self.engine, self.updater.weights(), &batch).into_iter();
            let probe = Cow::Borrowed(probe.kind());
            let values = measured.map(|measurement| ProbeValue { update, probe: probe.clone(), measurement });
            self.history.probes.extend(values);
        }
    }

    /// Whether the budget is spent.
    fn is_last(&self) -> bool {
        self.updates() == self.setup.budget
    }

    /// The probes that measure after the updates done.
    fn due_probes(&self) -> Vec<&'a ProbeSpec> {
        let update = self.updates();
        let last = self.is_last();
        let due = |probe: &&ProbeSpec| update == 0 || (last && probe.at_end()) || probe.due(update);
        self.setup.probes.iter().filter(due).collect()
    }

    fn pending_after_update(&self) -> Pending {
        if self.due_probes().is_empty() { self.pending_after_probes() } else { Pending::Probes }
    }

    fn pending_after_probes(&self) -> Pending {
        let due = self.is_last() || self.updates().is_multiple_of(self.setup.evaluate_every);
        if due { Pending::Evaluation } else { Pending::Update }
    }
}

/// The score of a data set, which comes in batches.
pub fn score_of(engine: &mut dyn Engine, weights: &[f32], batches: &[Batch], tolerance: f64) -> Score {
    let mut tally = Tally::default();
    for batch in batches {
        tally.add(batch, &engine.outputs(weights, batch), tolerance);
    }
    tally.score()
}

/// The updater that `setup` asks for, before the first update.
fn updater(setup: &Setup) -> Box<dyn Updater + '_> {
    match &setup.algorithm {
        AlgorithmSpec::GradientDescent(_) => Box::new(GradientDescent::new(setup)),
        AlgorithmSpec::RandomGuessing(settings) => Box::new(RandomGuessing::new(setup, settings)),
    }
}
