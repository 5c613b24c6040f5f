//! One update: from a batch's gradient to the next parameters.

use std::{borrow::Cow, ops::Range};

use super::{Setup, score};
use crate::{
    component::{
        clip::{self, Remedy},
        constraint::Rule,
        optim::{At, Buffers},
        parameter::Parameter,
        parametrization::Weights,
        regularizer::OnMatrices,
        schedule,
        task::Batch,
    },
    compute::{
        kernel::Isa,
        matrix::{Evaluator, Formula, Space},
    },
    engine::{Engine, Forward},
    seed::Stream,
};

/// The parameters of a training and what changes them, update by update.
///
/// An update is [`differentiate`](Self::differentiate), [`regularize`](Self::regularize), [`clip`](Self::clip) and
/// [`step`](Self::step), in this order; between them the gradient can be looked at.
#[derive(Debug)]
pub struct Updates<'a> {
    setup: &'a Setup,
    buffers: Buffers,
    /// What the parameters stand for, where some are parametrized.
    weights: Option<Weights>,
    /// Matrices with steps of their own.
    own: Vec<OwnStep>,
    /// Each factor on the learning rate, and where the parameters that have it lie.
    rates: Vec<(f64, Vec<Range<usize>>)>,
    /// The running means of clips.
    means: Vec<f64>,
    /// Whether the update begun is left out.
    skip: bool,
    /// Updates begun.
    update: u64,
    /// Those that took a step.
    steps: u64,
}

/// A matrix that takes a step of its own in place of the optimizer's.
#[derive(Debug)]
struct OwnStep {
    range: Range<usize>,
    /// Of the matrix and its gradient.
    next: Evaluator<f32>,
}

/// What was not finite, in words.
pub type Nonfinite = &'static str;

impl<'a> Updates<'a> {
    /// Before the first update.
    pub fn new(setup: &'a Setup) -> Self {
        let buffers = Buffers::new(setup.isa, &setup.parameters, &setup.optimizer.slots());
        let weights = Weights::new(setup.isa, &setup.parametrized, &setup.parameters);
        let (own, rates, means) = (own_steps(setup), setup.rates.groups(&setup.layout), vec![0.0; setup.clip.len()]);
        let mut updates = Self { setup, buffers, weights, own, rates, means, skip: false, update: 0, steps: 0 };
        updates.rebase();
        updates
    }

    /// Updates begun.
    pub fn count(&self) -> u64 {
        self.update
    }

    /// The parameters as they are now: raw, where they are parametrized. They decide everything that follows.
    pub fn parameters(&self) -> &[f32] {
        self.buffers.parameters()
    }

