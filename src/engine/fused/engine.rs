//! The engine: a network, its compiled forms, and the threads that run them.

use super::{
    gradient::GradientSums,
    mode::Mode,
    pass::{CompiledNetworks, Pass, Worker},
    tile::{Carried, Job},
};
use crate::{
    component::{
        bptt::BpttSpec,
        probe::{StateGradient, StateGradients},
        regularizer::{OfSteps, RegularizerSpec},
        task::{Batch, Dimensions},
    },
    compute::kernel::{Isa, Number},
    engine::{Averaging, Engine, Forward},
    model::Network,
    seed::Stream,
};

/// A network compiled for the CPU, in the precision `E`: f32 to train, f64 to test derivatives.
pub struct FusedEngine<E> {
    pub(super) network: Network,
    rules: Vec<BpttSpec>,
    regularizers: Vec<RegularizerSpec>,
    isa: Isa,
    sums: GradientSums,
    evaluating: CompiledNetworks<E>,
    differentiating: CompiledNetworks<E>,
    workers: Vec<Worker<E>>,
    /// Where more than one thread works.
    pool: Option<rayon::ThreadPool>,
}

impl<E: Number> FusedEngine<E> {
    /// An engine for `network` that uses `isa` on `threads` threads, at least one, or on as many as the system starts. Neither has
    /// an influence on any bit.
    pub fn new(network: Network, isa: Isa, threads: usize) -> Self {
        let sums = GradientSums::new(&network);
        let halves =
            std::iter::successors(Some(threads), |threads| Some(threads / 2)).take_while(|threads| *threads > 1);
        let start = |threads| Some((threads, rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok()?));
        let (threads, pool) =
            halves.filter_map(start).next().map_or((1, None), |(threads, pool)| (threads, Some(pool)));
        Self {
            network,
            rules: vec![],
            regularizers: vec![],
            isa,
            sums,
            evaluating: CompiledNetworks::new(Mode::Evaluate),
            differentiating: CompiledNetworks::new(Mode::Differentiate),
            workers: (0..threads).map(|_| Worker::default()).collect(),
            pool,
        }
    }

    /// The engine with these rules for what passes back from step to step.
    #[must_use]
    pub fn with_backward(self, rules: Vec<BpttSpec>) -> Self {
        Self { rules, differentiating: self.differentiating.anew(), ..self }
    }

    /// The engine with those of `regularizers` that penalize what happens at a step: their gradients become part of what it
    /// finds, their penalties no part of the loss.
    #[must_use]
    pub fn with_regularizers(self, regularizers: Vec<RegularizerSpec>) -> Self {
        Self { regularizers, differentiating: self.differentiating.anew(), ..self }
    }

    /// The engine with blocks of so many steps, at least one: over a block's steps the gradients of parameters are summed at a time.
    /// It has no influence on any bit.
    #[must_use]
    pub fn with_block(mut self, steps: usize) -> Self {
        self.differentiating.block = steps.max(1);
        Self { differentiating: self.differentiating.anew(), ..self }
    }

    /// Loss, outputs \[read steps, size, width\] and the gradient for every parameter, in the engine's own precision.
    /// Without `noise`, random vectors have their values at evaluation.
    pub fn differentiate(&mut self, parameters: &[E], batch: &Batch, noise: Option<&Stream>) -> (f64, Vec<E>, Vec<E>) {
        let mut gradient = vec![E::ZERO; parameters.len()];
        let (loss, outputs) = self.differentiate_into(parameters, batch, noise, &mut gradient);
        (loss, outputs, gradient)
    }

    /// Outputs \[read steps, size, width\] and the loss.
    pub fn evaluate(&mut self, parameters: &[E], batch: &Batch) -> (f64, Vec<E>) {
        let weights = Averaging::Batch.weights(batch);
        let pass = self.pass(Task::Evaluate { noise: None }, parameters, batch, &weights);
        (total(&weights, &pass.losses, batch.size), pass.outputs)
    }

    /// ∂L_b/∂state for every layer, state and step.
    pub fn carried_gradients(&mut self, parameters: &[E], batch: &Batch) -> Vec<StateGradient<E>> {
        let weights = Averaging::Sequence.weights(batch);
        let pass = self.pass(Task::Probe, parameters, batch, &weights);
        let layers = self.network.layers.iter().zip(pass.carried).enumerate();
        layers
            .flat_map(|(layer, (stage, carried))| {
                let states = stage.graph.states.iter().zip(carried);
                states.map(move |(state, Carried { values, earlier })| StateGradient {
                    layer,
                    state: state.name.clone(),
                    width: state.width,
                    values,
                    earlier,
                })
            })
            .collect()
    }

