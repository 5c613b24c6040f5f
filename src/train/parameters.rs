//! The parameters of a training, the weights that they stand for, and the optimizer's memory of each.

use std::{borrow::Cow, ops::Range};

use super::{Setup, StateError, UpdaterState};
use crate::{
    component::{constraint::Rule, optim::Buffers, parametrization::Weights},
    compute::lower::Transform,
};

/// A transform, and where the numbers that it changes lie.
pub(super) type Placed = (Transform<f32, ()>, Vec<Range<usize>>);

/// The trained parameters with all vectors of their length, and the weights made of them where some are parametrized.
#[derive(Debug)]
pub(super) struct Parameters<'a> {
    setup: &'a Setup,
    pub buffers: Buffers,
    /// The weights that the parameters stand for; none if these are the parameters themselves.
    pub weights: Option<Weights>,
    /// Constraints on single numbers, compiled, with where these lie.
    projections: Vec<Placed>,
}

impl<'a> Parameters<'a> {
    /// The initial parameters, with an optimizer's state vector that starts at each of `slots`.
    pub fn new(setup: &'a Setup, slots: &[f32]) -> Self {
        let buffers = Buffers::new(setup.isa, &setup.parameters, slots);
        let weights = Weights::new(setup.isa, &setup.parametrized, &setup.parameters);
        let projections = setup.constraints.iter();
        let projections = projections.filter_map(|one| Some((one.transform()?, one.ranges(&setup.layout)))).collect();
        let mut parameters = Self { setup, buffers, weights, projections };
        parameters.rebase(0);
        parameters
    }

    /// The parameters as they are now: raw, where they are parametrized.
    pub fn raw(&self) -> &[f32] {
        self.buffers.parameters()
    }

    /// The weights that an engine computes with.
    pub fn weights(&self) -> &[f32] {
        self.weights.as_ref().map_or(self.raw(), Weights::values)
    }

    /// The parameters, and the bases that matrices are made from: the numbers that a hash chain is of.
    pub fn hashed(&self) -> Cow<'_, [f32]> {
        let bases = self.bases();
        if bases.is_empty() {
            return Cow::Borrowed(self.raw());
        }
        let bases = bases.iter().flat_map(|(_, numbers)| numbers);
        Cow::Owned(self.raw().iter().chain(bases).copied().collect())
    }

    fn bases(&self) -> Vec<(&str, Vec<f32>)> {
        self.weights.as_ref().map(Weights::bases).unwrap_or_default()
    }

    /// The state of an updater that has done `updates` updates and remembers nothing else.
    pub fn state(&self, updates: u64) -> UpdaterState {
        UpdaterState {
            updates,
            steps: 0,
            parameters: self.raw().to_vec(),
            bases: self.bases().into_iter().map(|(name, numbers)| (name.to_owned(), numbers)).collect(),
            slots: self.buffers.slots().map(<[f32]>::to_vec).collect(),
            clip_means: vec![],
        }
    }

    /// Takes parameters, state vectors and bases of `state`.
    ///
    /// # Errors
    ///
    /// If they are not as many, or of other matrices.
    pub fn restore(&mut self, state: &UpdaterState) -> Result<(), StateError> {
        StateError::unless_equal("parameters", state.parameters.len(), self.raw().len())?;
        let lengths: Vec<usize> = self.buffers.slots().map(<[f32]>::len).collect();
        StateError::unless_equal("state vectors", state.slots.iter().map(Vec::len).collect(), lengths)?;
        let bases = self.bases();
        let shapes: Vec<(&str, usize)> = bases.iter().map(|(name, numbers)| (*name, numbers.len())).collect();
        let found = state.bases.iter().map(|(name, numbers)| (name.as_str(), numbers.len())).collect();
        StateError::unless_equal("bases", found, shapes)?;
        self.buffers.parameters_mut().copy_from_slice(&state.parameters);
        for (index, slot) in state.slots.iter().enumerate() {
            self.buffers.slot_mut(index).copy_from_slice(slot);
        }
        if let Some(weights) = &mut self.weights {
            weights.restore(&state.parameters, state.bases.iter().map(|(_, numbers)| &numbers[..]));
        }
        Ok(())
    }

    /// Brings the parameters back to where they are allowed to be, and the weights to what the parameters are.
    pub fn constrain(&mut self) {
        for (transform, ranges) in &mut self.projections {
            self.buffers.apply(transform, ranges, ());
        }
        self.update_weights();
    }

    /// Makes the weights of the parameters anew.
    pub fn update_weights(&mut self) {
        if let Some(weights) = &mut self.weights {
            weights.update(self.buffers.parameters());
        }
    }

    /// Takes new bases after `update` updates, where it is time for it.
    pub fn rebase(&mut self, update: u64) {
        let Some(weights) = &mut self.weights else { return };
        for constraint in &self.setup.constraints {
            if let Rule::Rebase { every } = constraint.rule()
                && update.is_multiple_of(every)
            {
                let parametrized = &self.setup.parametrized;
                let meant = parametrized.weights().iter().filter(|weight| {
                    let group = parametrized.of(&weight.name).is_some_and(|made| made.is_a_group());
                    group && constraint.is_for(weight)
                });
                let meant: Vec<&str> = meant.map(|weight| weight.name.as_str()).collect();
                weights.rebase(self.buffers.parameters_mut(), |name| meant.contains(&name));
            }
        }
    }
}
