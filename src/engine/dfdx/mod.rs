//! The reference engine: walks step graphs with dfdx tensors and differentiates by dfdx's tape, on any dfdx device.

mod loss;
mod passing;
mod real;
mod recorder;
mod unroll;

pub use real::Real;

use std::marker::PhantomData;

use ::dfdx::{
    tensor::{Cache, Gradients, NoneTape, OwnedTape},
    tensor_ops::{Backward as _, Device},
};

use self::{
    loss::Loss,
    passing::Passing,
    recorder::{Matrix, Recorder},
    unroll::Unrolled,
};
use super::{Averaging, Engine, Forward};
use crate::{
    component::{
        bptt::BpttSpec,
        probe::{StateGradient, StateGradients},
        task::Batch,
    },
    graph::StateId,
    model::Network,
    seed::Stream,
};

/// A network on a dfdx device, in the precision `E`.
pub struct DfdxEngine<E: Real, D: Device<E> + Cache> {
    network: Network,
    rules: Vec<BpttSpec>,
    device: D,
    precision: PhantomData<E>,
}

impl<E: Real, D: Device<E> + Cache> DfdxEngine<E, D> {
    /// An engine for `network` on `device`.
    pub fn new(network: Network, device: D) -> Self {
        // Buffers of one update are those of the next.
        device.enable_cache();
        Self { network, rules: vec![], device, precision: PhantomData }
    }

    /// The engine with these rules for what passes back from step to step.
    #[must_use]
    pub fn with_backward(mut self, rules: Vec<BpttSpec>) -> Self {
        self.rules = rules;
        self
    }

    fn passing(&self, batch: &Batch, averaging: Averaging) -> Passing<'_, E> {
        Passing { rules: &self.rules, shares: averaging.shares(batch).into_iter().map(E::narrow).collect() }
    }

    /// Loss, outputs \[read steps, size, width\] and the gradient for every parameter, in the engine's own precision.
    pub fn differentiate(&self, parameters: &[E], batch: &Batch, dropout: Option<&Stream>) -> (f64, Vec<E>, Vec<E>) {
        let mut recorder = Recorder::<E, D, OwnedTape<E, D>>::new(self.device.clone());
        let passing = self.passing(batch, Averaging::Batch);
        let unrolled = Unrolled::new(&self.network, &mut recorder, &passing, parameters, batch, dropout, false);
        let loss = Loss::new(&mut recorder, &unrolled.outputs, batch, Averaging::Batch);
        let value = loss.value();
        let loss = loss.scalar(&mut recorder);
        let mut gradients = recorder.finish(loss).backward();
        let flat = unrolled.parameters.iter().flat_map(|parameter| gradient_or_zeros(&mut gradients, parameter));
        (value, unrolled.outputs.as_vec(), flat.collect())
    }

    /// Outputs \[read steps, size, width\] and the loss.
    pub fn evaluate(&self, parameters: &[E], batch: &Batch) -> (f64, Vec<E>) {
        let mut recorder = Recorder::<E, D, NoneTape>::new(self.device.clone());
        let passing = Passing { rules: &[], shares: vec![] };
        let unrolled = Unrolled::new(&self.network, &mut recorder, &passing, parameters, batch, None, false);
        let loss = Loss::new(&mut recorder, &unrolled.outputs, batch, Averaging::Batch);
        (loss.value(), unrolled.outputs.as_vec())
    }

    /// ∂L_b/∂state for every layer, state and step.
    #[expect(clippy::missing_panics_doc, reason = "every step carries its states")]
    pub fn carried_gradients(&self, parameters: &[E], batch: &Batch) -> Vec<StateGradient<E>> {
        let mut recorder = Recorder::<E, D, OwnedTape<E, D>>::new(self.device.clone());
        let passing = self.passing(batch, Averaging::Sequence);
        let unrolled = Unrolled::new(&self.network, &mut recorder, &passing, parameters, batch, None, true);
        let loss = Loss::new(&mut recorder, &unrolled.outputs, batch, Averaging::Sequence);
        let loss = loss.scalar(&mut recorder);
        let mut gradients = recorder.finish(loss).backward();
        let mut found = vec![];
        for (layer, stage) in self.network.layers.iter().enumerate() {
            for (index, state) in stage.graph.states.iter().enumerate() {
                let width = state.width;
                let mut values = Vec::with_capacity(batch.dimensions.steps * batch.size * width);
                let mut earlier = vec![];
                for carried in &unrolled.carried {
                    let (now, before) = carried[layer].split_last().expect("a step carries its states");
                    values.extend(gradient_or_zeros(&mut gradients, &now[index]));
                    if stage.graph.delay_of(StateId(index)) > 1 {
                        let mut sums = vec![0.0; batch.size];
                        for states in before {
                            let gradient = gradient_or_zeros(&mut gradients, &states[index]);
                            for (sum, row) in sums.iter_mut().zip(gradient.chunks(width)) {
                                *sum += row.iter().map(|g| g.widen() * g.widen()).sum::<f64>();
                            }
                        }
                        earlier.extend(sums);
                    }
                }
                found.push(StateGradient { layer, state: state.name.clone(), width, values, earlier });
            }
        }
        found
    }
}

/// dfdx keeps the buffers that an update no longer needs, for the next one, and never frees them by itself.
impl<E: Real, D: Device<E> + Cache> Drop for DfdxEngine<E, D> {
    fn drop(&mut self) {
        // There is nobody to tell: a device that cannot free has failed in the trial before.
        let _ = self.device.try_empty_cache();
    }
}

/// The gradient by `tensor`. What the loss does not depend on was never touched by the backward pass: zeros.
fn gradient_or_zeros<E: Real, D: Device<E>>(gradients: &mut Gradients<E, D>, tensor: &Matrix<E, D>) -> Vec<E> {
    gradients.try_alloc_for(tensor).unwrap_or_else(|error| panic!("{error:?}"));
    gradients.get(tensor).as_vec()
}

impl<D: Device<f32> + Cache> Engine for DfdxEngine<f32, D> {
    fn gradient(&mut self, parameters: &[f32], batch: &Batch, dropout: &Stream, gradient: &mut [f32]) -> Forward {
        let (loss, outputs, flat) = self.differentiate(parameters, batch, Some(dropout));
        gradient.copy_from_slice(&flat);
        Forward { loss, outputs }
    }

    fn outputs(&mut self, parameters: &[f32], batch: &Batch) -> Vec<f32> {
        self.evaluate(parameters, batch).1
    }
}

impl<D: Device<f32> + Cache> StateGradients for DfdxEngine<f32, D> {
    fn state_gradients(&mut self, parameters: &[f32], batch: &Batch) -> Vec<StateGradient> {
        self.carried_gradients(parameters, batch)
    }
}