    /// All that decides what follows, besides the optimizer's state: the parameters, and the bases that matrices are made from.
    pub fn decisive(&self) -> Cow<'_, [f32]> {
        let bases = self.weights.as_ref().map(Weights::bases).unwrap_or_default();
        let parameters = Cow::Borrowed(self.parameters());
        if bases.is_empty() { parameters } else { Cow::Owned([&parameters[..], &bases].concat()) }
    }

    /// What the parameters stand for: what an engine computes with.
    pub fn weights(&self) -> &[f32] {
        self.weights.as_ref().map_or(self.buffers.parameters(), Weights::values)
    }

    /// The gradient by the parameters, as the last call left it.
    pub fn gradient(&self) -> &[f32] {
        self.buffers.gradient()
    }

    /// Begins an update: takes the gradient of the loss of `batch`.
    pub fn differentiate(&mut self, engine: &mut dyn Engine, batch: &Batch, dropout: &Stream) -> Forward {
        self.update += 1;
        let disturbed = self.disturbed();
        let (parameters, gradient) = self.buffers.parameters_and_gradient_mut();
        let Some(weights) = &mut self.weights else {
            return engine.gradient(disturbed.as_deref().unwrap_or(parameters), batch, dropout, gradient);
        };
        let (values, by_weights) = weights.values_and_gradient_mut();
        let forward = engine.gradient(disturbed.as_deref().unwrap_or(values), batch, dropout, by_weights);
        weights.pull_back(gradient);
        forward
    }

    /// The weights with noise on them, where a regularizer asks for that.
    fn disturbed(&self) -> Option<Vec<f32>> {
        let Setup { regularizers, parametrized, splits, .. } = self.setup;
        if regularizers.iter().all(|regularizer| regularizer.noise().is_none()) {
            return None;
        }
        let mut weights = self.weights().to_vec();
        let mut draws = splits.weight_noise(self.update - 1);
        for regularizer in regularizers {
            let Some(deviation) = regularizer.noise() else { continue };
            for range in regularizer.ranges(parametrized.weights()) {
                let noisy = |weight: &mut f32| *weight = (f64::from(*weight) + deviation * draws.normal()) as f32;
                weights[range].iter_mut().for_each(noisy);
            }
        }
        Some(weights)
    }

    /// An update without a gradient: parameters from U\[−`range`, `range`) take the place of those that are there if they do better
    /// on `batch`. Gives the outputs of those that stay.
    pub fn guess(&mut self, engine: &mut dyn Engine, batch: &Batch, range: f64) -> Vec<f32> {
        self.update += 1;
        let judge = |engine: &mut dyn Engine, weights: &[f32]| {
            let outputs = engine.outputs(weights, batch);
            (score(batch, &outputs, 0.0).loss, outputs)
        };
        let (loss, outputs) = judge(engine, self.weights());
        let before = self.buffers.parameters().to_vec();
        let mut draws = self.setup.splits.guess(self.update - 1);
        let guesses = self.buffers.parameters_mut().iter_mut();
        guesses.for_each(|parameter| *parameter = draws.between(-range, range) as f32);
        self.retract();
        let (guessed, new) = judge(engine, self.weights());
        if guessed < loss || loss.is_nan() {
            return new;
        }
        self.buffers.parameters_mut().copy_from_slice(&before);
        if let Some(weights) = &mut self.weights {
            weights.update(&before);
        }
        outputs
    }

    /// Brings the parameters back to where they are allowed to be, and the weights to what the parameters are.
    fn retract(&mut self) {
        for retraction in &self.setup.retractions {
            if let Rule::Numbers(numbers) = retraction.rule() {
                let ranges = retraction.ranges(&self.setup.layout);
                self.buffers.change_parameters(&ranges, |parameter| numbers.retract(parameter));
            }
        }
        if let Some(weights) = &mut self.weights {
            weights.update(self.buffers.parameters());
        }
    }

    /// Adds the gradients of penalties.
    pub fn regularize(&mut self) {
        let penalties = self.setup.regularizers.iter().filter(|regularizer| regularizer.noise().is_none());
        for regularizer in penalties {
            if let Some(penalty) = regularizer.on_matrices() {
                let (isa, weights) = (self.setup.isa, self.setup.parametrized.weights());
                let matrices = weights.iter().filter(|weight| regularizer.is_for(weight));
                let add = |values: &[f32], gradient: &mut [f32]| {
                    for matrix in matrices {
                        penalize(isa, penalty, matrix, values, gradient);
                    }
                };
                let (parameters, gradient) = self.buffers.parameters_and_gradient_mut();
                match &mut self.weights {
                    Some(weights) => weights.add_pulled_back(gradient, add),
                    None => add(parameters, gradient),
                }
                continue;
            }
            let ranges = regularizer.ranges(&self.setup.layout);
            self.buffers.change_gradient(&ranges, |parameter, gradient| regularizer.add_to(parameter, gradient));
        }
    }

    /// Clips the gradient of a loss of that value.
    ///
    /// # Errors
    ///
    /// If loss or gradient are not finite, and nothing else is to be done about it; the gradient stays as it is.
    pub fn clip(&mut self, loss: f64) -> Result<(), Nonfinite> {
        let norm = if loss.is_finite() { self.buffers.norm() } else { f64::NAN };
        let remedy = clip::clip(&mut self.buffers, norm, &self.setup.clip, &self.setup.layout, &mut self.means);
        self.skip = remedy == Some(Remedy::Skip);
        match remedy {
            Some(Remedy::Stop) => Err(if loss.is_finite() { "gradient" } else { "loss" }),
            _ => Ok(()),
        }
    }

    /// Updates that a clip left out.
    pub fn skipped(&self) -> u64 {
        self.update - self.steps
    }

    /// Lets the optimizer change the parameters, each group at its own rate.
    fn descend(&mut self) {
        let optimizer = &*self.setup.optimizer;
        let rate =
            optimizer.learning_rate() * schedule::factor(&self.setup.schedule, self.update - 1, self.setup.budget);
        for (factor, ranges) in &self.rates {
            self.buffers.step_in(ranges, optimizer, At { step: self.steps, rate: rate * factor });
        }
    }

    /// Changes the parameters, unless a clip leaves that out, and brings them back to where they are allowed to be.
    ///
    /// # Errors
    ///
    /// If they are not finite then.
    pub fn step(&mut self) -> Result<(), Nonfinite> {
        if self.skip {
            return Ok(());
        }
        self.steps += 1;
        let kept = self.own.iter().map(|step| self.buffers.parameters()[step.range.clone()].to_vec());
        let kept: Vec<Vec<f32>> = kept.collect();
        self.descend();
        for (OwnStep { range, next }, before) in self.own.iter_mut().zip(kept) {
            next.evaluate(&[&before, &self.buffers.gradient()[range.clone()]].concat());
            next.value(&mut self.buffers.parameters_mut()[range.clone()]);
        }
        // Before a retraction, which may make a bound of ∞.
        let finite = self.buffers.parameters_are_finite();
        self.retract();
        self.rebase();
        if finite { Ok(()) } else { Err("parameters") }
    }

    /// Takes new bases where it is time for it.
    fn rebase(&mut self) {
        let Some(weights) = &mut self.weights else { return };
        for retraction in &self.setup.retractions {
            if let Rule::Rebase { every } = retraction.rule()
                && self.update.is_multiple_of(every)
            {
                let parametrized = &self.setup.parametrized;
                let meant = parametrized.weights().iter().filter(|weight| {
                    let group = parametrized.of(&weight.name).is_some_and(|made| made.is_a_group());
                    group && retraction.is_for(weight)
                });
                let meant: Vec<&str> = meant.map(|weight| weight.name.as_str()).collect();
                weights.rebase(self.buffers.parameters_mut(), |name| meant.contains(&name));
            }
        }
    }
}

