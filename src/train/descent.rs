//! Gradient descent: from a batch's gradient to the next parameters.

use std::{borrow::Cow, ops::Range};

use super::{
    Quantity, Setup, StateError, UpdateObserver, UpdateResult, UpdateView, Updater, UpdaterState,
    parameters::{Parameters, Placed},
};
use crate::{
    component::{
        clip::{Clips, Fallback},
        constraint::Rule,
        optim::{StepContext, optimizer_step},
        parameter::{self, Parameter},
        regularizer::OnMatrices,
        schedule,
        task::Batch,
    },
    compute::{
        kernel::Isa,
        lower::Transform,
        matrix::{Evaluator, Formula, Workspace},
    },
    engine::{Engine, Forward},
};

/// Gradient descent with all that surrounds it: regularizers, clipping, the optimizer and constraints.
///
/// An update is [`differentiate`](Self::differentiate), [`regularize`](Self::regularize), [`clip`](Self::clip) and
/// [`step`](Self::step), in this order; between them the gradient can be looked at.
#[derive(Debug)]
pub struct GradientDescent<'a> {
    setup: &'a Setup,
    parameters: Parameters<'a>,
    transforms: Transforms,
    /// Matrices with steps of their own.
    own: Vec<OwnStep>,
    /// The numbers that follow the optimizer's state: all but those of matrices with steps of their own.
    remembering: Vec<Range<usize>>,
    /// Each factor on the learning rate, and where the parameters that have it lie.
    rates: Vec<(f64, Vec<Range<usize>>)>,
    /// The running means of clips.
    means: Vec<f64>,
    /// Whether the update begun is left out.
    skip: bool,
    /// Updates begun.
    updates: u64,
    /// Updates that took a step of the optimizer.
    steps: u64,
}

/// The transforms of the flat buffers, compiled once for the training. Nothing in them has an influence on any bit.
#[derive(Debug)]
struct Transforms {
    optimizer: Transform<f32, StepContext>,
    clips: Clips,
    /// Adds the gradient of each regularizer to the numbers that it is for.
    penalties: Vec<Placed>,
}

impl Transforms {
    fn new(setup: &Setup) -> Self {
        let penalties = setup.regularizers.iter();
        Self {
            optimizer: optimizer_step(setup.optimizer.clone()),
            clips: Clips::new(&setup.clip),
            penalties: penalties.map(|penalty| (penalty.transform(), penalty.ranges(&setup.layout))).collect(),
        }
    }
}

/// A matrix that takes a step of its own in place of the optimizer's.
#[derive(Debug)]
struct OwnStep {
    range: Range<usize>,
    /// The next matrix, of the matrix and its gradient.
    next: Evaluator<f32>,
}

impl<'a> GradientDescent<'a> {
    /// Before the first update.
    pub fn new(setup: &'a Setup) -> Self {
        let parameters = Parameters::new(setup, &setup.optimizer.slots());
        let (own, rates, means) =
            (own_steps(setup), setup.learning_rate_factors.groups(&setup.layout), vec![0.0; setup.clip.len()]);
        let transforms = Transforms::new(setup);
        let remembering = parameter::ranges(&setup.layout, |parameter| {
            own.iter().all(|step: &OwnStep| step.range != parameter.range())
        });
        Self { setup, parameters, transforms, own, remembering, rates, means, skip: false, updates: 0, steps: 0 }
    }

    /// The parameters as they are now: raw, where they are parametrized.
    pub fn parameters(&self) -> &[f32] {
        self.parameters.raw()
    }

    /// The gradient by the parameters, as the last call left it.
    pub fn gradient(&self) -> &[f32] {
        self.parameters.buffers.gradient()
    }

    /// Begins an update: takes the gradient of the loss of `batch`.
    pub fn differentiate(&mut self, engine: &mut dyn Engine, batch: &Batch) -> Forward {
        let dropout = self.setup.splits.dropout(self.updates);
        self.updates += 1;
        let disturbed = self.disturbed();
        let Parameters { buffers, weights, .. } = &mut self.parameters;
        let (parameters, gradient) = buffers.parameters_and_gradient_mut();
        let Some(weights) = weights else {
            return engine.gradient(disturbed.as_deref().unwrap_or(parameters), batch, &dropout, gradient);
        };
        let (values, by_weights) = weights.values_and_gradient_mut();
        let forward = engine.gradient(disturbed.as_deref().unwrap_or(values), batch, &dropout, by_weights);
        weights.vjp(gradient);
        forward
    }

