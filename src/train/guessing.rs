//! Random weight guessing: updates without a gradient.

use std::borrow::Cow;

use super::{
    Setup, StateError, UpdateObserver, UpdateResult, UpdateView, Updater, UpdaterState, parameters::Parameters, score,
};
use crate::{
    component::{
        algorithm::{self, Keep},
        task::Batch,
    },
    engine::Engine,
};

/// Guesses parameters, and keeps those that do better.
#[derive(Debug)]
pub struct RandomGuessing<'a> {
    setup: &'a Setup,
    /// The largest magnitude of a guessed parameter.
    range: f64,
    keep: Keep,
    parameters: Parameters<'a>,
    /// Updates begun.
    updates: u64,
}

impl<'a> RandomGuessing<'a> {
    /// Before the first update.
    pub fn new(setup: &'a Setup, settings: &algorithm::RandomGuessing) -> Self {
        Self { setup, range: settings.range, keep: settings.keep, parameters: Parameters::new(setup, &[]), updates: 0 }
    }

    /// The parameters as they are now: raw, where they are parametrized.
    pub fn parameters(&self) -> &[f32] {
        self.parameters.raw()
    }
}

impl Updater for RandomGuessing<'_> {
    /// Parameters from U\[−`range`, `range`) take the place of those that are there if they do better on `batch`, or those are not
    /// right on all of it. The outputs are of those that stay.
    fn update(&mut self, engine: &mut dyn Engine, batch: &Batch, observer: &mut dyn UpdateObserver) -> UpdateResult {
        self.updates += 1;
        let evaluate = |engine: &mut dyn Engine, weights: &[f32]| {
            let outputs = engine.outputs(weights, batch);
            (score(batch, &outputs, self.setup.tolerance), outputs)
        };
        let (mut own, mut outputs) = evaluate(engine, self.parameters.weights());
        let before = self.parameters.raw().to_vec();
        let mut draws = self.setup.splits.guess(self.updates - 1);
        let guesses = self.parameters.buffers.parameters_mut().iter_mut();
        guesses.for_each(|parameter| *parameter = draws.between(-self.range, self.range) as f32);
        self.parameters.constrain();
        let (guessed, new) = evaluate(engine, self.parameters.weights());
        let replaced = match self.keep {
            Keep::Better => guessed.loss < own.loss || own.loss.is_nan(),
            Keep::Right => own.accuracy != 1.0,
        };
        if replaced {
            (own, outputs) = (guessed, new);
        } else {
            self.parameters.buffers.parameters_mut().copy_from_slice(&before);
            self.parameters.update_weights();
        }
        observer.after_step(&UpdateView {
            update: self.updates,
            batch,
            loss: own.loss,
            outputs: &outputs,
            parameters: self.parameters.raw(),
            weights: self.parameters.weights(),
            gradient: &[],
        });
        UpdateResult { outputs, nonfinite: None }
    }

    fn updates(&self) -> u64 {
        self.updates
    }

    fn weights(&self) -> &[f32] {
        self.parameters.weights()
    }

    fn hashed(&self) -> Cow<'_, [f32]> {
        self.parameters.hashed()
    }

    fn state(&self) -> UpdaterState {
        self.parameters.state(self.updates)
    }

    fn restore(&mut self, state: &UpdaterState) -> Result<(), StateError> {
        self.parameters.restore(state)?;
        self.updates = state.updates;
        Ok(())
    }
}