    /// An engine for sequences of these dimensions, with the rules for what passes back of this one.
    fn of_dimensions(&self, dimensions: Dimensions) -> Self {
        let network = Network { dimensions, ..self.network.clone() };
        Self::new(network, self.isa, self.workers.len()).with_backward(self.rules.clone())
    }

    fn differentiate_into(
        &mut self,
        parameters: &[E],
        batch: &Batch,
        noise: Option<&Stream>,
        gradient: &mut [E],
    ) -> (f64, Vec<E>) {
        let weights = Averaging::Batch.weights(batch);
        let pass = self.pass(Task::Differentiate { noise, gradient }, parameters, batch, &weights);
        (total(&weights, &pass.losses, batch.size), pass.outputs)
    }

    pub(super) fn pass(&mut self, task: Task<'_, E>, parameters: &[E], batch: &Batch, weights: &[f64]) -> Pass<E> {
        let read_steps = batch.read_steps();
        let (noise, probe, averaging) = match &task {
            Task::Evaluate { noise } => (*noise, false, Averaging::Batch),
            Task::Probe => (None, true, Averaging::Sequence),
            Task::Differentiate { noise, .. } => (*noise, false, Averaging::Batch),
        };
        let (network, sums, rules) = (&self.network, &self.sums, &self.rules[..]);
        let shares = if rules.is_empty() { vec![] } else { averaging.shares(batch) };
        let shares: Vec<E> = shares.into_iter().map(E::narrow).collect();
        let shares = &shares;
        let weights: Vec<E> = weights.iter().map(|&weight| E::narrow(weight)).collect();
        let weights = &weights;
        let read_steps = &read_steps;
        let penalties = OfSteps(&self.regularizers);
        // A probe asks for the gradients of the loss alone.
        let steps = if probe { 0.0 } else { 1.0 / (batch.dimensions.steps * batch.size) as f64 };
        let penalty = E::narrow(steps);
        let job = Job {
            network,
            sums,
            rules,
            penalties,
            penalty,
            parameters,
            batch,
            read_steps,
            weights,
            shares,
            noise,
            probe,
        };
        let (isa, workers, pool) = (self.isa, &mut self.workers[..], self.pool.as_ref());
        match task {
            Task::Evaluate { .. } => self.evaluating.run(isa, &job, workers, pool, &mut []),
            Task::Probe => {
                let mut unused = vec![E::ZERO; parameters.len()];
                self.differentiating.run(isa, &job, workers, pool, &mut unused)
            }
            Task::Differentiate { gradient, .. } => self.differentiating.run(isa, &job, workers, pool, gradient),
        }
    }
}

/// The purpose of a pass.
pub(super) enum Task<'a, E> {
    Evaluate {
        noise: Option<&'a Stream>,
    },
    /// The gradients by the states.
    Probe,
    /// The gradient by the parameters.
    Differentiate {
        noise: Option<&'a Stream>,
        gradient: &'a mut [E],
    },
}

/// Σ weight · loss, in f64: over the outputs of each sequence in order, then over the sequences in order, as threads that have
/// a sequence each can follow. A loss without weight does not count, whatever it is.
pub(super) fn total<E: Number>(weights: &[f64], losses: &[E], size: usize) -> f64 {
    let mut sums = vec![0.0; size];
    for (weights, losses) in weights.chunks(size).zip(losses.chunks(size)) {
        for ((sum, &weight), loss) in sums.iter_mut().zip(weights).zip(losses) {
            if weight != 0.0 {
                *sum += weight * loss.widen();
            }
        }
    }
    sums.into_iter().fold(0.0, |total, sum| total + sum)
}

impl Engine for FusedEngine<f32> {
    fn gradient(&mut self, parameters: &[f32], batch: &Batch, dropout: &Stream, gradient: &mut [f32]) -> Forward {
        let (loss, outputs) = self.differentiate_into(parameters, batch, Some(dropout), gradient);
        Forward { loss, outputs }
    }

    fn outputs(&mut self, parameters: &[f32], batch: &Batch) -> Vec<f32> {
        self.evaluate(parameters, batch).1
    }
}

impl StateGradients for FusedEngine<f32> {
    fn state_gradients(&mut self, parameters: &[f32], batch: &Batch) -> Vec<StateGradient> {
        // What is compiled has room for the steps of the network's own task.
        if batch.dimensions.steps > self.network.dimensions.steps {
            return self.of_dimensions(batch.dimensions).carried_gradients(parameters, batch);
        }
        self.carried_gradients(parameters, batch)
    }
}