/// The matrices that retractions step.
fn own_steps(setup: &Setup) -> Vec<OwnStep> {
    let mut steps = vec![];
    for retraction in &setup.retractions {
        let Rule::Step(step) = retraction.rule() else { continue };
        let free = |parameter: &&Parameter| parameter.is_square() && setup.parametrized.has_as_it_is(&parameter.name);
        for parameter in setup.layout.iter().filter(free).filter(|parameter| retraction.is_for(parameter)) {
            let (formula, size) = (Formula::new(), parameter.shape[0]);
            let (matrix, gradient) = (formula.matrix(0, size, size), formula.matrix(size * size, size, size));
            let next = Evaluator::new(setup.isa, &formula, step.step(matrix, gradient));
            steps.push(OwnStep { range: parameter.range(), next });
        }
    }
    steps
}

/// Adds the gradient of a penalty by a matrix; a vector has none.
fn penalize(isa: Isa, penalty: &dyn OnMatrices, matrix: &Parameter, values: &[f32], gradient: &mut [f32]) {
    let [rows, columns] = matrix.shape[..] else { return };
    let mut space = Space::new(isa);
    let weights = space.allocate(rows, columns);
    space.set(weights, &values[matrix.range()]);
    let by_weights = penalty.gradient(&mut space, weights);
    let mut added = vec![0.0; rows * columns];
    space.get(by_weights, &mut added);
    gradient[matrix.range()].iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
}