    fn view<'v>(&'v self, batch: &'v Batch, loss: f64, outputs: &'v [f32]) -> UpdateView<'v> {
        UpdateView {
            update: self.updates,
            batch,
            loss,
            outputs,
            parameters: self.parameters(),
            weights: self.weights(),
            gradient: self.gradient(),
        }
    }

    /// The weights with noise on them, where a regularizer asks for that.
    fn disturbed(&self) -> Option<Vec<f32>> {
        let Setup { regularizers, parametrized, splits, .. } = self.setup;
        if regularizers.iter().all(|regularizer| regularizer.noise().is_none()) {
            return None;
        }
        let mut weights = self.weights().to_vec();
        let mut draws = splits.weight_noise(self.updates - 1);
        for regularizer in regularizers {
            let Some(deviation) = regularizer.noise() else { continue };
            for range in regularizer.ranges(parametrized.weights()) {
                let noisy = |weight: &mut f32| *weight = (f64::from(*weight) + deviation * draws.normal()) as f32;
                weights[range].iter_mut().for_each(noisy);
            }
        }
        Some(weights)
    }

    /// Adds the gradients of penalties.
    pub fn regularize(&mut self) {
        let penalties = self.setup.regularizers.iter().zip(&mut self.transforms.penalties);
        for (regularizer, (transform, ranges)) in penalties {
            if regularizer.noise().is_some() {
                continue;
            }
            if let Some(penalty) = regularizer.on_matrices() {
                let (isa, weights) = (self.setup.isa, self.setup.parametrized.weights());
                let matrices = weights.iter().filter(|weight| regularizer.is_for(weight));
                let add = |values: &[f32], gradient: &mut [f32]| {
                    for matrix in matrices {
                        penalize(isa, penalty, matrix, values, gradient);
                    }
                };
                let Parameters { buffers, weights, .. } = &mut self.parameters;
                let (parameters, gradient) = buffers.parameters_and_gradient_mut();
                match weights {
                    Some(weights) => weights.add_vjp(gradient, add),
                    None => add(parameters, gradient),
                }
                continue;
            }
            self.parameters.buffers.apply(transform, ranges, ());
        }
    }

    /// Clips the gradient of a loss of that value.
    ///
    /// # Errors
    ///
    /// If loss or gradient are not finite, and nothing else is to be done about it; the gradient stays as it is.
    pub fn clip(&mut self, loss: f64) -> Result<(), Quantity> {
        let buffers = &mut self.parameters.buffers;
        let norm = if loss.is_finite() { buffers.norm() } else { f64::NAN };
        let fallback = self.transforms.clips.apply(buffers, norm, &self.setup.layout, &mut self.means);
        self.skip = fallback == Some(Fallback::Skip);
        match fallback {
            Some(Fallback::Stop) => Err(if loss.is_finite() { Quantity::Gradient } else { Quantity::Loss }),
            _ => Ok(()),
        }
    }

    /// Lets the optimizer change the parameters, each group at its own rate.
    fn descend(&mut self) {
        let optimizer = &*self.setup.optimizer;
        let rate =
            optimizer.learning_rate() * schedule::factor(&self.setup.schedule, self.updates - 1, self.setup.budget);
        for (factor, ranges) in &self.rates {
            let at = StepContext { step: self.steps, rate: rate * factor };
            self.parameters.buffers.apply(&mut self.transforms.optimizer, ranges, at);
        }
    }

    /// Changes the parameters, unless a clip leaves that out, and brings them back to where they are allowed to be.
    ///
    /// # Errors
    ///
    /// If they, or what the optimizer remembers of them, are not finite then.
    pub fn step(&mut self) -> Result<(), Quantity> {
        if self.skip {
            return Ok(());
        }
        self.steps += 1;
        let kept = self.own.iter().map(|step| self.parameters.buffers.parameters()[step.range.clone()].to_vec());
        let kept: Vec<Vec<f32>> = kept.collect();
        self.descend();
        for (OwnStep { range, next }, before) in self.own.iter_mut().zip(kept) {
            next.evaluate(&[&before, &self.parameters.buffers.gradient()[range.clone()]].concat());
            next.value(&mut self.parameters.buffers.parameters_mut()[range.clone()]);
        }
        // Before a constraint, which may make a bound of ∞.
        let finite = self.parameters.buffers.parameters_are_finite();
        self.parameters.constrain();
        self.parameters.rebase(self.updates);
        if !finite {
            return Err(Quantity::Parameters);
        }
        let remembered = self.parameters.buffers.slots_are_finite(&self.remembering);
        if remembered { Ok(()) } else { Err(Quantity::OptimizerState) }
    }
}

impl Updater for GradientDescent<'_> {
    fn update(&mut self, engine: &mut dyn Engine, batch: &Batch, observer: &mut dyn UpdateObserver) -> UpdateResult {
        let Forward { loss, outputs } = self.differentiate(engine, batch);
        observer.after_gradient(&self.view(batch, loss, &outputs));
        self.regularize();
        observer.after_regularizers(&self.view(batch, loss, &outputs));
        let clipped = self.clip(loss);
        observer.after_clip(&self.view(batch, loss, &outputs));
        let stepped = clipped.and_then(|()| self.step());
        observer.after_step(&self.view(batch, loss, &outputs));
        UpdateResult { outputs, nonfinite: stepped.err() }
    }

    fn updates(&self) -> u64 {
        self.updates
    }

    fn skipped(&self) -> u64 {
        self.updates - self.steps
    }

    fn weights(&self) -> &[f32] {
        self.parameters.weights()
    }

    fn hashed(&self) -> Cow<'_, [f32]> {
        self.parameters.hashed()
    }

    fn state(&self) -> UpdaterState {
        UpdaterState { steps: self.steps, clip_means: self.means.clone(), ..self.parameters.state(self.updates) }
    }

    fn restore(&mut self, state: &UpdaterState) -> Result<(), StateError> {
        StateError::unless_equal("clips", state.clip_means.len(), self.means.len())?;
        self.parameters.restore(state)?;
        self.means.clone_from(&state.clip_means);
        (self.updates, self.steps) = (state.updates, state.steps);
        Ok(())
    }
}

/// The matrices that constraints step.
fn own_steps(setup: &Setup) -> Vec<OwnStep> {
    let mut steps = vec![];
    for constraint in &setup.constraints {
        let Rule::Step(step) = constraint.rule() else { continue };
        let free = |parameter: &&Parameter| parameter.is_square() && setup.parametrized.has_as_it_is(&parameter.name);
        for parameter in setup.layout.iter().filter(free).filter(|parameter| constraint.is_for(parameter)) {
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
    let mut workspace = Workspace::new(isa);
    let weights = workspace.allocate(rows, columns);
    workspace.set(weights, &values[matrix.range()]);
    let by_weights = penalty.gradient(&mut workspace, weights);
    let mut added = vec![0.0; rows * columns];
    workspace.get(by_weights, &mut added);
    gradient[matrix.range()].iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
}
