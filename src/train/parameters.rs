//! The parameters of a training, the weights that they stand for, and the optimizer's memory of each.

use std::{borrow::Cow, ops::Range};

use super::Setup;
use crate::{
    component::{constraint::Rule, optim::Buffers, parametrization::Weights},
    compute::lower::Transform,
};

/// The trained parameters with all vectors of their length, and the weights made of them where some are parametrized.
#[derive(Debug)]
pub(super) struct Parameters<'a> {
    setup: &'a Setup,
    pub buffers: Buffers,
    /// The weights that the parameters stand for; none if these are the parameters themselves.
    pub weights: Option<Weights>,
    /// Constraints on single numbers, compiled, with where these lie.
    projections: Vec<(Transform<f32, ()>, Vec<Range<usize>>)>,
}

impl<'a> Parameters<'a> {
    /// The initial parameters, with an optimizer's state vector that starts at each of `slots`.
    pub fn new(setup: &'a Setup, slots: &[f32]) -> Self {
        let buffers = Buffers::new(setup.isa, &setup.parameters, slots);
        let weights = Weights::new(setup.isa, &setup.parametrized, &setup.parameters);
        let projections = setup.retractions.iter();
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
        let bases = self.weights.as_ref().map(Weights::bases).unwrap_or_default();
        let parameters = Cow::Borrowed(self.raw());
        if bases.is_empty() { parameters } else { Cow::Owned([&parameters[..], &bases].concat()) }
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
        for retraction in &self.setup.retractions {
            if let Rule::Rebase { every } = retraction.rule()
                && update.is_multiple_of(every)
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
